"""Exponential smoothing of scores over irregular time, weighted by quality."""

from __future__ import annotations

import math

from moodspeaker.types import Emotion, Scores

LONGEST_STEP_S = 2.0
"""A frame speaks for the time since the one before it, but never for longer than this."""


class Smoother:
    """A weighted mean of the scores, in which what is `tau_s` old counts 1/e.

    A first frame counts as a short one, so that a single picture cannot weigh much.
    """

    def __init__(self) -> None:
        self._sums = [0.0] * len(Emotion)
        self._weight = 0.0
        self._last_s: float | None = None

    def add(self, time_s: float, scores: Scores, quality: float, tau_s: float) -> None:
        """One frame. Time going backwards restarts the clock and keeps the mean."""
        gap = 0.0 if self._last_s is None else max(0.0, time_s - self._last_s)
        self._last_s = time_s
        keep = math.exp(-gap / tau_s)
        weight = quality * max(min(gap, LONGEST_STEP_S), 0.05)
        self._sums = [
            keep * old + weight * new for old, new in zip(self._sums, scores.values, strict=True)
        ]
        self._weight = keep * self._weight + weight

    def mean(self) -> Scores | None:
        """The smoothed probabilities; None before anything was added."""
        if self._weight <= 0:
            return None
        return Scores(tuple(total / self._weight for total in self._sums))

    def forget(self) -> None:
        """As if nothing had been seen."""
        self._sums = [0.0] * len(Emotion)
        self._weight = 0.0
        self._last_s = None
