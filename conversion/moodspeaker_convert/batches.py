"""Pictures to network tensors, through the device's own preprocessing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.vision.preprocess import network_input
from moodspeaker_convert.augment import Augmentation, augmented

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from moodspeaker.vision.manifest import InputSpec


def network_inputs(images: Iterable[NDArray[np.uint8]], spec: InputSpec) -> NDArray[np.float32]:
    """Grey faces as one float32[n, height, width, channels], each as the device would see it."""
    return np.concatenate([network_input(image, spec) for image in images])


def epoch_batches(
    images: NDArray[np.uint8],
    targets: NDArray[np.float32],
    spec: InputSpec,
    *,
    size: int,
    seed: tuple[int, int],
    how: Augmentation,
) -> Any:
    """One epoch of augmented batches as a Keras data set, shuffled.

    The same `seed` gives the same epoch, so that a resumed training sees what it would have seen.
    """
    import keras

    order = np.random.default_rng(seed).permutation(len(images))

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return -(-len(order) // size)

        def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
            rng = np.random.default_rng((*seed, index))
            rows = order[index * size : (index + 1) * size]
            faces = [augmented(images[row], rng, how) for row in rows]
            return network_inputs(faces, spec), targets[rows]

    return Batches()
