"""The mood engine: one decision for each observation, by the observations' own clock.

A new mood must lead: above `enter_threshold`, `margin` ahead of the next, for `hold_s`, not
before `dwell_s` since the last change and at most `changes_per_hour` times. A mood below
`leave_threshold` becomes unsure; coming back to it from unsure or absent is no change. Nobody
there for `absence_s` is absent, and what was seen before is forgotten.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from moodspeaker.mood.smoothing import Smoother
from moodspeaker.types import Decision, Emotion, Mood, Scores

if TYPE_CHECKING:
    from moodspeaker.mood.settings import MoodSettings
    from moodspeaker.types import Observation

HOUR_S = 3600.0
EPSILON = 1e-9
"""Sums of frame times are not exact: 50 steps of 0.1 s must count as 5 s."""


class MoodEngine:
    """Owns the smoothed scores and the mood in force. `settings` may be replaced at any time."""

    def __init__(self, settings: MoodSettings) -> None:
        self.settings = settings
        self.mood = Mood.UNSURE
        self._smoother = Smoother()
        self._now_s = -math.inf
        self._seen_s: float | None = None
        self._candidate: Emotion | None = None
        self._led_since_s = 0.0
        self._named: Emotion | None = None
        self._changes: deque[float] = deque()

    def observe(self, observation: Observation) -> Decision:
        """The decision after one more frame."""
        self._set_time(observation.time_s)
        scores = usable(observation.scores)
        if scores is None:
            return self._without_face(observation.faces)
        self._seen_s = observation.time_s
        quality = min(max(observation.quality, 0.0), 1.0)
        if quality > 0:
            self._smoother.add(observation.time_s, scores, quality, self.settings.smoothing_s)
        return self._with_face()

    def lose(self, reason: str) -> Decision:
        """No frames at all for a while: what was seen is forgotten, the mood is unsure."""
        self._forget()
        return self._turn_to(Mood.UNSURE, reason)

    def _set_time(self, time_s: float) -> None:
        """A clock that goes backwards restarts every wait from now, and cancels none."""
        if time_s < self._now_s:
            self._led_since_s = time_s
            self._seen_s = None if self._seen_s is None else time_s
            self._changes = deque(time_s for _ in self._changes)
        self._now_s = time_s
        while self._changes and time_s - self._changes[0] >= HOUR_S:
            self._changes.popleft()

    def _without_face(self, faces: int) -> Decision:
        self._candidate = None
        if self._seen_s is None:
            self._seen_s = self._now_s
        away_s = self._now_s - self._seen_s
        if away_s + EPSILON >= self.settings.absence_s:
            self._forget()
            return self._turn_to(Mood.ABSENT, f"no face for {away_s:.0f} s")
        missing = "no readable face" if faces else "no face"
        return self._stay(f"{missing} for {away_s:.0f} s, absent at {self.settings.absence_s:g} s")

    def _with_face(self) -> Decision:
        scores = self._smoother.mean()
        if scores is None:
            return self._stay("a face, too poor to read")
        leader, second = scores.ranked()[:2]
        self._follow_leader(leader, scores[leader] - scores[second], scores)
        if self.mood.emotion is leader:
            if scores[leader] >= self.settings.leave_threshold:
                return self._stay(f"{leader} {scores[leader]:.2f}")
        elif self._candidate is leader:
            waiting = self._waiting_for(leader)
            if waiting is None:
                return self._enter(leader, second, scores)
            return self._left_or_stay(scores, f"{leader} {scores[leader]:.2f}, {waiting}")
        return self._left_or_stay(scores, self._why_not(leader, second, scores))

    def _follow_leader(self, leader: Emotion, lead: float, scores: Scores) -> None:
        """Notes since when the same emotion has been good enough to take over."""
        good = scores[leader] >= self.settings.enter_threshold and lead >= self.settings.margin
        if not good:
            self._candidate = None
        elif leader is not self._candidate:
            self._candidate = leader
            self._led_since_s = self._now_s

    def _waiting_for(self, leader: Emotion) -> str | None:
        """What a good candidate still waits for; None when it may take over."""
        held_s = self._now_s - self._led_since_s
        if held_s + EPSILON < self.settings.hold_s:
            return f"held {held_s:.0f} s of {self.settings.hold_s:g} s"
        if leader is self._named or not self._changes:
            return None
        since_s = self._now_s - self._changes[-1]
        if since_s + EPSILON < self.settings.dwell_s:
            return f"{since_s:.0f} s since the last change, needs {self.settings.dwell_s:g} s"
        if len(self._changes) >= self.settings.changes_per_hour:
            return f"{len(self._changes)} changes in the last hour are the most allowed"
        return None

    def _enter(self, leader: Emotion, second: Emotion, scores: Scores) -> Decision:
        if leader is not self._named:
            self._changes.append(self._now_s)
            self._named = leader
        held_s = self._now_s - self._led_since_s
        lead = scores[leader] - scores[second]
        return self._turn_to(
            Mood(leader.value),
            f"{leader} {scores[leader]:.2f}, needed {self.settings.enter_threshold:.2f}; "
            f"led {second} by {lead:.2f}; held {held_s:.0f} s",
        )

    def _left_or_stay(self, scores: Scores, why: str) -> Decision:
        emotion = self.mood.emotion
        if self.mood is Mood.ABSENT:
            return self._turn_to(Mood.UNSURE, f"a face; {why}")
        if emotion is not None and scores[emotion] < self.settings.leave_threshold:
            line = self.settings.leave_threshold
            return self._turn_to(
                Mood.UNSURE, f"{emotion} {scores[emotion]:.2f}, under {line:.2f}; {why}"
            )
        return self._stay(why)

    def _why_not(self, leader: Emotion, second: Emotion, scores: Scores) -> str:
        """Why the leader is no candidate."""
        if scores[leader] < self.settings.enter_threshold:
            return f"{leader} {scores[leader]:.2f}, needs {self.settings.enter_threshold:.2f}"
        lead = scores[leader] - scores[second]
        return f"{leader} leads {second} by {lead:.2f}, needs {self.settings.margin:.2f}"

    def _turn_to(self, mood: Mood, reason: str) -> Decision:
        changed = mood is not self.mood
        self.mood = mood
        return self._decision(reason, changed)

    def _stay(self, reason: str) -> Decision:
        return self._decision(reason, changed=False)

    def _decision(self, reason: str, changed: bool) -> Decision:
        scores, emotion = self._smoother.mean(), self.mood.emotion
        confidence = scores[emotion] if scores and emotion else 0.0
        return Decision(self.mood, confidence, scores, reason, changed)

    def _forget(self) -> None:
        self._smoother.forget()
        self._candidate = None


def usable(scores: Scores | None) -> Scores | None:
    """Scores that sum to 1; None for none, for NaN, negative or all-zero ones."""
    if scores is None or not all(math.isfinite(p) and p >= 0 for p in scores.values):
        return None
    total = math.fsum(scores.values)
    if total <= 0:
        return None
    return Scores(tuple(p / total for p in scores.values))
