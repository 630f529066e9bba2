"""What makes moods of frames: ours and its rivals, who know an empty room; and figures of each."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bench_timelines import HOUR_S

from moodspeaker.mood.engine import MoodEngine
from moodspeaker.mood.faces import FaceChooser, FacePolicy
from moodspeaker.mood.replaying import Tally
from moodspeaker.mood.settings import Aggregation
from moodspeaker.types import Decision, Emotion, Mood

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moodspeaker.mood.score_lines import LoggedFrame
    from moodspeaker.mood.settings import MoodSettings
    from moodspeaker.types import Observation

    Reading = tuple[float, ...]

USABLE = 0.5
"""A face of at least this quality can be read."""
UNLIMITED = 240
OTHER_ENTER = 0.45
"""Beliefs of the other aggregations are never as sure as the default's."""
TRIES = 9
QUICKEST, SLOWEST = 0.5, 1000.0

ABSENCE_S = 10.0
STAY_S = 900.0
"""How long moods last on average, which the plain HMM is told."""
LONGEST_STEP_S = 2.0
COUNT = len(Emotion)
NAMED = tuple(Decision(Mood(emotion.value), 0.0, None, "") for emotion in Emotion)
UNSURE = Decision(Mood.UNSURE, 0.0, None, "")
ABSENT = Decision(Mood.ABSENT, 0.0, None, "")


class Filter(Protocol):
    """Whatever makes moods of frames."""

    def observe(self, seen: Observation, /) -> Decision:
        """The decision after one more frame."""


class Ours:
    """The engine, and the choice of face before it."""

    def __init__(self, settings: MoodSettings) -> None:
        self._engine = MoodEngine(settings)
        self._chooser = FaceChooser(FacePolicy.LARGEST)

    def observe(self, seen: Observation) -> Decision:
        """The decision after one more frame."""
        return self._engine.observe(self._chooser.choose(seen))


class Rival(ABC):
    """Always takes the largest face, and names a mood whenever there is one."""

    def __init__(self) -> None:
        self._seen_s: float | None = None
        self._decision = UNSURE
        self.forget()

    def observe(self, seen: Observation) -> Decision:
        """The decision after one more frame."""
        if seen.scores is None:
            if self._seen_s is not None and seen.time_s - self._seen_s >= ABSENCE_S:
                self.forget()
                self._decision = ABSENT
            return self._decision
        gap_s = 0.0 if self._seen_s is None else seen.time_s - self._seen_s
        self._seen_s = seen.time_s
        self._decision = NAMED[self.step(gap_s, seen.scores.values)]
        return self._decision

    @abstractmethod
    def step(self, gap_s: float, reading: Reading) -> int:
        """The place of the mood, after a reading that comes `gap_s` after the last."""

    def forget(self) -> None:  # noqa: B027 - not every rival remembers anything
        """Somebody has left."""


class Argmax(Rival):
    """Every frame for itself."""

    def step(self, gap_s: float, reading: Reading) -> int:  # noqa: ARG002
        """What leads in this frame."""
        return reading.index(max(reading))


class Majority(Rival):
    """The emotion that most frames of the last `window_s` show; a draw changes nothing."""

    _clock_s: float
    _leader: int
    _frames: deque[tuple[float, int, float]]
    _sums: list[float]

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        super().__init__()

    def step(self, gap_s: float, reading: Reading) -> int:
        """What leads in the window."""
        leader = reading.index(max(reading))
        self._clock_s += gap_s
        self._frames.append((self._clock_s, leader, self.worth(gap_s)))
        self._sums[leader] += self._frames[-1][2]
        oldest_s = self._clock_s - self._window_s
        while self._frames[0][0] <= oldest_s:
            _, old, worth = self._frames.popleft()
            self._sums[old] -= worth
        most = max(self._sums)
        if self._sums[self._leader] < most:
            self._leader = self._sums.index(most)
        return self._leader

    def worth(self, gap_s: float) -> float:  # noqa: ARG002
        """One frame, one vote."""
        return 1.0

    def forget(self) -> None:
        """An empty window."""
        self._clock_s, self._leader = 0.0, 0
        self._frames = deque()
        self._sums = [0.0] * COUNT


class Vector(Majority):
    """Seconds spent on each emotion within the last `window_s`; the most wins."""

    def worth(self, gap_s: float) -> float:
        """A frame stands for the time since the one before."""
        return min(gap_s, LONGEST_STEP_S)


