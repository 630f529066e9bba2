"""A log once more through the engine, and what came of it, against the truth where it is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.mood.engine import MoodEngine
from moodspeaker.types import Mood

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moodspeaker.mood.score_lines import LoggedFrame
    from moodspeaker.mood.settings import MoodSettings
    from moodspeaker.types import Decision

HOUR_S = 3600.0
LONGEST_GAP_S = 10.0
"""What a frame stands for at most; a longer gap in a log was a speaker that was off."""
LONG_S = 180.0
"""A true mood that lasts longer is to be followed."""


@dataclass(frozen=True, slots=True)
class Change:
    """Another emotion than the last one was named, `time_s` by the log's clock.

    `before` is that last one, unsure for the first.
    """

    time_s: float
    before: Mood
    after: Mood
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine made of a log; shares are of the time in which the truth is known.

    `share_right`: the mood was the true one; `share_unsure`: it was unsure. `delays_s`: from
    each change of the true mood until it was named, for those that were. `share_followed`: of
    the true moods that lasted longer than `LONG_S`. None where no truth is given.
    """

    seconds: float
    changes: tuple[Change, ...]
    time_in: dict[Mood, float]
    share_right: float | None = None
    share_unsure: float | None = None
    delays_s: tuple[float, ...] = ()
    share_followed: float | None = None
    true_changes: int = 0

    @property
    def changes_per_hour(self) -> float:
        """Of named emotions, the first included."""
        return len(self.changes) * HOUR_S / self.seconds if self.seconds else 0.0

    def delay_s(self, share: float) -> float | None:
        """The shortest delay that this share (0..1) of the followed changes did not exceed."""
        if not self.delays_s:
            return None
        ordered = sorted(self.delays_s)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def replay(frames: Iterable[LoggedFrame], settings: MoodSettings) -> Outcome:
    """Every frame through a new engine."""
    shown = Replay(settings)
    for frame in frames:
        shown.add(frame)
    return shown.outcome()


class Replay:
    """A new engine that is shown a log, frame by frame."""

    def __init__(self, settings: MoodSettings) -> None:
        self._engine = MoodEngine(settings)
        self._tally = Tally()

    def add(self, frame: LoggedFrame) -> Decision:
        """What the engine makes of one more frame."""
        decision = self._engine.observe(frame.observation)
        self._tally.add(frame.observation.time_s, decision, frame.truth)
        return decision

    def outcome(self) -> Outcome:
        """Up to the last frame."""
        return self._tally.outcome()


class Tally:
    """Adds decisions up. Each stands for the time until the next."""

    def __init__(self) -> None:
        self._last: tuple[float, Mood, Mood | None] | None = None
        self._seconds = 0.0
        self._named = Mood.UNSURE
        self._changes: list[Change] = []
        self._time_in = dict.fromkeys(Mood, 0.0)
        self._judge = Judge()

    def add(self, time_s: float, decision: Decision, truth: Mood | None) -> None:
        """One more decision, at `time_s`."""
        if self._last is not None:
            then_s, mood, true = self._last
            held_s = min(max(time_s - then_s, 0.0), LONGEST_GAP_S)
            self._seconds += held_s
            self._time_in[mood] += held_s
            self._judge.held(mood, true, held_s)
        self._last = (time_s, decision.mood, truth)
        mood = decision.mood
        if mood.emotion is not None and mood is not self._named:
            self._changes.append(Change(time_s, self._named, mood, decision.reason))
            self._named = mood
        if truth is not None:
            self._judge.now(time_s, mood, truth)

    def outcome(self) -> Outcome:
        """Up to the last decision."""
        judge = self._judge
        known_s = judge.known_s
        return Outcome(
            seconds=self._seconds,
            changes=tuple(self._changes),
            time_in={mood: seconds for mood, seconds in self._time_in.items() if seconds},
            share_right=judge.right_s / known_s if known_s else None,
            share_unsure=judge.unsure_s / known_s if known_s else None,
            delays_s=tuple(judge.delays_s),
            share_followed=judge.share_followed(),
            true_changes=judge.true_changes,
        )


class Judge:
    """Holds the mood against the true one. Nobody there interrupts a true mood, no more."""

    def __init__(self) -> None:
        self.known_s = self.right_s = self.unsure_s = 0.0
        self.delays_s: list[float] = []
        self.true_changes = 0
        self._true: Mood | None = None
        self._since_s = self._lasted_s = 0.0
        self._named = False
        self._long = self._long_followed = 0

    def held(self, mood: Mood, truth: Mood | None, seconds: float) -> None:
        """`mood` was in force for so long, while `truth` was true."""
        if truth is None:
            return
        self.known_s += seconds
        self.right_s += seconds if mood is truth else 0.0
        self.unsure_s += seconds if mood is Mood.UNSURE else 0.0
        if truth is self._true:
            self._lasted_s += seconds

    def now(self, time_s: float, mood: Mood, truth: Mood) -> None:
        """The mood at one moment."""
        if truth is Mood.ABSENT:
            return
        if truth is not self._true:
            self._close()
            self.true_changes += self._true is not None
            self._true, self._since_s, self._named = truth, time_s, False
        if mood is truth and not self._named:
            self._named = True
            self.delays_s.append(time_s - self._since_s)

    def share_followed(self) -> float | None:
        """Of the long true moods, the last one included."""
        is_long = self._lasted_s > LONG_S
        long, followed = self._long + is_long, self._long_followed + (is_long and self._named)
        return followed / long if long else None

    def _close(self) -> None:
        if self._lasted_s > LONG_S:
            self._long += 1
            self._long_followed += self._named
        self._lasted_s = 0.0
