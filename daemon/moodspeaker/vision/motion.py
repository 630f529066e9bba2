"""Whether anything in the picture moved, so that a still room costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

from moodspeaker.vision.preprocess import resized

if TYPE_CHECKING:
    from moodspeaker.ports import GreyImage

COLUMNS = 40
"""Blocks across a picture: 8x8 pixels each at a width of 320."""
THRESHOLD_LEVELS = 9.0
"""Noise of sd 8 moves a block by up to 7; a smile on a face 20 pixels wide by 14."""
REFRESH_S = 10.0


class MotionGate:
    """Says when a picture is worth a look.

    It is measured against the last picture that was, so that slow changes add up.
    """

    def __init__(
        self, threshold_levels: float = THRESHOLD_LEVELS, refresh_s: float = REFRESH_S
    ) -> None:
        """`threshold_levels`: least change of a block's mean, 0..255; `refresh_s`: look anyway."""
        self._threshold_levels = threshold_levels
        self._refresh_s = refresh_s
        self._looked_s = 0.0
        self._shape: tuple[int, ...] = ()
        self._reference: GreyImage | None = None

    def moved(self, time_s: float, luma: GreyImage) -> bool:
        """True for the first picture, after a change, and `refresh_s` after the last True.

        A picture of another size counts as a change, and so does time that goes backwards.
        """
        means = block_means(luma)
        due = not 0 <= time_s - self._looked_s < self._refresh_s
        if not due and luma.shape == self._shape and not self._differs(means):
            return False
        self._looked_s, self._shape, self._reference = time_s, luma.shape, means
        return True

    def _differs(self, means: GreyImage) -> bool:
        if self._reference is None:
            return True
        return cv2.norm(means, self._reference, cv2.NORM_INF) >= self._threshold_levels


def block_means(luma: GreyImage) -> GreyImage:
    """The means of square blocks, about `COLUMNS` across; what is left at the edges is dropped.

    Blocks of whole pixels, because OpenCV averages those several times quicker.
    """
    height, width = luma.shape
    block = max(1, min(width // COLUMNS, height))
    rows, columns = height // block, width // block
    return resized(luma[: rows * block, : columns * block], columns, rows)
