"""A truth for logs that have none: the scores themselves, seen from both sides in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from moodspeaker.mood.evidence import usable, weight_of
from moodspeaker.mood.replaying import LONGEST_GAP_S
from moodspeaker.mood.smoothing import NOTHING, evidence_s
from moodspeaker.types import Emotion, Mood

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moodspeaker.mood.score_lines import LoggedFrame
    from moodspeaker.mood.settings import MoodSettings

REFERENCE_S = 60.0
"""The reference truth looks at a window of this length, and knows no shorter mood."""
EMOTIONS = tuple(Emotion)


def with_reference(frames: Sequence[LoggedFrame], settings: MoodSettings) -> Sequence[LoggedFrame]:
    """The same frames with a truth made of the scores themselves, seen from both sides in time.

    The leader of the mean over `REFERENCE_S` around each frame; a mood that lasts less counts as
    its longer neighbour's. Frames without a face get none.
    """
    faces = [
        (index, frame.observation.time_s, reading, weight_of(frame.observation))
        for index, frame in enumerate(frames)
        for reading in [usable(frame.observation.scores, settings.merges)]
        if reading is not None
    ]
    leaders = centred_leaders([(time_s, reading, weight) for _, time_s, reading, weight in faces])
    moods = without_short(leaders, [time_s for _, time_s, _, _ in faces])
    truths: list[Mood | None] = [None] * len(frames)
    for (index, *_), mood in zip(faces, moods, strict=True):
        truths[index] = Mood(EMOTIONS[mood].value)
    return [replace(frame, truth=truth) for frame, truth in zip(frames, truths, strict=True)]


Reading = tuple[float, tuple[float, ...], float]


def centred_leaders(readings: Sequence[Reading]) -> list[int]:
    """Which emotion leads the mean around each reading of (time_s, shares, weight)."""
    sums, first, after = list(NOTHING), 0, 0
    worth = [weight * gap_s for (_, _, weight), gap_s in zip(readings, gaps(readings), strict=True)]
    leaders = []
    for time_s, _, _ in readings:
        while after < len(readings) and readings[after][0] <= time_s + REFERENCE_S / 2:
            sums = [s + worth[after] * p for s, p in zip(sums, readings[after][1], strict=True)]
            after += 1
        while readings[first][0] < time_s - REFERENCE_S / 2:
            sums = [s - worth[first] * p for s, p in zip(sums, readings[first][1], strict=True)]
            first += 1
        leaders.append(sums.index(max(sums)))
    return leaders


def gaps(readings: Sequence[Reading]) -> list[float]:
    """How long each reading counts."""
    times = [time_s for time_s, _, _ in readings]
    return [evidence_s(0.0), *(evidence_s(b - a) for a, b in pairwise(times))][: len(times)]


@dataclass(slots=True)
class Run:
    """Neighbouring readings, `count` of them, that `seconds` long have the same leader."""

    leader: int
    count: int
    seconds: float


def without_short(leaders: Sequence[int], times: Sequence[float]) -> list[int]:
    """Leaders of which none stays for less than `REFERENCE_S`, the shortest gone first."""
    durations = [min(max(b - a, 0.0), LONGEST_GAP_S) for a, b in pairwise(times)]
    runs = joined([Run(e, 1, s) for e, s in zip(leaders, [*durations, 0.0], strict=False)])
    while len(runs) > 1 and min(run.seconds for run in runs) < REFERENCE_S:
        for place, run in enumerate(runs):
            around = runs[max(0, place - 1) : place] + runs[place + 1 : place + 2]
            if run.seconds < REFERENCE_S and all(run.seconds <= near.seconds for near in around):
                run.leader = max(around, key=lambda near: near.seconds).leader
        runs = joined(runs)
    return [run.leader for run in runs for _ in range(run.count)]


def joined(runs: Sequence[Run]) -> list[Run]:
    """Neighbours with the same leader as one."""
    one: list[Run] = []
    for run in runs:
        if one and one[-1].leader == run.leader:
            one[-1].count += run.count
            one[-1].seconds += run.seconds
        else:
            one.append(run)
    return one
