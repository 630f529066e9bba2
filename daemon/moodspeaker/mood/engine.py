"""The mood engine: one decision for each observation, by the observations' own clock.

A new mood must lead by `margin` for `hold_s`, then be believed above `enter_threshold` and read
above its own floor, not before `dwell_s` since the last change and at most
`changes_per_hour` times. A mood below `leave_threshold` becomes unsure; coming back to it from
unsure or absent is no change. Nobody there for `absence_s` is absent, and what was seen before is
forgotten.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from moodspeaker.mood.aggregation import aggregator
from moodspeaker.mood.changes import EPSILON, Changes
from moodspeaker.mood.evidence import usable, weight_of
from moodspeaker.mood.smoothing import NOTHING, Smoother, evidence_s
from moodspeaker.types import EMOTION_INDEX, Decision, Emotion, Mood, Scores

if TYPE_CHECKING:
    from moodspeaker.mood.settings import MoodSettings
    from moodspeaker.types import Observation

EMOTIONS = tuple(Emotion)
EMOTION_OF = {mood: mood.emotion for mood in Mood}
"""A look-up costs a tenth of asking the mood, and there are several in each frame."""
LONGEST_STEP_S = 86_400.0
"""Nothing here waits for longer; a camera's clock that jumps further is damaged."""


