"""Measures a model on a split, by FER2013's labels or by the FER+ authors' protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.types import Emotion
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.faces import label_sets, truths
from moodspeaker_convert.measuring.measures import Figures, figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.faces.data import FaceData
    from moodspeaker_convert.measuring.scorers import Scorer

PROTOCOLS = {"fer": "fer2013_7", "ferplus": "ferplus_majority"}


def evaluate(
    scorer: Scorer, data: FaceData, label_set: str, rows: NDArray[np.int64]
) -> dict[str, Any]:
    """`evaluate --json`: every figure of `scorer` on `rows` of the data.

    A model without contempt gets contempt's pictures wrong under `ferplus`. Raises ToolkitError
    for labels that the protocol does not know, DataError where the data has no votes.
    """
    names = label_sets.names_of(label_set)
    wanted = {"": truths.classes(data, label_set)[rows]}
    if label_set == "ferplus":
        wanted["plain_vote"] = truths.plain_vote(data)[rows]
    predicted = predictions(scorer, data.images[rows], names)
    found = {name: counted(names, truth, predicted) for name, truth in wanted.items()}
    result = {**found.pop("").as_json(), "protocol": PROTOCOLS[label_set]}
    result |= {name: other.short() for name, other in found.items()}
    if label_set == "ferplus":
        result["without_contempt"] = without(names, wanted[""], predicted).short()
    return result | {"runtime": scorer.runtime}


def predictions(
    scorer: Scorer, images: NDArray[np.uint8], names: tuple[str, ...]
) -> NDArray[np.int64]:
    """The most probable of `names` for each face, as an index."""
    scores = scorer.scores(images)
    columns = [column_of(label, names) for label in scorer.labels]
    merged = np.zeros((len(images), len(names)))
    np.add.at(merged.T, columns, scores.T)
    best: NDArray[np.int64] = merged.argmax(axis=1)
    return best


def column_of(label: str, names: tuple[str, ...]) -> int:
    """Where a model's label counts; contempt is neutral where the protocol has none."""
    merged = Emotion.NEUTRAL if label == label_sets.CONTEMPT and label not in names else label
    if merged not in names:
        raise ToolkitError(
            f"the model's label {label!r} is none of {', '.join(names)}", "correct its manifest"
        )
    return names.index(merged)


def counted(
    names: tuple[str, ...], truth: NDArray[np.int64], predicted: NDArray[np.int64]
) -> Figures:
    """The figures of the rows that have a truth."""
    known = truth >= 0
    return figures(names, truth[known], predicted[known])


def without(
    names: tuple[str, ...], truth: NDArray[np.int64], predicted: NDArray[np.int64]
) -> Figures:
    """The figures of the rows whose truth is not contempt."""
    return counted(names, np.where(truth == names.index(label_sets.CONTEMPT), -1, truth), predicted)
