"""How often something may be tried. Pure."""

from __future__ import annotations

from collections import deque


class Throttle:
    """At most `limit` times in `window_s` seconds."""

    def __init__(self, limit: int, window_s: float) -> None:
        self._window_s = window_s
        self._times: deque[float] = deque(maxlen=limit)

    def allows(self, now_s: float) -> bool:
        """Whether it may be done now; an answer of True is counted."""
        full = len(self._times) == self._times.maxlen
        if full and now_s - self._times[0] < self._window_s:
            return False
        self._times.append(now_s)
        return True
