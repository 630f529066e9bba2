"""Our own networks: residual, and small enough for a Raspberry Pi."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.networks.layers import activated, classifier, convolved, residual

if TYPE_CHECKING:
    from moodspeaker_convert.networks.layers import Shape

# Multiples of 16 channels: the processors' kernels work in such blocks.
MOOD_BLOCKS = ((32, 1), (64, 2), (64, 1), (128, 2), (128, 1), (192, 2))


def compact_resnet(shape: Shape, classes: int) -> Any:
    """0.6 million parameters; halves the picture at once to be fast."""
    keras = backends.keras()
    image = keras.Input(shape)
    values = activated(convolved(image, 24, strides=2))
    for width, strides in ((24, 1), (48, 2), (96, 2), (160, 2)):
        values = residual(values, width, strides)
    return classifier("compact_resnet", image, values, classes)


def mood_resnet(shape: Shape, classes: int) -> Any:
    """1.3 million parameters; halves the picture at once to be fast."""
    keras = backends.keras()
    image = keras.Input(shape)
    values = activated(convolved(image, 32, strides=2))
    for width, strides in MOOD_BLOCKS:
        values = residual(values, width, strides)
    return classifier("mood_resnet", image, values, classes)
