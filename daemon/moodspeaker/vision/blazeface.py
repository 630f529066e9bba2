"""BlazeFace through the TFLite runtime, with our own decoding."""

from __future__ import annotations

import math
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

    Floats = NDArray[np.float32]

FITS = {128: BoxFit(-0.055, 1.08), 192: BoxFit(), 256: BoxFit(-0.05, 1.09)}
"""By input side. Medians over 163 faces in photos and clips, the full range's boxes beside each:
128's sit 4 to 6 % of their side lower and are 8 to 13 % smaller, 256's 4 to 6 % and 8 to 10 %."""
NORMAL = (np.arange(256) / 127.5 - 1).astype(np.float32)
"""A grey value as the network takes it, -1..1."""
BLACK = NORMAL[0]
TRIAL_PIXELS = 64


class BlazeFaceDetector:
    """Implements ports.Detector. Takes the short-range, back and full-range models alike.

    A face must be about 20 pixels wide in the short-range model's input, 24 in the others'.
    For one thread: the input tensor is kept and filled again.
    """

    def __init__(
        self, path: Path, min_score: float, runtime: str = "auto", longer: int | None = None
    ) -> None:
        """Takes float and int8 models. Raises ModelError.

        With `longer` the input is no square of 128, 192 or 256, but has the picture's proportions
        and so many pixels on the longer side: smaller faces are found, in more time. The
        full-range model cannot do it.
        """
        if not path.is_file():
            raise ModelError(f"face detector {path} is missing", "run: moodspeaker fetch")
        self._model = ResizableModel(path, runtime)
        self._side, self._boxes_first = layout(self._model, path)
        self._min_score = min_score
        self._fit = FITS[self._side]
        self._longer = longer
        self._picture: tuple[int, ...] = ()
        self._tensor = np.zeros((1, self._side, self._side, 3), dtype=np.float32)
        # A model that cannot be resized is refused here already, and not by a frame; at a small
        # size, since the runtime keeps what memory it once had.
        pixels = min(longer, TRIAL_PIXELS) if longer else self._side
        self._adapt((self._whole_cells(pixels),) * 2)

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """Faces, most certain first."""
        if image.shape != self._picture:
            self._lay_out(*image.shape)
        raw, logits = self._outputs(image)
        rows = decode(raw, logits, self._anchors, self._pixels, self._min_score)
        share = self._pixels / self._scale
        left, top = self._left / self._scale, self._top / self._scale
        return tuple(self._fit.applied(to_face(row, share, left, top)) for row in merged(rows))

    def _outputs(self, image: GreyImage) -> tuple[Floats, Floats]:
        """(boxes, logits) for the picture on black, the same grey in all three colours."""
        small = resized(image, self._columns, self._rows)
        place = self._tensor[0, self._top :, self._left :][: self._rows, : self._columns]
        cv2.cvtColor(cv2.LUT(small, NORMAL), cv2.COLOR_GRAY2RGB, dst=place)
        first, second = self._model.run(self._tensor)
        raw, logits = (first, second) if self._boxes_first else (second, first)
        return raw[0], logits[0, :, 0]

    def _lay_out(self, height: int, width: int) -> None:
        """Where a picture of this size lies in the input: in the middle, as large as can be."""
        scale = (self._longer or self._side) / max(height, width)
        self._rows, self._columns = max(1, round(height * scale)), max(1, round(width * scale))
        if self._longer:
            self._adapt((self._whole_cells(self._rows), self._whole_cells(self._columns)))
        self._tensor.fill(BLACK)
        self._top = (self._tensor.shape[1] - self._rows) // 2
        self._left = (self._tensor.shape[2] - self._columns) // 2
        self._scale = scale
        self._picture = (height, width)

    def _adapt(self, shape: tuple[int, ...]) -> None:
        """An input of this shape (rows, columns)."""
        if shape != self._tensor.shape[1:3]:
            self._model.resize(shape)
            self._tensor = np.zeros((1, *shape, 3), dtype=np.float32)
        self._pixels = max(shape)
        self._anchors = anchor_centres(self._side, shape)

    def _whole_cells(self, pixels: int) -> int:
        stride = max(stride for stride, _ in LAYERS[self._side])
        return math.ceil(pixels / stride) * stride


class ResizableModel(TfliteModel):
    """A model whose input may get another shape."""

    def resize(self, shape: tuple[int, ...]) -> None:
        """Rows and columns of the first input. Raises ModelError."""
        try:
            self._interpreter.resize_tensor_input(self.inputs[0]["index"], (1, *shape, 3))
            self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                f"this BlazeFace model takes no input of {shape}", "use the short-range model"
            ) from error


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
