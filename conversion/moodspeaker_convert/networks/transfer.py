"""Networks on a base that Keras also offers trained on ImageNet. Here they start untrained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks.layers import classifier, dense_dropout, softmax

if TYPE_CHECKING:
    from moodspeaker_convert.networks.layers import Shape

# The constructors in keras.applications.
BASES = {"vgg16": "VGG16", "efficientnet_b3": "EfficientNetB3", "resnet50_v2": "ResNet50V2"}
# What VGG16's authors took off each channel of 0..255.
VGG16_MEANS = (103.939, 116.779, 123.68)


def base(name: str, shape: Shape, weights: str | None = None, image: Any = None) -> Any:
    """The base without its head; `weights` is None or "imagenet", which downloads.

    Raises ToolkitError for a shape that it cannot take.
    """
    constructor = getattr(backends.keras().applications, BASES[name])
    try:
        return constructor(
            include_top=False, weights=weights, input_shape=shape, input_tensor=image
        )
    except ValueError as error:
        raise ToolkitError(
            f"{name} cannot take pictures of {shape}: {str(error).strip().splitlines()[0]}",
            "give it a larger picture with 3 channels",
        ) from error


def vgg16(shape: Shape, classes: int) -> Any:
    """VGG16. (pixel - 128) / 128 goes in; the first layer makes of it what the base was taught."""
    keras = backends.keras()
    image = keras.Input(shape)
    offsets = [128 - mean for mean in VGG16_MEANS[: shape[-1]]]
    # Grey pictures have three equal channels, so that their order does not matter.
    pixels = keras.layers.Rescaling(128.0, offsets)(image)
    features = base("vgg16", shape, image=pixels).output
    features = keras.layers.GlobalAveragePooling2D()(features)
    return softmax("vgg16", image, dense_dropout(features, 256, 0.5), classes)


def efficientnet_b3(shape: Shape, classes: int) -> Any:
    """EfficientNetB3; pixels 0..255 go in, its own first layers scale them."""
    keras = backends.keras()
    network = base("efficientnet_b3", shape)
    features = keras.layers.GlobalAveragePooling2D()(network.output)
    features = keras.layers.BatchNormalization()(features)
    return softmax("efficientnet_b3", network.input, dense_dropout(features, 256, 0.4), classes)


def resnet50_v2(shape: Shape, classes: int) -> Any:
    """ResNet50V2; pixels scaled to -1..1 go in."""
    network = base("resnet50_v2", shape)
    return classifier("resnet50_v2", network.input, network.output, classes)
