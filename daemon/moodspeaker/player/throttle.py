"""How often something may be tried. Pure."""

from __future__ import annotations

from collections import deque


class Throttle:
    """At most `limit` times in `window_s` seconds."""

    def __init__(self, limit: int, window_s: float) -> None:
        self._window_s = window_s
        self._times: deque[float] = deque(maxlen=limit)

    def full(self, now_s: float) -> bool:
        """Whether it was done so often that it must wait."""
        times = self._times
        return len(times) == times.maxlen and now_s - times[0] < self._window_s

    def count(self, now_s: float) -> None:
        """It was done."""
        self._times.append(now_s)
