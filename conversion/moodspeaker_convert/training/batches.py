"""The augmented pictures of a training, batch by batch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert import backends
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.training.augment import Augmentation, augmented

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from moodspeaker.vision.manifest import InputSpec

    Batch = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What trains: `images` u8[n,h,w], `targets` f32[n,labels], `weights` f32[n] in the loss.

    `draws` i64[m] are the rows of an epoch, before they are shuffled; a row may come twice.
    """

    images: NDArray[np.uint8]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    draws: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Epoch:
    """The augmented batches of one epoch: inputs, targets, weights.

    The same `seed` gives the same epoch, so that a resumed training sees what it would have seen.
    """

    faces: TrainingSet
    spec: InputSpec
    how: Augmentation
    mixup: float
    size: int
    seed: tuple[int, int]

    @property
    def count(self) -> int:
        """Batches; the last may be smaller."""
        return math.ceil(len(self.faces.draws) / self.size)

    def __iter__(self) -> Iterator[Batch]:
        """Every batch."""
        order = self.order()
        for index in range(self.count):
            yield self.batch(order[index * self.size : (index + 1) * self.size], index)

    def order(self) -> NDArray[np.int64]:
        """The rows to draw, shuffled."""
        return np.random.default_rng(self.seed).permutation(self.faces.draws)

    def batch(self, rows: NDArray[np.int64], index: int) -> Batch:
        """The network tensors of `rows`, the batch number `index`."""
        rng = np.random.default_rng((*self.seed, index))
        pictures = [augmented(self.faces.images[row], rng, self.how) for row in rows]
        whole = network_inputs(pictures, self.spec), self.faces.targets[rows]
        inputs, targets = mixed(*whole, rng, self.mixup) if self.mixup else whole
        return inputs, targets, self.faces.weights[rows]

    def as_keras(self) -> Any:
        """A Keras data set whose two threads make the next batches while the network learns."""
        order = self.order()

        def get(_: Any, index: int) -> Batch:
            return self.batch(order[index * self.size : (index + 1) * self.size], index)

        base = backends.keras().utils.PyDataset
        made = type("Batches", (base,), {"__len__": lambda _: self.count, "__getitem__": get})
        return made(workers=2, max_queue_size=8)


def mixed(
    inputs: NDArray[np.float32],
    targets: NDArray[np.float32],
    rng: np.random.Generator,
    alpha: float,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Each picture with some of another of its batch (mixup: Zhang and others, arXiv 1710.09412).

    Half of the batches are left as they are.
    """
    if rng.random() < 0.5:
        return inputs, targets
    share = np.float32(rng.beta(alpha, alpha))
    others = rng.permutation(len(inputs))
    return (
        share * inputs + (1 - share) * inputs[others],
        share * targets + (1 - share) * targets[others],
    )
