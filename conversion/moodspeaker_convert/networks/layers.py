"""The pieces that the networks are built of."""

from __future__ import annotations

from typing import Any

from moodspeaker_convert import backends

# Height, width, channels.
Shape = tuple[int, int, int]


def residual(values: Any, width: int, strides: int, between: int = 0) -> Any:
    """Two 3x3 convolutions beside a short cut, which is a 1x1 convolution where shapes differ.

    There are `between` channels between the two, `width` where it is 0.
    """
    keras = backends.keras()
    inner = activated(convolved(values, between or width, strides=strides))
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


def dense_dropout(values: Any, units: int, dropout: float) -> Any:
    """A dense layer with a ReLU, then dropout."""
    keras = backends.keras()
    values = keras.layers.Dense(units, activation="relu")(values)
    return keras.layers.Dropout(dropout)(values)


def classifier(name: str, image: Any, values: Any, classes: int) -> Any:
    """The mean over the picture, then one dense layer with a softmax."""
    keras = backends.keras()
    mean = keras.layers.GlobalAveragePooling2D()(values)
    return softmax(name, image, keras.layers.Dropout(0.2)(mean), classes)


def softmax(name: str, image: Any, features: Any, classes: int) -> Any:
    """The model from `image` to one dense layer with a softmax on `features`."""
    keras = backends.keras()
    scores = keras.layers.Dense(classes, activation="softmax")(features)
    return keras.Model(image, scores, name=name)
