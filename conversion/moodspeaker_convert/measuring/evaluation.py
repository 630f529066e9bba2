"""Measures a model on a split, by FER2013's labels or by the FER+ authors' protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.types import Emotion
from moodspeaker_convert.errors import DataError, ToolkitError
from moodspeaker_convert.faces import label_sets, truths
from moodspeaker_convert.measuring import calibration_error, curves
from moodspeaker_convert.measuring.measured import Measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moodspeaker_convert.faces.data import FaceData
    from moodspeaker_convert.measuring.scorers import Scorer

PLAIN_VOTE = "ferplus_plain_vote"
PROTOCOLS = {"fer": "fer2013_7", "ferplus": "ferplus_majority"}
ALLOWED = {"fer": ("fer2013_7",), "ferplus": ("ferplus_majority", PLAIN_VOTE)}
# The labels that are left without disgust, which is rare, neutral and contempt.
FIVE = (Emotion.ANGRY, Emotion.FEAR, Emotion.HAPPY, Emotion.SAD, Emotion.SURPRISE)


@dataclass(frozen=True, slots=True)
class Measurement:
    """The answers to a split under one protocol, by the truths of that protocol.

    `plain_vote` holds the same answers beside the plain vote, None without FER+.
    """

    protocol: str
    runtime: str
    measured: Measured
    plain_vote: Measured | None = None


def evaluate(
    scorer: Scorer, data: FaceData, label_set: str, rows: NDArray[np.int64]
) -> dict[str, Any]:
    """`evaluate --json`: every figure of `scorer` on `rows` of the data.

    A model without contempt gets contempt's pictures wrong under `ferplus`. Raises ToolkitError
    for labels that the protocol does not know, DataError where the data has no votes.
    """
    return figures_of(measure(scorer, data, label_set, rows))


def measure(
    scorer: Scorer, data: FaceData, label_set: str, rows: NDArray[np.int64], protocol: str = ""
) -> Measurement:
    """Runs the model once over `rows`; without `protocol` by that of the label set.

    Rows without a truth are left out. Raises what `evaluate` raises.
    """
    names, protocol = label_sets.names_of(label_set), chosen(label_set, protocol)
    truth, plain = truths.classes(data, label_set)[rows], None
    if label_set == "ferplus":
        plain = truths.plain_vote(data)[rows]
    answers = Measured(names, merged_scores(scorer, data.images[rows], names), truth)
    by_plain = None if plain is None else answers.by(plain).known()
    if by_plain is not None and protocol == PLAIN_VOTE:
        answers = by_plain
    return Measurement(protocol, scorer.runtime, answers.known(), by_plain)


def chosen(label_set: str, protocol: str) -> str:
    """The protocol to measure by. Raises ToolkitError where it belongs to other labels."""
    if protocol and protocol not in ALLOWED[label_set]:
        raise ToolkitError(
            f"protocol {protocol} is none of --labels {label_set}",
            f"give {' or '.join(ALLOWED[label_set])}",
        )
    return protocol or PROTOCOLS[label_set]


def figures_of(measurement: Measurement) -> dict[str, Any]:
    """Every figure of a measurement, for JSON."""
    measured = measurement.measured
    result = measured.figures().as_json() | {"protocol": measurement.protocol}
    for name, areas in curves.areas(measured).items():
        result["per_class"][name] |= areas
    if measurement.plain_vote is not None:
        result["plain_vote"] = measurement.plain_vote.figures().short()
        result["without_contempt"] = measured.without(label_sets.CONTEMPT).figures().short()
    return result | further(measured) | {"runtime": measurement.runtime}


def further(measured: Measured) -> dict[str, Any]:
    """What is more than right or wrong, and the five classes."""
    bins = calibration_error.reliability(measured)
    five = measured.limited_to(FIVE).figures()
    return {
        "top2_accuracy": measured.top2_accuracy,
        "ece": calibration_error.expected_calibration_error(bins),
        "ece_bins": [one.as_json() for one in bins],
        "nll": calibration_error.negative_log_likelihood(measured),
        "counts": {name: line["n"] for name, line in measured.figures().per_class.items()},
        "five_class": five.short() | {"per_class": five.per_class},
    }


def check(scorer: Scorer, data: FaceData, label_set: str, rows: NDArray[np.int64]) -> None:
    """Finds what cannot be measured before anything runs.

    Raises ToolkitError for a label that the protocol lacks, DataError where no row has a truth.
    """
    columns_of(scorer.labels, label_sets.names_of(label_set))
    if not (truths.classes(data, label_set)[rows] >= 0).any():
        raise DataError(f"no row of the split has a {label_set} label", "give another --split")


def predictions(
    scorer: Scorer, images: NDArray[np.uint8], names: tuple[str, ...]
) -> NDArray[np.int64]:
    """The most probable of `names` for each face, as an index."""
    best: NDArray[np.int64] = merged_scores(scorer, images, names).argmax(axis=1)
    return best


def merged_scores(
    scorer: Scorer, images: NDArray[np.uint8], names: tuple[str, ...]
) -> NDArray[np.float64]:
    """The probability of each of `names` for each face, f64[n, names]; 0 for one it lacks."""
    columns = columns_of(scorer.labels, names)
    merged = np.zeros((len(images), len(names)))
    if len(images):
        np.add.at(merged.T, columns, scorer.scores(images).T)
    return merged


def columns_of(labels: Sequence[str], names: tuple[str, ...]) -> list[int]:
    """Where each label counts. Raises ToolkitError."""
    return [column_of(label, names) for label in labels]


def column_of(label: str, names: tuple[str, ...]) -> int:
    """Where a model's label counts; contempt is neutral where the protocol has none."""
    merged = Emotion.NEUTRAL if label == label_sets.CONTEMPT and label not in names else label
    if merged not in names:
        raise ToolkitError(
            f"the model's label {label!r} is none of {', '.join(names)}", "correct its manifest"
        )
    return names.index(merged)
