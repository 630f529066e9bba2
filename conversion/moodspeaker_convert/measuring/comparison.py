"""Models side by side on the same faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.measuring.flatbuffer import read_graphs
from moodspeaker_convert.measuring.measures import figures
from moodspeaker_convert.measuring.ops import parameters
from moodspeaker_convert.measuring.scorers import NetworkScorer
from moodspeaker_convert.measuring.shares import progress, shares
from moodspeaker_convert.measuring.timing import ms_per_face

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker_convert.measuring.scorers import Scorer


@dataclass(frozen=True, slots=True)
class Entry:
    """A model under one runtime."""

    path: Path
    scorer: Scorer


@dataclass(frozen=True, slots=True)
class Line:
    """An entry's figures; agreement and mean difference of probabilities are to the first line's.

    A TFLite file's probabilities are those after its manifest's temperature, a Keras file's have
    none: between the two the difference shows the temperature as well as the rounding.
    """

    model: str
    runtime: str
    kilobytes: float
    parameters: int
    ms_per_face: float
    accuracy: float
    macro_f1: float
    agreement: float
    mean_difference: float


def compare(
    entries: Sequence[Entry],
    images: NDArray[np.uint8],
    truth: NDArray[np.int64],
    names: tuple[str, ...],
) -> list[Line]:
    """A line an entry. `truth` are indices into `names`, one for each of `images`.

    Raises DataError without images, ToolkitError for a label that `names` does not know.
    """
    if not len(images):
        raise DataError("no picture has a label", "measure on another split, or other labels")
    with progress(len(entries) * len(images), "faces") as bar:
        answers = [shares(entry.scorer, images, names, bar) for entry in entries]
    return [
        line(entry, answer, answers[0], truth, names, ms_per_face(entry.scorer, images))
        for entry, answer in zip(entries, answers, strict=True)
    ]


def line(
    entry: Entry,
    answer: NDArray[np.float64],
    first: NDArray[np.float64],
    truth: NDArray[np.int64],
    names: tuple[str, ...],
    milliseconds: float,
) -> Line:
    """The figures of one entry, whose shares are `answer`."""
    found = figures(names, truth, answer.argmax(axis=1))
    same = answer.argmax(axis=1) == first.argmax(axis=1)
    return Line(
        model=str(entry.path),
        runtime=entry.scorer.runtime,
        kilobytes=round(entry.path.stat().st_size / 1024, 1),
        parameters=parameters_of(entry),
        ms_per_face=round(milliseconds, 3),
        accuracy=found.accuracy,
        macro_f1=round(found.macro_f1, 6),
        agreement=round(float(same.mean()), 6),
        mean_difference=round(float(np.abs(answer - first).mean()), 6),
    )


def parameters_of(entry: Entry) -> int:
    """Weights and biases; a TFLite file has batch normalisation folded into fewer."""
    if isinstance(entry.scorer, NetworkScorer):
        return int(entry.scorer.network.parameters)
    return parameters(read_graphs(entry.path))
