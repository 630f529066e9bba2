"""What the last seconds hold: votes, and the time spent on each emotion."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from moodspeaker.mood.settings import Likeness
from moodspeaker.mood.smoothing import NOTHING, evidence_s

if TYPE_CHECKING:
    from moodspeaker.mood.settings import MoodSettings

MOST_FRAMES = 4096
"""Of one window; a camera is slower, and memory has an end."""
PLANE_WIDTH = 0.25
"""How far from an emotion's point, on the valence-arousal plane, likeness falls to 1/e."""


class Window:
    """Sums over the readings of the last `window_s`, each under its leading emotion."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, int, float]] = deque()
        self._clock_s = 0.0
        self.sums = list(NOTHING)

    def add(self, gap_s: float, index: int, worth: float, window_s: float) -> None:
        """One reading whose leading emotion is `index`."""
        self._clock_s += gap_s
        self._frames.append((self._clock_s, index, worth))
        self.sums[index] += worth
        oldest_s = self._clock_s - window_s
        while self._frames[0][0] < oldest_s or len(self._frames) > MOST_FRAMES:
            _, old, gone = self._frames.popleft()
            self.sums[old] -= gone

    def shares(self) -> tuple[float, ...] | None:
        """The sums as shares of 1; None of an empty window."""
        # Sums of what was added and taken away again may end just below nothing.
        sums = [value if value > 0 else 0.0 for value in self.sums]
        total = sum(sums)
        return tuple([value / total for value in sums]) if total > 0 else None


class Majority:
    """One vote a reading over the last `window_s`; the belief is the share of votes."""

    def __init__(self) -> None:
        self._window = Window()

    def add(
        self, gap_s: float, reading: tuple[float, ...], weight: float, settings: MoodSettings
    ) -> None:
        """One vote, worth `weight`."""
        self._window.add(gap_s, reading.index(max(reading)), weight, settings.window_s)

    def belief(self) -> tuple[float, ...] | None:
        """Shares of votes, which sum to 1."""
        return self._window.shares()

    def forget(self) -> None:
        """As if nothing had been seen."""
        self._window = Window()


class WindowVector:
    """The seconds spent on each emotion in the last `window_s`, held against every emotion."""

    def __init__(self) -> None:
        self._window = Window()
        self._likeness = Likeness.COSINE
        self._points: tuple[tuple[float, float], ...] = ()

    def add(
        self, gap_s: float, reading: tuple[float, ...], weight: float, settings: MoodSettings
    ) -> None:
        """One reading; `weight` 0..1 shortens the time that it counts for."""
        seconds = weight * evidence_s(gap_s)
        self._window.add(gap_s, reading.index(max(reading)), seconds, settings.window_s)
        self._likeness, self._points = settings.likeness, settings.points

    def belief(self) -> tuple[float, ...] | None:
        """`cosine`: between the vector and each emotion's axis, 0..1 and not summing to 1.

        `plane`: nearness of the vector's mean point to each emotion's, summing to 1.
        """
        shares = self._window.shares()
        if shares is None:
            return None
        if self._likeness is Likeness.COSINE:
            length = math.hypot(*shares)
            return tuple([share / length for share in shares])
        return nearness(shares, self._points)

    def forget(self) -> None:
        """As if nothing had been seen."""
        self._window = Window()


def nearness(
    shares: tuple[float, ...], points: tuple[tuple[float, float], ...]
) -> tuple[float, ...]:
    """How near the mean of `points`, weighted by `shares`, lies to each of them; sums to 1."""
    x = sum([p * valence for p, (valence, _) in zip(shares, points, strict=True)])
    y = sum([p * arousal for p, (_, arousal) in zip(shares, points, strict=True)])
    near = [math.exp(-math.hypot(x - v, y - a) / PLANE_WIDTH) for v, a in points]
    total = sum(near)
    return tuple([value / total for value in near])
