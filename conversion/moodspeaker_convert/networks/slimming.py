"""Takes a wider network's weights into a narrower one of the same plan.

Inside a residual block the channels between its two convolutions are nobody else's business: the
strongest are kept, the rest goes (Li and others, arXiv 1608.08710). Training on heals the loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert.networks.stored_layers import StoredLayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CONVOLUTION, NORMALISATION = (4,), (1, 1, 1, 1)
EPSILON = 1e-3


def slimmed(
    shapes: Sequence[tuple[tuple[int, ...], ...]], stored: Sequence[StoredLayer]
) -> list[StoredLayer]:
    """The stored layers cut to `shapes`, the weights' shapes of each layer of the narrow network.

    Empty where the two are not of one plan. Layers of a kind stand in the same order in both.
    """
    waiting = {kind: [one for one in stored if one.kind == kind] for kind in map(ranks, shapes)}
    found: list[StoredLayer] = []
    kept: NDArray[np.int64] | None = None
    for wanted in shapes:
        kind = ranks(wanted)
        if not waiting[kind]:
            return []
        one = waiting[kind].pop(0)
        if kind == CONVOLUTION:
            one = inputs_cut(one, wanted[0][2], kept)
            if one.shapes[0][3] > wanted[0][3]:
                norm = next(iter(waiting.get(NORMALISATION, [])), None)
                if norm is None or norm.shapes[0][0] != one.shapes[0][3]:
                    return []
                kept = strongest(one, norm, wanted[0][3])
                one = StoredLayer(one.name, (one.arrays[0][..., kept],))
        elif kind == NORMALISATION and one.shapes != wanted and kept is not None:
            one = StoredLayer(one.name, tuple(array[kept] for array in one.arrays))
        found.append(one)
    whole = all(a.shapes == b for a, b in zip(found, shapes, strict=True) if a.kind != (2, 1))
    return found if whole and not any(waiting.values()) else []


def inputs_cut(one: StoredLayer, width: int, kept: NDArray[np.int64] | None) -> StoredLayer:
    """A convolution that sees only the kept channels of the one before it."""
    if one.shapes[0][2] <= width or kept is None:
        return one
    return StoredLayer(one.name, (one.arrays[0][:, :, kept],))


def strongest(one: StoredLayer, normalisation: StoredLayer, count: int) -> NDArray[np.int64]:
    """The `count` output channels with the longest kernels after normalisation, in order."""
    kernel, (gamma, _, _, variance) = one.arrays[0], normalisation.arrays
    lengths = np.sqrt((kernel**2).sum(axis=(0, 1, 2)))
    strength = lengths * np.abs(gamma) / np.sqrt(variance + EPSILON)
    return np.sort(np.argsort(-strength)[:count])


def ranks(shapes: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """The kind of a layer, as StoredLayer tells it."""
    return tuple(len(shape) for shape in shapes)


def wider(model: Any, stored: Sequence[StoredLayer]) -> list[StoredLayer]:
    """`stored` cut to `model`, empty where it is no wider network of the same plan."""
    shapes = [
        tuple(tuple(weight.shape) for weight in layer.weights)
        for layer in model.layers if layer.weights
    ]  # fmt: skip
    return slimmed(shapes, stored)
