"""Exponential smoothing of scores over irregular time, weighted by quality."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from moodspeaker.mood.settings import MoodSettings

LONGEST_STEP_S = 2.0
"""A frame speaks for the time since the one before it, but never for longer than this."""
SHORTEST_STEP_S = 0.05
"""A first frame counts as a short one, so that a single picture cannot weigh much."""
NOTHING = (0.0,) * len(Emotion)


def evidence_s(gap_s: float) -> float:
    """How long a frame counts that comes `gap_s` after the one before it."""
    if gap_s > LONGEST_STEP_S:
        return LONGEST_STEP_S
    return gap_s if gap_s > SHORTEST_STEP_S else SHORTEST_STEP_S


class Smoother:
    """A weighted mean of the scores, in which what is `smoothing_s` old counts 1/e."""

    def __init__(self) -> None:
        self._sums = list(NOTHING)
        self._weight = 0.0

    def add(
        self, gap_s: float, reading: tuple[float, ...], weight: float, settings: MoodSettings
    ) -> None:
        """One reading, `gap_s` after the last; `weight` 0..1."""
        keep = math.exp(-gap_s / settings.smoothing_s)
        weight *= evidence_s(gap_s)
        self._sums = [
            keep * old + weight * new for old, new in zip(self._sums, reading, strict=True)
        ]
        self._weight = keep * self._weight + weight

    def belief(self) -> tuple[float, ...] | None:
        """The smoothed probabilities; None before anything was added."""
        total = self._weight
        return tuple([share / total for share in self._sums]) if total > 0 else None

    def forget(self) -> None:
        """As if nothing had been seen."""
        self._sums, self._weight = list(NOTHING), 0.0
