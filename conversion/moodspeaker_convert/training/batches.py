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
    from numpy.typing import NDArray

    from moodspeaker.vision.manifest import InputSpec

    Batch = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Epoch:
    """The augmented batches of one epoch.

    The same `seed` gives the same epoch, so that a resumed training sees what it would have seen.
    """

    images: NDArray[np.uint8]
    targets: NDArray[np.float32]
    spec: InputSpec
    how: Augmentation
    size: int
    seed: tuple[int, int]

    @property
    def count(self) -> int:
        """Batches; the last may be smaller."""
        return math.ceil(len(self.images) / self.size)

    def order(self) -> NDArray[np.int64]:
        """The pictures, shuffled."""
        return np.random.default_rng(self.seed).permutation(len(self.images))

    def batch(self, rows: NDArray[np.int64], index: int) -> Batch:
        """Network tensors and targets of `rows`, the batch number `index`."""
        rng = np.random.default_rng((*self.seed, index))
        faces = [augmented(self.images[row], rng, self.how) for row in rows]
        return network_inputs(faces, self.spec), self.targets[rows]

    def as_keras(self) -> Any:
        """A Keras data set whose two threads make the next batches while the network learns."""
        order = self.order()

        def get(_: Any, index: int) -> Batch:
            return self.batch(order[index * self.size : (index + 1) * self.size], index)

        base = backends.keras().utils.PyDataset
        made = type("Batches", (base,), {"__len__": lambda _: self.count, "__getitem__": get})
        return made(workers=2, max_queue_size=8)
