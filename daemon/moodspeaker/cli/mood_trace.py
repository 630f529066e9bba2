"""What a picture of a replay shows: points, and spans of moods, of a log of any length."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from moodspeaker.mood.replaying import LONGEST_GAP_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moodspeaker.types import Decision, Mood

MOST_POINTS = 4000


@dataclass(frozen=True, slots=True)
class Point:
    """One moment: smoothed scores, and the belief in the mood in force; None for none."""

    time_s: float
    scores: tuple[float, ...] | None
    belief: float | None


class Trace:
    """What is drawn of a run: `MOST_POINTS` at most, and every turn of the mood and the truth.

    Times count from `begin_s`, the first frame's.
    """

    def __init__(self) -> None:
        self.begin_s: float | None = None
        self.points: list[Point] = []
        self.moods = Strip()
        self.truths = Strip()
        self.changes_s: list[float] = []
        self._named: Mood | None = None
        self._every, self._passed = 1, 0

    def add(self, time_s: float, decision: Decision, truth: Mood | None) -> None:
        """One more decision."""
        if self.begin_s is None:
            self.begin_s = time_s
        time_s -= self.begin_s
        mood = decision.mood
        self.moods.add(time_s, mood)
        self.truths.add(time_s, truth)
        if mood.emotion is not None and mood is not self._named:
            self._named = mood
            self.changes_s.append(time_s)
        if self._passed % self._every == 0:
            scores = decision.scores.values if decision.scores else None
            belief = decision.confidence if mood.emotion else None
            self.points.append(Point(time_s, scores, belief))
            self._thin_out()
        self._passed += 1

    def _thin_out(self) -> None:
        if len(self.points) > MOST_POINTS:
            self.points = self.points[::2]
            self._every *= 2


class Strip:
    """What was in force from when to when."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float, Mood]] = []
        self._now: Mood | None = None
        self._begun_s = self._last_s = 0.0

    def add(self, time_s: float, mood: Mood | None) -> None:
        """One more moment; None is nothing to draw."""
        gone = time_s - self._last_s > LONGEST_GAP_S
        if mood is not self._now or gone:
            self._end(self._last_s if gone else time_s)
            self._now, self._begun_s = mood, time_s
        self._last_s = time_s

    def ended(self) -> list[tuple[float, float, Mood]]:
        """(begin_s, end_s, what), the last one included."""
        self._end(self._last_s)
        self._begun_s = self._last_s
        return self.spans

    def _end(self, end_s: float) -> None:
        if self._now is not None and end_s > self._begun_s:
            self.spans.append((self._begun_s, end_s, self._now))


def with_gaps(points: Sequence[Point]) -> list[Point]:
    """With a point of nothing wherever frames are missing for long."""
    steps = [after.time_s - before.time_s for before, after in pairwise(points)]
    longest_s = max(LONGEST_GAP_S, 3 * median(steps)) if steps else 0.0
    parted = list(points[:1])
    for step_s, point in zip(steps, points[1:], strict=True):
        if step_s > longest_s:
            parted.append(Point(point.time_s - step_s / 2, None, None))
        parted.append(point)
    return parted