class MoodEngine:
    """Owns the belief and the mood in force. `settings` may be replaced at any time.

    Its clock is the sum of the steps between observations: one that goes backwards, or is no
    number, is a step of nothing, and no wait is lost. A step is a day at most.
    """

    def __init__(self, settings: MoodSettings) -> None:
        self.settings = settings
        self.mood = Mood.UNSURE
        self._kind = settings.aggregation
        self._aggregator = aggregator(self._kind)
        self._mean = Smoother()
        self._changes = Changes()
        self._time_s: float | None = None
        self._now_s = 0.0
        self._read_s: float | None = None
        self._seen_s: float | None = None
        self._candidate: Emotion | None = None
        self._led_since_s = 0.0
        self._belief: tuple[float, ...] | None = None
        self._scores = NOTHING
        self._named: Emotion | None = None
        self._wrong_until_s: dict[Emotion, float] = {}

    def observe(self, observation: Observation) -> Decision:
        """The decision after one more frame."""
        self._advance(observation.time_s)
        reading = usable(observation.scores, self.settings.merges)
        if reading is None:
            return self._without_face(observation.faces)
        self._seen_s = self._now_s
        weight = weight_of(observation)
        if weight == 0:
            return self._with_poor_face()
        self._read(reading, weight)
        return self._with_face()

    def lose(self, reason: str) -> Decision:
        """No frames at all for a while: what was seen is forgotten, the mood is unsure."""
        self._forget()
        self._seen_s = None
        return self._turn_to(Mood.UNSURE, reason)

    def reject(self) -> Emotion | None:
        """A person says that the mood in force is wrong: the emotion, None when there is none.

        What was read is forgotten, and that emotion stays away for `wrong_s`.
        """
        wrong = EMOTION_OF[self.mood]
        if wrong is not None:
            self._wrong_until_s[wrong] = self._now_s + self.settings.wrong_s
            self._forget()
            self.mood = Mood.UNSURE
        return wrong

    def _advance(self, time_s: float) -> None:
        if not math.isfinite(time_s):
            return
        if self._time_s is not None and time_s > self._time_s:
            step_s = min(time_s - self._time_s, LONGEST_STEP_S)
            self._now_s += step_s
            # Nobody has seen what led in a gap: it counts no more than as evidence.
            self._led_since_s += max(0.0, step_s - evidence_s(step_s))
        self._time_s = time_s

    def _read(self, reading: tuple[float, ...], weight: float) -> None:
        settings = self.settings
        gap_s = 0.0 if self._read_s is None else self._now_s - self._read_s
        self._read_s = self._now_s
        if settings.aggregation is not self._kind:
            self._kind = settings.aggregation
            self._aggregator = aggregator(self._kind)
        self._aggregator.add(gap_s, reading, weight, settings)
        self._mean.add(gap_s, reading, weight, settings)
        self._scores = self._mean.belief() or NOTHING

    def _without_face(self, faces: int) -> Decision:
        self._candidate = None
        if self._seen_s is None:
            self._seen_s = self._now_s
        away_s = self._now_s - self._seen_s
        what, mood = ("no readable face", Mood.UNSURE) if faces else ("no face", Mood.ABSENT)
        if away_s + EPSILON >= self.settings.absence_s:
            self._forget()
            return self._turn_to(mood, f"{what} for {away_s:.0f} s")
        return self._stay(f"{what} for {away_s:.0f} s, {mood} at {self.settings.absence_s:g} s")

    def _with_poor_face(self) -> Decision:
        """Somebody is there who cannot be read: a mood stays as long as moods do."""
        self._candidate = None
        if self._read_s is not None and self._now_s - self._read_s >= self.settings.stay_s:
            self._forget()
            return self._turn_to(Mood.UNSURE, "a face, for long too poor to read")
        return self._left_or_stay("a face, too poor to read")

    def _with_face(self) -> Decision:
        belief = self._belief = self._believed()
        if belief is None:
            return self._left_or_stay("a face, nothing read of it")
        settings = self.settings
        leader, second = first_two(belief)
        p, lead = belief[leader], belief[leader] - belief[second]
        emotion = EMOTIONS[leader]
        self._follow_leader(emotion, lead)
        if EMOTION_OF[self.mood] is emotion and p >= settings.leave_threshold:
            return self._stay(f"{emotion} {p:.2f}")
        sure = p >= settings.enter_threshold and self._scores[leader] >= settings.floors[leader]
        if not sure or self._candidate is None:
            return self._left_or_stay(self._why_not(emotion, EMOTIONS[second], p, lead))
        waiting = self._waiting_for(emotion)
        if waiting is not None:
            return self._left_or_stay(f"{emotion} {p:.2f}, {waiting}")
        held_s = self._now_s - self._led_since_s
        return self._enter(
            emotion,
            f"{emotion} {p:.2f}, needed {settings.enter_threshold:.2f}; "
            f"led {EMOTIONS[second]} by {lead:.2f}; held {held_s:.0f} s",
        )

    def _believed(self) -> tuple[float, ...] | None:
        """The belief, with nothing for what a person has called wrong."""
        belief = self._aggregator.belief()
        if not self._wrong_until_s or belief is None:
            return belief
        left = {e: until for e, until in self._wrong_until_s.items() if until > self._now_s}
        self._wrong_until_s = left
        return tuple([0.0 if e in left else p for e, p in zip(EMOTIONS, belief, strict=True)])

    def _follow_leader(self, leader: Emotion, lead: float) -> None:
        """Notes since when the same emotion has led by the margin."""
        if lead < self.settings.margin:
            self._candidate = None
        elif leader is not self._candidate:
            self._candidate = leader
            self._led_since_s = self._now_s

    def _waiting_for(self, leader: Emotion) -> str | None:
        """What a good candidate still waits for; None when it may take over."""
        held_s = self._now_s - self._led_since_s
        if held_s + EPSILON < self.settings.hold_s:
            return f"held {held_s:.0f} s of {self.settings.hold_s:g} s"
        if leader is self._named:
            return None
        return self._changes.refusal(self._now_s, self.settings)

    def _enter(self, leader: Emotion, reason: str) -> Decision:
        if leader is not self._named:
            self._changes.note(self._now_s)
            self._named = leader
        return self._turn_to(Mood(leader.value), reason)

    def _left_or_stay(self, why: str) -> Decision:
        emotion, belief = EMOTION_OF[self.mood], self._belief
        if self.mood is Mood.ABSENT:
            return self._turn_to(Mood.UNSURE, f"a face; {why}" if belief else why)
        if belief is None or emotion is None:
            return self._stay(why)
        p, line = belief[EMOTION_INDEX[emotion]], self.settings.leave_threshold
        if p < line:
            return self._turn_to(Mood.UNSURE, f"{emotion} {p:.2f}, under {line:.2f}; {why}")
        return self._stay(why)

    def _why_not(self, leader: Emotion, second: Emotion, p: float, lead: float) -> str:
        """Why the leader is no candidate."""
        index, settings = EMOTION_INDEX[leader], self.settings
        if p < settings.enter_threshold:
            why = f"{leader} {p:.2f}, needs {settings.enter_threshold:.2f}"
        elif self._scores[index] < settings.floors[index]:
            score, floor = self._scores[index], settings.floors[index]
            why = f"{leader} is read at {score:.2f}, its floor is {floor:.2f}"
        else:
            why = f"{leader} leads {second} by {lead:.2f}, needs {settings.margin:.2f}"
        wrong = ", ".join(self._wrong_until_s)
        return f"{why}; called wrong: {wrong}" if wrong else why

    def _turn_to(self, mood: Mood, reason: str) -> Decision:
        changed = mood is not self.mood
        self.mood = mood
        return self._decision(reason, changed)

    def _stay(self, reason: str) -> Decision:
        return self._decision(reason, changed=False)

    def _decision(self, reason: str, changed: bool) -> Decision:
        emotion, belief, scores = EMOTION_OF[self.mood], self._belief, self._scores
        p = belief[EMOTION_INDEX[emotion]] if belief and emotion else 0.0
        known = Scores(scores) if scores is not NOTHING else None
        return Decision(self.mood, p, known, reason, changed)

    def _forget(self) -> None:
        self._aggregator.forget()
        self._mean.forget()
        self._candidate = self._belief = self._read_s = None
        self._scores = NOTHING


def first_two(belief: tuple[float, ...]) -> tuple[int, int]:
    """The places of the two largest; the first of equals leads."""
    first = belief.index(max(belief))
    rest = list(belief)
    rest[first] = -1.0
    return first, rest.index(max(rest))
