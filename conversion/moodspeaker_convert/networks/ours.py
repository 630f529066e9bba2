"""Our own networks: residual, and small enough for a Raspberry Pi."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.networks.layers import activated, classifier, convolved, residual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moodspeaker_convert.networks.layers import Shape

    Block = tuple[int, int, int]

# Width, stride, channels between the two convolutions of each block. Multiples of 16: the
# processors' kernels work in such blocks.
WIDE_BLOCKS = ((32, 1, 32), (64, 2, 64), (64, 1, 64), (128, 2, 128), (128, 1, 128), (192, 2, 192))
# Fewer where the picture is still large, which is where the time goes.
BLOCKS = ((32, 1, 16), (64, 2, 32), (64, 1, 32), (128, 2, 96), (128, 1, 96), (192, 2, 192))


def compact_resnet(shape: Shape, classes: int) -> Any:
    """0.6 million parameters; halves the picture at once to be fast."""
    keras = backends.keras()
    image = keras.Input(shape)
    values = activated(convolved(image, 24, strides=2))
    for width, strides in ((24, 1), (48, 2), (96, 2), (160, 2)):
        values = residual(values, width, strides)
    return classifier("compact_resnet", image, values, classes)


def mood_resnet(shape: Shape, classes: int) -> Any:
    """1.1 million parameters, 37 million multiplications: under a millisecond as int8."""
    return of_blocks("mood_resnet", shape, classes, BLOCKS)


def mood_resnet_wide(shape: Shape, classes: int) -> Any:
    """1.3 million parameters: to train first, and to take the weights of `mood_resnet` from."""
    return of_blocks("mood_resnet_wide", shape, classes, WIDE_BLOCKS)


def of_blocks(name: str, shape: Shape, classes: int, blocks: Sequence[Block]) -> Any:
    """A stem that halves the picture at once, to be fast, then residual blocks."""
    keras = backends.keras()
    image = keras.Input(shape)
    values = activated(convolved(image, 32, strides=2))
    for width, strides, between in blocks:
        values = residual(values, width, strides, between)
    return classifier(name, image, values, classes)
