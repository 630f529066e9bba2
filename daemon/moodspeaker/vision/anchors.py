"""BlazeFace's anchors, how its raw numbers become faces, and what all detectors' boxes share.

Source: MediaPipe's face detection graphs (SsdAnchorsCalculator and
TensorsToDetectionsCalculator), from which the strides, anchors a cell and order of key points
are taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.types import Box, Face

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LAYERS = {
    128: ((8, 2), (16, 6)),
    192: ((4, 1),),
    256: ((16, 2), (32, 6)),
}
"""Input side: (stride, anchors a cell) of each layer."""
NUMBERS = 16
"""Raw numbers an anchor: centre, size and six key points."""
COLUMNS = 9
"""Numbers of a decoded row."""
SAME_FACE_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class BoxFit:
    """How a detector's boxes differ from the full-range model's, which the crop was fitted to.

    `shift_y` moves the middle down, in shares of the box's height; `scale` then widens both sides.
    """

    shift_y: float = 0.0
    scale: float = 1.0

    def applied(self, face: Face) -> Face:
        """The face with its box as the full-range model would draw it; the eyes stay."""
        box = face.box
        middle_x, middle_y = box.centre
        width, height = box.width * self.scale, box.height * self.scale
        top = middle_y + self.shift_y * box.height - height / 2
        return replace(face, box=Box(middle_x - width / 2, top, width, height))


def anchor_centres(side: int, shape: tuple[int, ...] | None = None) -> Floats:
    """(x, y) of every anchor in shares of the input's longer side, shape (anchors, 2).

    `side` names the model. `shape` (rows, columns) is for an input other than its own square;
    both are multiples of the model's largest stride.
    """
    rows, columns = shape or (side, side)
    layers = []
    for stride, repeats in LAYERS[side]:
        across = np.arange(columns // stride, dtype=np.float32)
        down = np.arange(rows // stride, dtype=np.float32)
        cells = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
        layers.append(np.repeat((cells + 0.5) * stride / max(rows, columns), repeats, axis=0))
    return np.concatenate(layers)


def decode(raw: Floats, logits: Floats, anchors: Floats, side: int, least: float) -> Floats:
    """Faces of at least the score `least`.

    `raw` has shape (anchors, 16): centre, size and six key points in input pixels, relative to
    the anchor. Rows of the result: score, x, y, width, height, then the x, y of the eye on the
    picture's left and of the one on its right; all but the score in shares of `side`, the
    input's longer side in pixels. Rows with a number that is not finite are left out.
    """
    # Nearly every anchor sees no face: nothing is computed before those are gone.
    chosen = np.flatnonzero(logits >= logit(least))
    if not len(chosen):
        return np.zeros((0, COLUMNS), dtype=np.float32)
    certain, values, centres = logits[chosen], raw[chosen, :8] / side, anchors[chosen]
    rows = np.empty((len(chosen), COLUMNS), dtype=np.float32)
    rows[:, 0] = 1 / (1 + np.exp(-certain))
    rows[:, 3:5] = values[:, 2:4]
    rows[:, 1:3] = values[:, 0:2] + centres - values[:, 2:4] / 2
    rows[:, 5:7] = values[:, 4:6] + centres
    rows[:, 7:9] = values[:, 6:8] + centres
    finite: Floats = rows[np.isfinite(rows).all(axis=1) & np.isfinite(certain)]
    return finite


def logit(score: float) -> float:
    """The raw number that a score of 0..1 stands for."""
    if score <= 0:
        return -math.inf
    return math.inf if score >= 1 else math.log(score / (1 - score))


def merged(rows: Floats) -> Floats:
    """Non-maximum suppression that averages: each face is the mean of its rows by score."""
    left = rows[np.argsort(-rows[:, 0], kind="stable")]
    faces = []
    while len(left):
        same = overlaps(left[0], left) > SAME_FACE_OVERLAP
        same[0] = True
        group = left[same]
        mean = group[:, 0] @ group / group[:, 0].sum()
        mean[0] = group[0, 0]
        faces.append(mean)
        left = left[~same]
    return np.array(faces, dtype=np.float32).reshape(-1, rows.shape[1])


def overlaps(row: Floats, rows: Floats) -> Floats:
    """Intersection over union of one box with many."""
    low = np.maximum(row[1:3], rows[:, 1:3])
    sides = np.minimum(row[1:3] + row[3:5], rows[:, 1:3] + rows[:, 3:5]) - low
    np.maximum(sides, 0, out=sides)
    shared = sides[:, 0] * sides[:, 1]
    union = row[3] * row[4] + rows[:, 3] * rows[:, 4] - shared
    result: Floats = shared / np.maximum(union, 1e-9)
    return result


def to_face(row: Floats, scale: float, left: float, top: float) -> Face:
    """A row as a face in picture pixels: `scale` pixels a share, shifted by the padding."""
    score, *shares = row.tolist()
    x, y, width, height, *eyes = (share * scale for share in shares)
    points = ((eyes[0] - left, eyes[1] - top), (eyes[2] - left, eyes[3] - top))
    return Face(Box(x - left, y - top, width, height), score, points)
