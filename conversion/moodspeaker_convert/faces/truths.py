"""What the rows of a data file show: FER2013's own labels, or what the FER+ taggers saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces.label_sets import FER_LABELS, FERPLUS_LABELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.faces.data import FaceData


def majority(data: FaceData) -> NDArray[np.int64]:
    """The FER+ authors' majority label of each row, -1 where they leave the picture out.

    Labels with a single vote are dropped; the largest must then hold more than half of the
    votes that are left, and be an emotion. (github.com/microsoft/FERPlus)
    """
    votes = needed_votes(data)
    kept = np.where(votes > 1, votes, 0)
    best = kept.argmax(axis=1)
    clear = 2 * kept.max(axis=1) > kept.sum(axis=1)
    return np.where(clear & (best < len(FERPLUS_LABELS)), best, -1)


def plain_vote(data: FaceData) -> NDArray[np.int64]:
    """The label with most FER+ votes, the first column on a tie; -1 where it is no emotion."""
    best = needed_votes(data).argmax(axis=1)
    return np.where(best < len(FERPLUS_LABELS), best, -1)


def classes(data: FaceData, label_set: str) -> NDArray[np.int64]:
    """The class of each row, an index into `label_sets.names_of(label_set)`; -1 for none."""
    return data.label.astype(np.int64) if label_set == "fer" else majority(data)


def learnable(data: FaceData, label_set: str) -> NDArray[np.int64]:
    """The class by which a row counts when rows are split and balanced; -1: never train on it.

    With FER+ also a picture without a majority teaches: its votes say how unsure people are.
    """
    return classes(data, "fer") if label_set == "fer" else plain_vote(data)


def targets(data: FaceData, label_set: str) -> NDArray[np.float32]:
    """What to learn, float32[n, labels], rows summing to 1.

    For `fer` the one label; for `ferplus` the share of taggers who saw each emotion.
    """
    if label_set == "fer":
        return np.eye(len(FER_LABELS), dtype=np.float32)[data.label]
    votes = needed_votes(data)[:, : len(FERPLUS_LABELS)].astype(np.float32)
    kept = np.where(votes > 1, votes, 0)
    shares: NDArray[np.float32] = kept / np.maximum(kept.sum(axis=1, keepdims=True), 1)
    return shares


def needed_votes(data: FaceData) -> NDArray[np.int64]:
    """The FER+ votes, wide enough to add. Raises DataError when the file has none."""
    if data.votes is None:
        raise DataError("the data has no field ferplus_votes", "use --labels fer")
    return data.votes.astype(np.int64)
