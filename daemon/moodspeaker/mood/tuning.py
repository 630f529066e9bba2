"""Mood settings that fit a log: candidates, and what they cost."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from moodspeaker.mood.replaying import HOUR_S, LONGEST_GAP_S, replay
from moodspeaker.mood.settings import Aggregation

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence

    from moodspeaker.mood.replaying import Outcome
    from moodspeaker.mood.score_lines import LoggedFrame
    from moodspeaker.mood.settings import MoodSettings

FALSE_CHANGE_S = 120.0
"""A false change is as bad as the wrong mood for so long: about the music it spoils."""
SHARE_RANDOM = 0.5
"""Of the trials; the others look around the best."""
SHARE_MOVED = 0.5
"""Of the settings in each trial."""
WIDEST_STEP, NARROWEST_STEP = 0.2, 0.03
LEAST_GAP = 0.05
"""Between the two thresholds."""
LEAST_GAIN = 0.005
"""Of `wrong_share`: settings that gain less are not worth changing."""


@dataclass(frozen=True, slots=True)
class Range:
    """Where a setting is looked for; `even` for equal steps, else equal ratios."""

    key: str
    low: float
    high: float
    even: bool = True

    def at(self, place: float) -> float:
        """The value at 0..1 of the way, in two digits: more would be chance."""
        place = min(max(place, 0.0), 1.0)
        ratio = self.high / self.low if not self.even else 0.0
        value = self.low + place * (self.high - self.low) if self.even else self.low * ratio**place
        return min(max(float(f"{value:.2g}"), self.low), self.high)

    def place_of(self, value: float) -> float:
        """0..1; of a value outside, the nearer end."""
        value = min(max(value, self.low), self.high)
        if self.even:
            return (value - self.low) / (self.high - self.low)
        return math.log(value / self.low) / math.log(self.high / self.low)


SMOOTHING = Range("smoothing_s", 1, 60, even=False)
WINDOW = Range("window_s", 2, 120, even=False)
BELIEFS = {
    Aggregation.HMM: (
        SMOOTHING,
        Range("stay_s", 30, 3600, even=False),
        Range("distrust", 0.01, 0.6, even=False),
    ),
    Aggregation.SMOOTHED: (SMOOTHING,),
    Aggregation.WINDOW_VECTOR: (WINDOW,),
    Aggregation.MAJORITY: (WINDOW,),
}
RULES = (
    Range("enter_threshold", 0.3, 0.99),
    Range("leave_threshold", 0.05, 0.8),
    Range("margin", 0.0, 0.5),
    Range("hold_s", 0.0, 20.0),
    Range("dwell_s", 5, 300, even=False),
)


def ranges(aggregation: Aggregation) -> tuple[Range, ...]:
    """The settings that matter to one way of aggregating."""
    return BELIEFS[aggregation] + RULES


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """Less is better: first the delay beyond what is allowed, then what is wrong.

    `wrong_share`: of the time with a known truth, false changes counted as `FALSE_CHANGE_S`.
    """

    late_s: float
    wrong_share: float


def cost_of(outcome: Outcome, delay_limit_s: float) -> Cost:
    """Of a log whose truth is known at least in part."""
    delay_s = outcome.delay_s(0.5)
    if delay_s is None or outcome.share_right is None:
        return Cost(math.inf, math.inf)
    spoilt = false_changes(outcome) * FALSE_CHANGE_S / outcome.seconds if outcome.seconds else 0.0
    return Cost(max(0.0, delay_s - delay_limit_s), 1 - outcome.share_right + spoilt)


def false_changes(outcome: Outcome) -> int:
    """Changes beyond the true ones; the first mood that is named is no false one."""
    return max(0, len(outcome.changes) - outcome.true_changes - 1)


def false_per_hour(outcome: Outcome) -> float:
    """False changes an hour."""
    return false_changes(outcome) * HOUR_S / outcome.seconds if outcome.seconds else 0.0


class Search:
    """Settings with a low cost on some frames: by chance at first, then around the best.

    The same generator state and frames give the same result.
    """

    def __init__(
        self,
        frames: Sequence[LoggedFrame],
        start: MoodSettings,
        delay_limit_s: float,
        chance: random.Random,
    ) -> None:
        self._frames = frames
        self._start = start
        self._limit_s = delay_limit_s
        self._chance = chance
        self._ranges = ranges(start.aggregation)
        self.best = start
        self._cost = self.cost(start)

    def cost(self, settings: MoodSettings) -> Cost:
        """Of one replay."""
        return cost_of(replay(self._frames, settings), self._limit_s)

    def run(self, trials: int, tried: Callable[[int], None]) -> MoodSettings:
        """The best of so many; `tried` is told after each how many there were."""
        for trial in range(trials):
            self._keep_better(self._candidate(trial / trials))
            tried(trial + 1)
        self._simplify()
        return self.best

    def _candidate(self, progress: float) -> MoodSettings:
        """Some settings moved: of the start, anywhere; later of the best, and ever less far."""
        left = (1 - progress) / (1 - SHARE_RANDOM)
        step = NARROWEST_STEP + (WIDEST_STEP - NARROWEST_STEP) * left
        begin = self._start if progress < SHARE_RANDOM else self.best
        values = {}
        for span in self._ranges:
            if self._chance.random() < SHARE_MOVED:
                place = span.place_of(getattr(begin, span.key)) + self._chance.gauss(0.0, step)
                anywhere = self._chance.random()
                values[span.key] = span.at(anywhere if progress < SHARE_RANDOM else place)
        return consistent(changed(begin, values))

    def _keep_better(self, settings: MoodSettings) -> None:
        cost = self.cost(settings)
        if cost < self._cost:
            self.best, self._cost = settings, cost

    def _simplify(self) -> None:
        """Takes back all changes, or every single one, that gain next to nothing."""
        enough = replace(self._cost, wrong_share=self._cost.wrong_share + LEAST_GAIN)
        if self.cost(self._start) <= enough:
            self.best = self._start
        for key in changes_of(self._start, self.best):
            plainer = consistent(changed(self.best, {key: getattr(self._start, key)}))
            if self.cost(plainer) <= enough:
                self.best = plainer


def changed(settings: MoodSettings, values: dict[str, float]) -> MoodSettings:
    """The same but for these."""
    return replace(settings, **values)  # type: ignore[arg-type]


def consistent(settings: MoodSettings) -> MoodSettings:
    """With a gap between the thresholds, made by lowering the one to leave at."""
    highest = round(settings.enter_threshold - LEAST_GAP, 3)
    return replace(settings, leave_threshold=min(settings.leave_threshold, highest))


def changes_of(before: MoodSettings, after: MoodSettings) -> dict[str, float]:
    """What `after` has that `before` had not, of what is searched."""
    keys = [span.key for span in ranges(before.aggregation)]
    return {key: getattr(after, key) for key in keys if getattr(after, key) != getattr(before, key)}


def halves(frames: Sequence[LoggedFrame]) -> tuple[Sequence[LoggedFrame], Sequence[LoggedFrame]]:
    """The first and the second half by time, in which the gaps of a log count little."""
    middle_s, passed_s = sum(steps(frames)) / 2, 0.0
    for index, step_s in enumerate(steps(frames)):
        passed_s += step_s
        if passed_s >= middle_s:
            return frames[: index + 1], frames[index + 1 :]
    return frames, ()


def steps(frames: Sequence[LoggedFrame]) -> Iterator[float]:
    """Seconds from each frame to the next."""
    times = (frame.observation.time_s for frame in frames)
    return (min(max(after - before, 0.0), LONGEST_GAP_S) for before, after in pairwise(times))
