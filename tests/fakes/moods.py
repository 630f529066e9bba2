"""Settings of the mood engine and what it is shown, for tests."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from moodspeaker.app.factories import mood_settings
from moodspeaker.config.schema import Config
from moodspeaker.mood.engine import MoodEngine
from moodspeaker.mood.settings import Aggregation, MoodSettings
from moodspeaker.types import Decision, Emotion, Mood, Observation, Scores

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULTS = mood_settings(Config().mood)
QUICK = replace(
    DEFAULTS,
    aggregation=Aggregation.SMOOTHED,
    enter_threshold=0.5,
    leave_threshold=0.3,
    margin=0.1,
    hold_s=2.0,
    dwell_s=10.0,
    smoothing_s=1.0,
    absence_s=5.0,
    changes_per_hour=6,
    floors=(0.0,) * len(Emotion),
)
"""Plain smoothing, and times that a test can count."""
NUMBERS = replace(
    DEFAULTS,
    smoothing_s=25.0,
    window_s=15.0,
    stay_s=300.0,
    distrust=0.2,
    priors=(1 / len(Emotion),) * len(Emotion),
)
"""Round numbers for the aggregations, whatever the defaults are."""


class Room:
    """Feeds an engine frames, `fps` of them a second, and notes when the mood changed."""

    def __init__(self, settings: MoodSettings = QUICK, fps: int = 10) -> None:
        self.engine = MoodEngine(settings)
        self.fps = fps
        self.count = 0
        self.changes: list[tuple[float, Mood]] = []

    @property
    def now_s(self) -> float:
        """The camera's clock."""
        return self.count / self.fps

    @property
    def named(self) -> list[Mood]:
        """The emotions named, one after the other; the same one twice in a row counts once."""
        moods = [mood for _, mood in self.changes if mood.emotion]
        return [m for before, m in zip([None, *moods], moods, strict=False) if m is not before]

    def see(self, scores: Scores | None, seconds: float, quality: float = 1.0) -> Decision:
        """Shows the same for so long; at least one frame."""
        for _ in range(max(1, round(seconds * self.fps))):
            self.count += 1
            faces = 1 if scores else 0
            decision = self.engine.observe(Observation(self.now_s, faces, scores, quality))
            if decision.changed:
                self.changes.append((self.now_s, decision.mood))
        return decision

    def pause(self, seconds: float) -> None:
        """Time without frames."""
        self.count += round(seconds * self.fps)

    def wait_for(self, mood: Mood, scores: Scores, limit_s: float) -> float:
        """Shows the same until that mood is in force: after how long; inf past the limit."""
        began_s = self.now_s
        while self.now_s - began_s < limit_s:
            if self.see(scores, 0).mood is mood:
                return self.now_s - began_s
        return math.inf


@dataclass(frozen=True, slots=True)
class Lost:
    """No frames came for a while."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A person called the mood in force wrong."""


Event = Observation | Lost | Rejected


@dataclass(frozen=True, slots=True)
class Step:
    """What an engine did at one event, by a clock of the test's own.

    `before` and `mood` were in force before and after. `faceless_s` is how long no face was to
    be read, `wrong` what was just called wrong; `decision` is None for that event.
    """

    now_s: float
    event: Event
    before: Mood
    mood: Mood
    decision: Decision | None
    faceless_s: float
    wrong: Emotion | None = None


def readable(scores: Scores | None) -> bool:
    """Whether there is anything to read: said once more, in other words than the engine's."""
    if scores is None or not all(math.isfinite(p) and p >= 0 for p in scores.values):
        return False
    return any(scores.values)


def played(events: Iterable[Event], settings: MoodSettings) -> list[Step]:
    """Every event shown to a new engine."""
    engine = MoodEngine(settings)
    now_s, last_s, seen_s = 0.0, math.nan, math.nan
    steps = []
    for event in events:
        before, wrong, decision = engine.mood, None, None
        if isinstance(event, Lost):
            decision = engine.lose("no picture")
            seen_s = math.nan
        elif isinstance(event, Rejected):
            wrong = engine.reject()
        else:
            if math.isfinite(event.time_s):
                now_s += event.time_s - last_s if event.time_s > last_s else 0.0
                last_s = event.time_s
            if math.isnan(seen_s) or readable(event.scores):
                seen_s = now_s
            decision = engine.observe(event)
        steps.append(Step(now_s, event, before, engine.mood, decision, now_s - seen_s, wrong))
    return steps


def namings(steps: Iterable[Step]) -> list[tuple[float, Mood]]:
    """When another emotion was named than the last one that was."""
    found: list[tuple[float, Mood]] = []
    for step in steps:
        if step.mood.emotion is not None and (not found or found[-1][1] is not step.mood):
            found.append((step.now_s, step.mood))
    return found
