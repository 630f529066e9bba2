"""Networks that others published for faces, trained from nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.networks.layers import (
    activated,
    convolved,
    dense_dropout,
    softmax,
    xception_block,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moodspeaker_convert.networks.layers import Shape

# Filters and number of convolutions, each group followed by a pooling.
VGG16_GROUPS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
VGG16_DENSE = 4096


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


def cnn_2block(shape: Shape, classes: int) -> Any:
    """Two blocks of convolution, then 256 dense units."""
    return cnn_2block_with(shape, classes)


def cnn_2block_with(
    shape: Shape,
    classes: int,
    filters: Sequence[int] = (64, 128),
    dropout: float = 0.3,
    dense: int = 256,
) -> Any:
    """`cnn_2block` with other widths: one block an entry of `filters`, `dropout` after each.

    `dropout` is the share that is dropped, after the `dense` units too.
    """
    keras = backends.keras()
    image = keras.Input(shape)
    values = image
    for width in filters:
        values = keras.layers.Conv2D(width, 3, padding="same", activation="relu")(values)
        values = keras.layers.BatchNormalization()(values)
        values = keras.layers.MaxPooling2D()(values)
        values = keras.layers.Dropout(dropout)(values)
    values = dense_dropout(keras.layers.Flatten()(values), dense, dropout)
    return softmax("cnn_2block", image, values, classes)


def cnn_3conv(shape: Shape, classes: int) -> Any:
    """Three convolutions with pooling, then 128 dense units."""
    keras = backends.keras()
    image = keras.Input(shape)
    values = image
    for width in (32, 64, 128):
        values = keras.layers.Conv2D(width, 3, padding="same", activation="relu")(values)
        values = keras.layers.MaxPooling2D()(values)
    values = dense_dropout(keras.layers.Flatten()(values), 128, 0.5)
    return softmax("cnn_3conv", image, values, classes)


def vgg16_bn_l2(shape: Shape, classes: int) -> Any:
    """VGG16's 13 convolutions and 3 dense layers, with batch normalisation and an L2 penalty."""
    keras = backends.keras()
    penalty = keras.regularizers.L2(0.01)
    image = keras.Input(shape)
    values = image
    for width, count in VGG16_GROUPS:
        for _ in range(count):
            values = penalised_convolution(values, width, penalty)
        values = keras.layers.MaxPooling2D()(values)
    values = keras.layers.Flatten()(values)
    for _ in range(2):
        layer = keras.layers.Dense(VGG16_DENSE, activation="relu", kernel_regularizer=penalty)
        values = keras.layers.Dropout(0.5)(layer(values))
    scores = keras.layers.Dense(classes, activation="softmax", kernel_regularizer=penalty)
    return keras.Model(image, scores(values), name="vgg16_bn_l2")


def penalised_convolution(values: Any, width: int, penalty: Any) -> Any:
    """A 3x3 convolution with batch normalisation and a ReLU, its kernel under `penalty`."""
    keras = backends.keras()
    layer = keras.layers.Conv2D(width, 3, padding="same", kernel_regularizer=penalty)
    return activated(keras.layers.BatchNormalization()(layer(values)))
