"""BlazeFace's anchors, and how its raw numbers become faces.

Source: MediaPipe's face detection graphs (SsdAnchorsCalculator and
TensorsToDetectionsCalculator), from which the strides, anchors a cell and order of key points
are taken.
"""

from __future__ import annotations

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
LOGIT_LIMIT = 80.0
SAME_FACE_OVERLAP = 0.3


def anchor_centres(side: int) -> Floats:
    """(x, y) of every anchor in shares of the input, shape (anchors, 2)."""
    layers = []
    for stride, repeats in LAYERS[side]:
        cells = side // stride
        along = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        grid = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
        layers.append(np.repeat(grid, repeats, axis=0))
    return np.concatenate(layers)


def decode(raw: Floats, logits: Floats, anchors: Floats, side: int, least: float) -> Floats:
    """Faces of at least the score `least`.

    `raw` has shape (anchors, 16): centre, size and six key points in input pixels, relative to
    the anchor. Rows of the result: score, x, y, width, height, then the x, y of the eye on the
    picture's left and of the one on its right; all but the score in shares of the input.
    """
    scores = 1 / (1 + np.exp(-np.clip(logits, -LOGIT_LIMIT, LOGIT_LIMIT)))
    chosen = (scores >= least) & np.isfinite(raw).all(axis=1)
    values, centres = raw[chosen] / side, anchors[chosen]
    middle, size = values[:, 0:2] + centres, values[:, 2:4]
    eyes = values[:, 4:8].reshape(-1, 2, 2) + centres[:, None, :]
    rows = (scores[chosen, None], middle - size / 2, size, eyes.reshape(-1, 4))
    return np.concatenate(rows, axis=1)


def merged(rows: Floats) -> Floats:
    """Non-maximum suppression that averages: each face is the mean of its rows by score."""
    left = rows[np.argsort(-rows[:, 0], kind="stable")]
    faces = []
    while len(left):
        same = overlaps(left[0], left) > SAME_FACE_OVERLAP
        same[0] = True
        group = left[same]
        mean = np.average(group, axis=0, weights=group[:, 0])
        mean[0] = group[0, 0]
        faces.append(mean)
        left = left[~same]
    return np.array(faces, dtype=np.float32).reshape(-1, rows.shape[1])


def overlaps(row: Floats, rows: Floats) -> Floats:
    """Intersection over union of one box with many."""
    low = np.maximum(row[1:3], rows[:, 1:3])
    high = np.minimum(row[1:3] + row[3:5], rows[:, 1:3] + rows[:, 3:5])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    union = np.prod(row[3:5]) + np.prod(rows[:, 3:5], axis=1) - shared
    result: Floats = shared / np.maximum(union, 1e-9)
    return result


def to_face(row: Floats, scale: float, left: float, top: float) -> Face:
    """A row as a face in picture pixels: `scale` pixels a share, shifted by the padding."""
    x, y, width, height, *eyes = (float(n) * scale for n in row[1:])
    points = ((eyes[0] - left, eyes[1] - top), (eyes[2] - left, eyes[3] - top))
    return Face(Box(x - left, y - top, width, height), float(row[0]), points)
