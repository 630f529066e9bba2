"""How many sources speak of the same tracks, and how well they agree."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moodspeaker.library.records import Estimate


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two sources over the tracks of which both speak; distance on the plane of -1..1."""

    sources: tuple[str, str]
    tracks: int
    mean_distance: float


def overlap(groups: Iterable[Sequence[Estimate]]) -> tuple[tuple[int, int], ...]:
    """(sources, tracks of which so many speak), the fewest first; a group is a track's."""
    return tuple(sorted(Counter(map(len, groups)).items()))


def agreements(groups: Iterable[Iterable[Estimate]]) -> tuple[Agreement, ...]:
    """Of every two sources that meet, those that meet most first."""
    apart: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for group in groups:
        by_name = sorted(group, key=lambda said: said.source)
        for one, other in combinations(by_name, 2):
            distance = math.hypot(one.valence - other.valence, one.arousal - other.arousal)
            apart[str(one.source), str(other.source)].append(distance)
    made = [Agreement(pair, len(all_), math.fsum(all_) / len(all_)) for pair, all_ in apart.items()]
    return tuple(sorted(made, key=lambda pair: (-pair.tracks, pair.sources)))
