"""The networks that can be trained, by name. Every one ends in a softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    from collections.abc import Callable

Shape = tuple[int, int, int]


def build(name: str, shape: Shape, classes: int) -> Any:
    """A fresh Keras model. Raises ToolkitError for an unknown name."""
    if name not in ARCHITECTURES:
        raise ToolkitError(
            f"there is no architecture {name!r}", f"choose from {', '.join(ARCHITECTURES)}"
        )
    return ARCHITECTURES[name](shape, classes)


def compact_resnet(shape: Shape, classes: int) -> Any:
    """Our own residual net, 0.6 million parameters; halves the picture at once to be fast."""
    keras = backends.keras()
    image = keras.Input(shape)
    values = activated(convolved(image, 24, strides=2))
    for width, strides in ((24, 1), (48, 2), (96, 2), (160, 2)):
        values = residual(values, width, strides)
    return classifier("compact_resnet", image, values, classes)


def mini_xception(shape: Shape, classes: int) -> Any:
    """58 thousand parameters in separable convolutions (Arriaga and others, arXiv 1710.07557)."""
    keras = backends.keras()
    image = keras.Input(shape)
    values = image
    for _ in range(2):
        values = activated(convolved(values, 8, padding="valid"))
    for width in (16, 32, 64, 128):
        values = xception_block(values, width)
    values = keras.layers.Conv2D(classes, 3, padding="same")(values)
    values = keras.layers.GlobalAveragePooling2D()(values)
    return keras.Model(image, keras.layers.Softmax()(values), name="mini_xception")


ARCHITECTURES: dict[str, Callable[[Shape, int], Any]] = {
    "compact_resnet": compact_resnet,
    "mini_xception": mini_xception,
}


def residual(values: Any, width: int, strides: int) -> Any:
    """Two 3x3 convolutions beside a short cut, which is a 1x1 convolution where shapes differ."""
    keras = backends.keras()
    inner = activated(convolved(values, width, strides=strides))
    inner = convolved(inner, width)
    same = strides == 1 and values.shape[-1] == width
    short_cut = values if same else convolved(values, width, size=1, strides=strides)
    return activated(keras.layers.Add()([inner, short_cut]))


def xception_block(values: Any, width: int) -> Any:
    """Two separable convolutions and a pooling beside a 1x1 short cut; halves the picture."""
    keras = backends.keras()
    inner = values
    for index in range(2):
        inner = inner if index == 0 else activated(inner)
        inner = keras.layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(inner)
        inner = keras.layers.BatchNormalization()(inner)
    inner = keras.layers.MaxPooling2D(3, 2, padding="same")(inner)
    return keras.layers.Add()([inner, convolved(values, width, size=1, strides=2)])


def convolved(
    values: Any, width: int, size: int = 3, strides: int = 1, padding: str = "same"
) -> Any:
    """A convolution with batch normalisation, which folds into it on the way to int8."""
    keras = backends.keras()
    layer = keras.layers.Conv2D(width, size, strides, padding=padding, use_bias=False)
    return keras.layers.BatchNormalization()(layer(values))


def activated(values: Any) -> Any:
    """Through a ReLU."""
    keras = backends.keras()
    return keras.layers.ReLU()(values)


def classifier(name: str, image: Any, values: Any, classes: int) -> Any:
    """The mean over the picture, then one dense layer with a softmax."""
    keras = backends.keras()
    mean = keras.layers.GlobalAveragePooling2D()(values)
    mean = keras.layers.Dropout(0.2)(mean)
    scores = keras.layers.Dense(classes, activation="softmax")(mean)
    return keras.Model(image, scores, name=name)
