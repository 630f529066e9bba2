"""BlazeFace through the TFLite runtime, with our own decoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.errors import ModelError
from moodspeaker.vision.anchors import LAYERS, anchor_centres, decode, merged, to_face
from moodspeaker.vision.preprocess import resized
from moodspeaker.vision.tflite import TfliteModel

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.ports import GreyImage
    from moodspeaker.types import Face


class BlazeFaceDetector:
    """Implements ports.Detector. Takes the short-range, back and full-range models alike."""

    def __init__(self, path: Path, min_score: float, runtime: str = "auto") -> None:
        """Raises ModelError."""
        if not path.is_file():
            raise ModelError(f"face detector {path} is missing", "run: moodspeaker fetch")
        self._model = TfliteModel(path, runtime)
        self._side = self._model.input_shape[1]
        self._min_score = min_score
        if self._side not in LAYERS or self._model.input_shape[3] != 3:
            raise ModelError(f"{path} is no BlazeFace model", f"input side one of {list(LAYERS)}")
        self._anchors = anchor_centres(self._side)

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """Faces, most certain first."""
        height, width = image.shape
        longer = max(height, width)
        raw, logits = sorted(self._model.run(self._tensor(image)), key=lambda t: -t.shape[-1])
        rows = decode(raw[0], logits[0, :, 0], self._anchors, self._side, self._min_score)
        left, top = (longer - width) / 2, (longer - height) / 2
        return tuple(to_face(row, longer, left, top) for row in merged(rows))

    def _tensor(self, image: GreyImage) -> NDArray[np.float32]:
        """The picture on a black square, -1..1, the same in all three colours."""
        height, width = image.shape
        scale = self._side / max(height, width)
        small = resized(image, max(1, round(width * scale)), max(1, round(height * scale)))
        square = np.zeros((self._side, self._side), dtype=np.uint8)
        top, left = (self._side - small.shape[0]) // 2, (self._side - small.shape[1]) // 2
        square[top : top + small.shape[0], left : left + small.shape[1]] = small
        normal = square.astype(np.float32) / np.float32(127.5) - np.float32(1)
        return np.repeat(normal[None, :, :, None], 3, axis=3)
