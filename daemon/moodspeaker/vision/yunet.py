"""YuNet through OpenCV's FaceDetectorYN, from an ONNX file of the user's own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NoReturn

import cv2
import numpy as np

from moodspeaker.errors import ModelError
from moodspeaker.types import Box, Face
from moodspeaker.vision.anchors import BoxFit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from moodspeaker.ports import GreyImage

FIT = BoxFit()
"""Not measured: no file of this model was at hand."""
SAME_FACE_OVERLAP = 0.3
MOST_FACES = 50
"""Boxes that go into the suppression of doubles."""
TRIAL = (64, 64)
REMEDY = "is it OpenCV's face_detection_yunet_2023mar.onnx?"


class YuNetDetector:
    """Implements ports.Detector. For one thread."""

    def __init__(self, path: Path, min_score: float) -> None:
        """Loads and tries the file. Raises ModelError."""
        if not path.is_file():
            raise ModelError(f"face detector {path} is missing", "set vision.detector_model")
        self._path = path
        self._size = (0, 0)
        try:
            self._detector = cv2.FaceDetectorYN.create(
                str(path), "", TRIAL, min_score, SAME_FACE_OVERLAP, MOST_FACES
            )
        except cv2.error as error:
            refuse(path, error)
        # A network that is none of ours loads, and fails only when it runs.
        self.detect(np.zeros(TRIAL, dtype=np.uint8))

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """Faces, most certain first. Raises ModelError for a file that is another network."""
        size = (image.shape[1], image.shape[0])
        try:
            if size != self._size:
                self._detector.setInputSize(size)
                self._size = size
            _, rows = self._detector.detect(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
        except cv2.error as error:
            refuse(self._path, error)
        found = [] if rows is None else rows.tolist()
        faces = [face for row in found if (face := to_face(row))]
        return tuple(sorted(faces, key=lambda face: -face.score))


def to_face(row: Sequence[float]) -> Face | None:
    """A row of FaceDetectorYN: box, right and left eye, nose, mouth, score; None if not finite.

    The right eye is the person's: on the picture's left.
    """
    if not all(math.isfinite(number) for number in row):
        return None
    eyes = ((row[4], row[5]), (row[6], row[7]))
    return FIT.applied(Face(Box(*row[:4]), min(max(row[-1], 0.0), 1.0), eyes))


def refuse(path: Path, error: cv2.error) -> NoReturn:
    """One line out of OpenCV's several."""
    reason = " ".join(error.err.split())
    raise ModelError(f"{path} is no YuNet model: {reason}", REMEDY) from error
