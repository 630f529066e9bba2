"""A frame whose pixels lie in memory already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker.vision.preprocess import resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker.ports import GreyImage


@dataclass(frozen=True, slots=True)
class MemoryFrame:
    """Implements ports.Frame over a grey picture of the camera's full size."""

    time_s: float
    image: GreyImage
    detect_width: int

    @property
    def luma(self) -> GreyImage:
        """At most `detect_width` wide, in the picture's own proportions."""
        height, width = self.image.shape
        if width <= self.detect_width:
            return self.image
        return resized(self.image, self.detect_width, round(height * self.detect_width / width))

    def detail(self) -> GreyImage:
        """The picture as it came."""
        return self.image


def grey(image: NDArray[np.uint8]) -> GreyImage:
    """Luma of a BGR picture; a grey one as it is."""
    if image.ndim == 2:
        return image
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


def shape_of(image: NDArray[np.uint8]) -> tuple[int, int]:
    """(height, width) of a grey or BGR picture; (0, 0) of what is neither."""
    if image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3):
        return image.shape[0], image.shape[1]
    return 0, 0
