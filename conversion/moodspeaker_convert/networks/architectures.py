"""The networks that can be trained, by name. Every one ends in a softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker.vision.manifest import InputSpec
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks import ours, published, transfer, weights_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker_convert.networks.layers import Shape


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained unless the caller wishes otherwise.

    `schedule` is what the rate follows: cosine, plateau or constant. `average_steps` is how many
    steps the mean of the weights reaches back; 0: no mean.
    """

    optimizer: str = "adamw"
    rate: float = 1.5e-3
    momentum: float = 0.0
    nesterov: bool = False
    schedule: str = "cosine"
    epochs: int = 60
    batch: int = 64
    average_steps: int = 500
    label_smoothing: float = 0.1
    weight_decay: float = 0.02


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network by name. `build` makes an uncompiled Keras model; `what` is a line for --help."""

    name: str
    what: str
    build: Callable[[Shape, int], Any]
    input: InputSpec
    recipe: Recipe


def build(name: str, shape: Shape, classes: int, weights: str = "none") -> Any:
    """A fresh Keras model for pictures of `shape` (height, width, channels).

    `weights` is "none", "imagenet" (downloads) or the path of a weights or model file. Raises
    ToolkitError for an unknown name, a shape that cannot be, and weights that do not come or fit.
    """
    if name not in ARCHITECTURES:
        raise ToolkitError(
            f"there is no architecture {name!r}", f"choose from {', '.join(ARCHITECTURES)}"
        )
    model = built(ARCHITECTURES[name], shape, classes)
    if weights == "imagenet":
        weights_files.start_from_imagenet(model, name, shape)
    elif weights != "none":
        weights_files.start_from_file(model, weights)
    return model


def built(architecture: Architecture, shape: Shape, classes: int) -> Any:
    """The model with random weights. Raises ToolkitError."""
    try:
        return architecture.build(shape, classes)
    except ValueError as error:
        raise ToolkitError(
            f"{architecture.name} cannot take pictures of {shape}: "
            f"{str(error).strip().splitlines()[0]}",
            f"its own size is {architecture.input.height}x{architecture.input.width}",
        ) from error


def pictures(side: int, channels: int, mean: float, std: float) -> InputSpec:
    """Square pictures made of the grey face with its margin."""
    return InputSpec(
        height=side, width=side, channels=channels, colour="grey", mean=mean, std=std,
        equalise="none", margin=0.1,
    )  # fmt: skip


# (pixel - 128) / 128 makes the int8 input the pixel less 128, nothing lost.
GREY_48 = pictures(48, 1, 128.0, 128.0)
PLAIN = Recipe(
    optimizer="adam", rate=1e-3, schedule="plateau", average_steps=0, label_smoothing=0.0,
    weight_decay=0.0,
)  # fmt: skip


def plain(**changes: Any) -> Recipe:
    """Adam at a rate that falls when validation stands still, with `changes`."""
    return Recipe(**{field: getattr(PLAIN, field) for field in PLAIN.__slots__} | changes)


ARCHITECTURES: dict[str, Architecture] = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            "compact_resnet", "our small residual net, 0.6 million parameters",
            ours.compact_resnet, GREY_48, Recipe(),
        ),
        Architecture(
            "mood_resnet", "our residual net, 1.1 million parameters",
            ours.mood_resnet, GREY_48, Recipe(),
        ),
        Architecture(
            "mood_resnet_wide", "the same with wider blocks, 1.3 million parameters",
            ours.mood_resnet_wide, GREY_48, Recipe(),
        ),
        Architecture(
            "mini_xception", "separable convolutions, 58 thousand parameters",
            published.mini_xception, GREY_48, plain(epochs=110, batch=32),
        ),
        Architecture(
            "cnn_2block", "two convolutions, 256 dense units, 4.8 million parameters",
            published.cnn_2block, GREY_48, plain(epochs=50),
        ),
        Architecture(
            "cnn_3conv", "three convolutions, 128 dense units, as used with CK+",
            published.cnn_3conv, GREY_48, plain(schedule="constant", epochs=25, batch=32),
        ),
        Architecture(
            "vgg16", "VGG16 with a new head, 15 million parameters",
            transfer.vgg16, pictures(48, 3, 128.0, 128.0), plain(rate=1e-4, epochs=30),
        ),
        Architecture(
            "vgg16_bn_l2", "VGG16 with batch normalisation and L2, 34 million parameters",
            published.vgg16_bn_l2, GREY_48,
            plain(optimizer="sgd", rate=1e-4, momentum=0.85, nesterov=True, epochs=100),
        ),
        Architecture(
            "efficientnet_b3", "EfficientNetB3 with a new head, 96x96, 11 million parameters",
            transfer.efficientnet_b3, pictures(96, 3, 0.0, 1.0),
            plain(rate=1e-4, epochs=30, batch=32),
        ),
        Architecture(
            "resnet50_v2", "ResNet50V2 with a new head, 224x224, 24 million parameters",
            transfer.resnet50_v2, pictures(224, 3, 127.5, 127.5),
            plain(rate=1e-4, epochs=30, batch=32),
        ),
    )
}  # fmt: skip
