"""BlazeFace through the TFLite runtime, with our own decoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker.errors import ModelError
from moodspeaker.vision.anchors import (
    LAYERS,
    NUMBERS,
    BoxFit,
    anchor_centres,
    decode,
    merged,
    to_face,
)
from moodspeaker.vision.preprocess import resized
from moodspeaker.vision.tflite import TfliteModel

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.ports import GreyImage
    from moodspeaker.types import Face

FITS = {128: BoxFit(-0.055, 1.08), 192: BoxFit(), 256: BoxFit(-0.05, 1.09)}
"""By input side. Medians over 163 faces in photos and clips, the full range's boxes beside each:
128's sit 4 to 6 % of their side lower and are 8 to 13 % smaller, 256's 4 to 6 % and 8 to 10 %."""
NORMAL = (np.arange(256) / 127.5 - 1).astype(np.float32)
"""A grey value as the network takes it, -1..1."""
BLACK = NORMAL[0]


class BlazeFaceDetector:
    """Implements ports.Detector. Takes the short-range, back and full-range models alike.

    For one thread: the input tensor is kept and filled again.
    """

    def __init__(self, path: Path, min_score: float, runtime: str = "auto") -> None:
        """Takes float and int8 models. Raises ModelError."""
        if not path.is_file():
            raise ModelError(f"face detector {path} is missing", "run: moodspeaker fetch")
        self._model = TfliteModel(path, runtime)
        self._side, self._boxes_first = layout(self._model, path)
        self._min_score = min_score
        self._anchors = anchor_centres(self._side)
        self._fit = FITS[self._side]
        self._tensor = np.full((1, self._side, self._side, 3), BLACK, dtype=np.float32)
        self._filled: tuple[int, ...] = (0, 0)

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """Faces, most certain first."""
        height, width = image.shape
        longer = max(height, width)
        outputs = self._model.run(self._filled_with(image))
        raw, logits = outputs if self._boxes_first else reversed(outputs)
        rows = decode(raw[0], logits[0, :, 0], self._anchors, self._side, self._min_score)
        left, top = (longer - width) / 2, (longer - height) / 2
        return tuple(self._fit.applied(to_face(row, longer, left, top)) for row in merged(rows))

    def _filled_with(self, image: GreyImage) -> NDArray[np.float32]:
        """The picture on a black square, -1..1, the same in all three colours."""
        height, width = image.shape
        scale = self._side / max(height, width)
        small = resized(image, max(1, round(width * scale)), max(1, round(height * scale)))
        if small.shape != self._filled:
            self._tensor.fill(BLACK)
            self._filled = small.shape
        top, left = (self._side - small.shape[0]) // 2, (self._side - small.shape[1]) // 2
        place = self._tensor[0, top : top + small.shape[0], left : left + small.shape[1]]
        cv2.cvtColor(cv2.LUT(small, NORMAL), cv2.COLOR_GRAY2RGB, dst=place)
        return self._tensor


def layout(model: TfliteModel, path: Path) -> tuple[int, bool]:
    """(input side, whether the boxes are the first output). Raises ModelError."""
    outputs = [tuple(int(n) for n in detail["shape"]) for detail in model.outputs]
    side = max(model.input_shape)
    types = {detail["dtype"] for detail in (*model.inputs, *model.outputs)}
    if (
        side in LAYERS
        and model.input_shape == (1, side, side, 3)
        and types <= {np.float32, np.int8}
    ):
        anchors = len(anchor_centres(side))
        boxes, logits = (1, anchors, NUMBERS), (1, anchors, 1)
        if outputs in ([boxes, logits], [logits, boxes]):
            return side, outputs[0] == boxes
    raise ModelError(
        f"{path} is no BlazeFace model: input {model.input_shape}, outputs {outputs}",
        f"input side one of {list(LAYERS)}",
    )
