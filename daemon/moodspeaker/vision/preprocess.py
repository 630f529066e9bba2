"""From a grey picture and a face to the network's input.

The toolkit trains and calibrates with these same functions, so that device and training see
byte-identical tensors for the same crop.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker.ports import GreyImage
    from moodspeaker.types import Box, Face
    from moodspeaker.vision.manifest import InputSpec

LEAST_TILT_DEGREES = 12.0
"""Faces that are tilted less are left as they are: the eye points are no better than that."""
MOST_TILT_DEGREES = 60.0
CLAHE_CLIP = 2.0
CLAHE_TILES = (4, 4)


def face_crop(image: GreyImage, face: Face, margin: float) -> GreyImage:
    """The square that a model reads, turned upright by the eyes where they are known."""
    degrees = tilt_degrees(face)
    if not LEAST_TILT_DEGREES <= abs(degrees) <= MOST_TILT_DEGREES:
        return square_crop(image, face.box, margin)
    side = crop_side(face.box, margin)
    matrix = cv2.getRotationMatrix2D(face.box.centre, degrees, 1.0)
    # Its middle becomes the crop's.
    matrix = matrix + np.array([[0, 0, side / 2 - x] for x in face.box.centre])
    turned = cv2.warpAffine(image, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return turned.astype(np.uint8, copy=False)


def tilt_degrees(face: Face) -> float:
    """How far the line of the eyes is from level, clockwise; 0 where no eyes are known."""
    if face.eyes is None:
        return 0.0
    (left_x, left_y), (right_x, right_y) = face.eyes
    return math.degrees(math.atan2(right_y - left_y, right_x - left_x))


def square_crop(image: GreyImage, box: Box, margin: float) -> GreyImage:
    """The square round the middle of `box`, `margin` of the longer side wider on each side.

    Where the square reaches past the picture, the border pixels are repeated.
    """
    side = crop_side(box, margin)
    centre_x, centre_y = box.centre
    left, top = round(centre_x - side / 2), round(centre_y - side / 2)
    height, width = image.shape
    # Where it lies outside altogether, the nearest row or column is repeated.
    rows = slice(min(max(top, 0), height - 1), max(min(top + side, height), 1))
    columns = slice(min(max(left, 0), width - 1), max(min(left + side, width), 1))
    inside: GreyImage = image[rows, columns]
    if inside.shape == (side, side):
        return inside
    missing_rows, missing_columns = side - inside.shape[0], side - inside.shape[1]
    above = min(rows.start - top, missing_rows) if top < 0 else 0
    before = min(columns.start - left, missing_columns) if left < 0 else 0
    edges = (above, missing_rows - above, before, missing_columns - before)
    return cv2.copyMakeBorder(inside, *edges, cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)


def crop_side(box: Box, margin: float) -> int:
    """Pixels, at least one."""
    return max(1, round(max(box.width, box.height) * (1 + 2 * margin)))


def network_input(crop: GreyImage, spec: InputSpec) -> NDArray[np.float32]:
    """`crop` (any size) as float32 of shape (1, height, width, channels)."""
    grey = equalised(resized(crop, spec.width, spec.height), spec.equalise)
    normal = (grey.astype(np.float32) - np.float32(spec.mean)) / np.float32(spec.std)
    return np.repeat(normal[None, :, :, None], spec.channels, axis=3)


def resized(image: GreyImage, width: int, height: int) -> GreyImage:
    """Area averaging when it shrinks, linear when it grows."""
    if image.shape == (height, width):
        return image
    shrinks = image.shape[0] > height
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(image, (width, height), interpolation=method).astype(np.uint8, copy=False)


def equalised(grey: GreyImage, how: str) -> GreyImage:
    """`how` is the manifest's: none, histogram or clahe."""
    if how == "histogram":
        return cv2.equalizeHist(grey).astype(np.uint8, copy=False)
    if how == "clahe":
        return cv2.createCLAHE(CLAHE_CLIP, CLAHE_TILES).apply(grey).astype(np.uint8, copy=False)
    return grey


def quantised(values: NDArray[np.float32], scale: float, zero_point: int) -> NDArray[np.int8]:
    """To int8 by the tensor's own scale and zero point: rounded, then clipped, then cast."""
    steps = np.rint(values / scale) + zero_point
    clipped: NDArray[np.int8] = np.clip(steps, -128, 127).astype(np.int8)
    return clipped


def dequantised(values: NDArray[np.int8], scale: float, zero_point: int) -> NDArray[np.float32]:
    """From int8; widened before the zero point is taken off."""
    return ((values.astype(np.int32) - zero_point) * scale).astype(np.float32)
