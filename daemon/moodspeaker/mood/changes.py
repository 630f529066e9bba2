"""How often the mood may change: the dwell, and the hourly budget."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.mood.settings import MoodSettings

HOUR_S = 3600.0
EPSILON = 1e-6
"""Sums of frame times are not exact: 50 steps of 0.1 s must count as 5 s."""


class Changes:
    """When the mood changed from one emotion to another, in the last hour."""

    def __init__(self) -> None:
        self._at_s: deque[float] = deque()

    def note(self, now_s: float) -> None:
        """It changes now."""
        self._at_s.append(now_s)

    def refusal(self, now_s: float, settings: MoodSettings) -> str | None:
        """Why it may not change now; None when it may."""
        if not self._at_s:
            return None
        since_s = now_s - self._at_s[-1]
        if since_s + EPSILON < settings.dwell_s:
            return f"{since_s:.0f} s since the last change, needs {settings.dwell_s:g} s"
        while self._at_s and now_s - self._at_s[0] >= HOUR_S:
            self._at_s.popleft()
        if len(self._at_s) >= settings.changes_per_hour:
            return f"{len(self._at_s)} changes in the last hour are the most allowed"
        return None
