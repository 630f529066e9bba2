"""Pictures to network tensors, through the device's own preprocessing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.vision.preprocess import network_input

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from moodspeaker.vision.manifest import InputSpec


def network_inputs(images: Iterable[NDArray[np.uint8]], spec: InputSpec) -> NDArray[np.float32]:
    """Grey faces as one float32[n, height, width, channels], each as the device would see it."""
    return np.concatenate([network_input(image, spec) for image in images])
