"""A frame as a small picture for a person to look at. It exists in memory only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

from moodspeaker.vision.annotate import annotated
from moodspeaker.vision.preprocess import resized

if TYPE_CHECKING:
    from moodspeaker.ports import Frame, GreyImage
    from moodspeaker.types import Observation

WIDEST_PX = 320
QUALITY = 80
"""Of a JPEG, 0..100."""


def preview_jpeg(frame: Frame, seen: Observation, number: int) -> bytes:
    """JPEG at most `WIDEST_PX` wide, with what was seen drawn in; `number` is written on it."""
    luma = frame.luma
    image = narrowed(luma)
    looked_at = seen.size[0] if seen.size else luma.shape[1]
    picture = annotated(image, seen, image.shape[1] / looked_at, number)
    options = [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    return cv2.imencode(".jpg", picture, options)[1].tobytes()


def narrowed(image: GreyImage) -> GreyImage:
    """In its own proportions; a narrow one as it is."""
    height, width = image.shape
    if width <= WIDEST_PX:
        return image
    return resized(image, WIDEST_PX, max(1, round(height * WIDEST_PX / width)))