class Smoothing(Rival):
    """The exponentially weighted mean of the scores; what leads there."""

    _mean: Reading | None

    def __init__(self, constant_s: float) -> None:
        self._constant_s = constant_s
        super().__init__()

    def step(self, gap_s: float, reading: Reading) -> int:
        """What leads in the mean."""
        keep = math.exp(-gap_s / self._constant_s)
        take = 1 - keep
        mean = self._mean
        if mean is None:
            mean = reading
        else:
            mean = tuple([keep * old + take * p for old, p in zip(mean, reading, strict=True)])
        self._mean = mean
        return mean.index(max(mean))

    def forget(self) -> None:
        """No mean."""
        self._mean = None


class PlainHmm(Rival):
    """The forward algorithm over moods that stay; the reading itself is the emission.

    Every frame counts as independent. `frames` slows it: that many count as one.
    """

    _belief: Reading

    def __init__(self, frames: float = 1.0) -> None:
        self._power = 1 / frames
        super().__init__()

    def step(self, gap_s: float, reading: Reading) -> int:
        """The most probable mood."""
        stay = math.exp(-gap_s / STAY_S)
        drift, power = (1 - stay) / COUNT, self._power
        joint = [
            (stay * old + drift) * p**power for old, p in zip(self._belief, reading, strict=True)
        ]
        total = sum(joint)
        self._belief = tuple([value / total for value in joint])
        return joint.index(max(joint))

    def forget(self) -> None:
        """Every mood alike."""
        self._belief = (1 / COUNT,) * COUNT


def fixed(settings: MoodSettings) -> dict[str, Callable[[], Filter]]:
    """Ours and the rivals, as they are."""
    others = {
        f"ours, {kind}, enter {OTHER_ENTER}": partial(
            Ours, replace(settings, aggregation=kind, enter_threshold=OTHER_ENTER)
        )
        for kind in (Aggregation.SMOOTHED, Aggregation.WINDOW_VECTOR, Aggregation.MAJORITY)
    }
    return {
        "ours, as shipped": partial(Ours, settings),
        "ours, no hourly budget": partial(Ours, replace(settings, changes_per_hour=UNLIMITED)),
        **others,
        "argmax of each frame": Argmax,
        "majority, 5 s": partial(Majority, 5.0),
        "majority, 15 s": partial(Majority, 15.0),
        "vector of seconds, 15 s": partial(Vector, 15.0),
        "smoothing, 10 s": partial(Smoothing, 10.0),
        "plain HMM": PlainHmm,
    }


SLOWED: dict[str, Callable[[float], Filter]] = {
    "majority, {:.3g} s": Majority,
    "vector of seconds, {:.3g} s": Vector,
    "smoothing, {:.3g} s": Smoothing,
    "HMM, {:.3g} frames as one": PlainHmm,
}
"""Rivals that are the slower the larger their number is."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a filter made of a timeline; shares 0..1, the usable ones of the time with a face."""

    changes: float
    true_changes: float
    right: float
    right_or_unsure: float
    p50_s: float
    p90_s: float
    followed: float
    usable_right: float
    usable_unsure: float


def measure(make: Callable[[], Filter], frames: Sequence[LoggedFrame]) -> Figures:
    """A new filter over all frames."""
    engine, tally = make(), Tally()
    usable = named = unsure = 0
    for frame in frames:
        seen, truth = frame.observation, frame.truth
        decision = engine.observe(seen)
        tally.add(seen.time_s, decision, truth)
        if seen.scores is not None and seen.quality >= USABLE:
            usable += 1
            named += decision.mood is truth
            unsure += decision.mood is Mood.UNSURE
    found = tally.outcome()
    p50_s, p90_s = found.delay_s(0.5), found.delay_s(0.9)
    right = found.share_right or 0.0
    return Figures(
        changes=found.changes_per_hour,
        true_changes=found.true_changes * HOUR_S / found.seconds,
        right=right,
        right_or_unsure=right + (found.share_unsure or 0.0),
        p50_s=math.inf if p50_s is None else p50_s,
        p90_s=math.inf if p90_s is None else p90_s,
        followed=math.nan if found.share_followed is None else found.share_followed,
        usable_right=named / usable,
        usable_unsure=unsure / usable,
    )


def at_delay(
    make: Callable[[float], Filter], frames: Sequence[LoggedFrame], target_s: float
) -> tuple[float, Figures]:
    """The number that brings the median delay nearest to `target_s`; larger ones are slower."""
    low, high = QUICKEST, SLOWEST
    tried: dict[float, Figures] = {}
    for _ in range(TRIES):
        middle = math.sqrt(low * high)
        p50_s = tried.setdefault(middle, measure(partial(make, middle), frames)).p50_s
        if p50_s == target_s:
            break
        low, high = (middle, high) if p50_s < target_s else (low, middle)
    nearest = min(tried, key=lambda number: abs(tried[number].p50_s - target_s))
    return nearest, tried[nearest]
