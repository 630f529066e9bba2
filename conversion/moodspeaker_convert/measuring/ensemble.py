"""Several models as one: the weighted mean of their probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.measuring.scorers import KERAS_FILES, open_scorer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.measuring.scorers import Scorer

SUFFIXES = (".tflite", *KERAS_FILES)
REMEDY = "write MODEL:WEIGHT,MODEL:WEIGHT with weights over 0; without one it is 1"


@dataclass(frozen=True, slots=True)
class Member:
    """A model file and its weight, before the weights are normalised."""

    path: Path
    weight: float


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Averages the members' probabilities by label; a label that a member lacks is 0 there.

    `weights` are positive, one a scorer; only their ratio counts.
    """

    scorers: tuple[Scorer, ...]
    weights: tuple[float, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label of any member, in the order of their first mention."""
        return tuple(dict.fromkeys(label for scorer in self.scorers for label in scorer.labels))

    @property
    def runtime(self) -> str:
        """What runs the members, each once."""
        return " + ".join(dict.fromkeys(scorer.runtime for scorer in self.scorers))

    def scores(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The weighted mean of the members' scores, rows summing to 1."""
        total = np.zeros((len(images), len(self.labels)))
        for scorer, weight in zip(self.scorers, self.weights, strict=True):
            columns = [self.labels.index(label) for label in scorer.labels]
            total[:, columns] += weight / sum(self.weights) * scorer.scores(images)
        return total


def open_ensemble(members: tuple[Member, ...], runtime: str = "auto") -> Ensemble:
    """The models of `members`. Raises ModelError, ToolkitError or DataError."""
    scorers = tuple(open_scorer(member.path, runtime) for member in members)
    return Ensemble(scorers, tuple(member.weight for member in members))


def parse_members(text: str) -> tuple[Member, ...]:
    """The members of `a.tflite:0.6,b.keras`. Raises ToolkitError, which names the bad part."""
    return tuple(parse_member(part.strip()) for part in text.split(","))


def parse_member(part: str) -> Member:
    """One `MODEL:WEIGHT`, split at the last colon: a path may hold others."""
    path, colon, weight = part.rpartition(":")
    # A path whose only colon is its own has no weight.
    if not colon or part.endswith(SUFFIXES):
        path, weight = part, "1"
    if not path.endswith(SUFFIXES):
        raise ToolkitError(f"--ensemble: {part!r} names no .tflite or .keras file", REMEDY)
    return Member(Path(path), parse_weight(weight, part))


def parse_weight(text: str, part: str) -> float:
    """A finite number over 0. Raises ToolkitError."""
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not 0 < weight < math.inf:
        raise ToolkitError(f"--ensemble: {text!r} in {part!r} is no weight", REMEDY)
    return weight
