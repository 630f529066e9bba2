"""How the last 15 seconds were spent: the face's vector, for a choice of tracks by likeness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.mood.windows import Window
from moodspeaker.types import EMOTION_INDEX, Scores

if TYPE_CHECKING:
    from moodspeaker.types import Observation

WINDOW_S = 15.0
LONGEST_GAP_S = 2.0
"""A reading counts for the time since the one before it, and for no longer than this."""


class FaceWindow:
    """Seconds that each emotion led in, among the readings of the last 15."""

    def __init__(self) -> None:
        self._window = Window()
        self._last_s: float | None = None

    def observe(self, seen: Observation | None) -> None:
        """One more reading; without a face it counts for nothing."""
        if seen is None or seen.scores is None:
            return
        gap_s = 0.0 if self._last_s is None else max(0.0, seen.time_s - self._last_s)
        self._last_s = seen.time_s
        leader = EMOTION_INDEX[seen.scores.ranked()[0]]
        self._window.add(gap_s, leader, min(gap_s, LONGEST_GAP_S), WINDOW_S)

    @property
    def shares(self) -> Scores | None:
        """Shares of the time, summing to 1; None before there are two readings."""
        shares = self._window.shares()
        return None if shares is None else Scores(shares)
