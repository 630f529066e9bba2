"""Detectors made of detectors: one that looks twice, and one that follows faces."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.types import Box, Face

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.ports import Detector, GreyImage

EVERY = 10
ZOOM = 2.0
MOST_NEAR_LOOKS = 3
MOST_LOOKS_IN_VAIN = 4
BEYOND_DOUBT = 0.8
SAME_FACE_OVERLAP = 0.3
HALF = 0.55


class SecondLook:
    """Implements ports.Detector: what `rough` finds counts where `near` finds it again.

    `rough` may report much that is none, most certain first; `near` looks at a square round each,
    `zoom` times as large as its box, until four looks were in vain. The faces are those that
    `near` gives; of one below a score of 0.8 the `judge`, too, must find something there.
    """

    def __init__(
        self, rough: Detector, near: Detector, judge: Detector | None = None, zoom: float = ZOOM
    ) -> None:
        self._rough = rough
        self._near = near
        self._judge = judge
        self._zoom = zoom

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """Faces, most certain first."""
        found, in_vain = [], 0
        for rough in self._rough.detect(image):
            face = look_round(self._near, image, rough.box, self._zoom)
            if face and self._stands(face, image):
                found.append(face)
            else:
                in_vain += 1
            if in_vain >= MOST_LOOKS_IN_VAIN:
                break
        return once_each(found)

    def _stands(self, face: Face, image: GreyImage) -> bool:
        if self._judge is None or face.score >= BEYOND_DOUBT:
            return True
        again = look_round(self._judge, image, face.box, self._zoom)
        return again is not None and overlap(again.box, face.box) > SAME_FACE_OVERLAP


class InHalves:
    """Implements ports.Detector: the two halves of a picture, one after the other.

    That takes half of the memory. The halves overlap by a tenth of the picture's longer side; what
    is larger than that is looked for in the whole picture, on a square, by `coarse`.
    """

    def __init__(self, half: Detector, coarse: Detector) -> None:
        self._half = half
        self._coarse = coarse

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """Faces, most certain first."""
        found = list(self._coarse.detect(squared(image)))
        for part, x, y in halves(image):
            found += [shifted(face, x, y) for face in self._half.detect(part)]
        return once_each(found)


class LateDetector:
    """Implements ports.Detector: opened when it is first asked, since it costs memory."""

    def __init__(self, open_detector: Callable[[], Detector]) -> None:
        self._open_detector = open_detector
        self._detector: Detector | None = None

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """Raises ModelError where it does not open."""
        if self._detector is None:
            self._detector = self._open_detector()
        return self._detector.detect(image)


class FaceFinder:
    """Implements ports.Detector with two others. For one thread, and for pictures in their order.

    `near` looks at a square round each face of the last call, `zoom` times as large as its box.
    `whole` looks at the picture: on every `every`-th call, at the first one, while nobody or more
    than three are known, where the pictures' size has changed, and in the same call after a near
    look that lost its face.
    """

    def __init__(
        self, near: Detector, whole: Detector, every: int = EVERY, zoom: float = ZOOM
    ) -> None:
        self._near = near
        self._whole = whole
        self._every = every
        self._zoom = zoom
        self.reset()

    def reset(self) -> None:
        """Forgets the faces: the next call looks at the whole picture."""
        self._known: tuple[Face, ...] = ()
        self._shape: tuple[int, ...] = ()
        self._near_calls = 0

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """Faces, most certain first."""
        faces = self._look_near(image) if self._may_look_near(image) else ()
        if faces and len(faces) == len(self._known):
            self._near_calls += 1
        else:
            faces = self._whole.detect(image)
            self._near_calls = 0
        self._known, self._shape = faces, image.shape
        return faces

    def _may_look_near(self, image: GreyImage) -> bool:
        due = self._near_calls + 1 >= self._every
        return not due and self._shape == image.shape and len(self._known) <= MOST_NEAR_LOOKS

    def _look_near(self, image: GreyImage) -> tuple[Face, ...]:
        """The known faces that are still there."""
        looks = (look_round(self._near, image, known.box, self._zoom) for known in self._known)
        return once_each([face for face in looks if face])


def halves(image: GreyImage) -> tuple[tuple[GreyImage, int, int], ...]:
    """Both, with the x and y of their corners; cut across the longer side."""
    height, width = image.shape
    if width >= height:
        part = math.ceil(width * HALF)
        return (image[:, :part], 0, 0), (image[:, width - part :], width - part, 0)
    part = math.ceil(height * HALF)
    return (image[:part], 0, 0), (image[height - part :], 0, height - part)


def squared(image: GreyImage) -> GreyImage:
    """The picture with black below or beside it: whatever its shape, the result's is one."""
    height, width = image.shape
    longer = max(height, width)
    square = np.zeros((longer, longer), dtype=np.uint8)
    square[:height, :width] = image
    return square


def once_each(faces: list[Face]) -> tuple[Face, ...]:
    """Most certain first, without those that overlap a more certain one."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(overlap(face.box, other.box) <= SAME_FACE_OVERLAP for other in kept):
            kept.append(face)
    return tuple(kept)


def look_round(near: Detector, image: GreyImage, box: Box, zoom: float) -> Face | None:
    """The face nearest to `box` in the square round it, in pixels of `image`; None without one."""
    left, top, right, bottom = square_round(box, zoom, image.shape)
    if left >= right or top >= bottom:
        return None
    found = (shifted(face, left, top) for face in near.detect(image[top:bottom, left:right]))
    return min(found, key=lambda face: math.dist(face.box.centre, box.centre), default=None)


def square_round(box: Box, zoom: float, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the square round `box`, pushed into the picture.

    So it stays a square wherever it fits: a detector whose input follows the shape of its picture
    is set up anew for each new one. Empty for a box whose middle has left the picture.
    """
    side = math.ceil(max(box.width, box.height) * zoom)
    x, y = box.centre
    if not (0 <= x < shape[1] and 0 <= y < shape[0]):
        return 0, 0, 0, 0
    left = min(max(0, math.floor(x - side / 2)), max(0, shape[1] - side))
    top = min(max(0, math.floor(y - side / 2)), max(0, shape[0] - side))
    return left, top, min(shape[1], left + side), min(shape[0], top + side)


def shifted(face: Face, x: float, y: float) -> Face:
    """The face of a part of a picture whose corner is at (x, y), in pixels of the picture."""
    box = Box(face.box.x + x, face.box.y + y, face.box.width, face.box.height)
    if face.eyes is None:
        return replace(face, box=box)
    (left_x, left_y), (right_x, right_y) = face.eyes
    return replace(face, box=box, eyes=((left_x + x, left_y + y), (right_x + x, right_y + y)))


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / max(one.area + other.area - shared, 1e-9)
