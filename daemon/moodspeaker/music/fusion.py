"""From several estimates of where a track lies to one place."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from moodspeaker.music.plane import LIBRARY_CENTRE, Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FEWEST_RANKED = 3
RANK_SHARE = 0.5


class Source(StrEnum):
    """Where an estimate comes from, the most trusted first."""

    USER = "user"
    TAG = "tag"
    SUPPLIED = "supplied"
    AUDIO = "audio"
    GENRE = "genre"
    NOTHING = "nothing"


SDS = {
    Source.USER: (0.15, 0.15),
    Source.TAG: (0.25, 0.25),
    Source.SUPPLIED: (0.35, 0.35),
    Source.AUDIO: (0.40, 0.30),
    Source.GENRE: (0.45, 0.45),
    Source.NOTHING: (LIBRARY_CENTRE.sd, LIBRARY_CENTRE.sd),
}
"""How far off each source usually is, (valence, arousal): audio tells little of valence."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where one source puts a track, and how far it may be off on each axis."""

    valence: float
    arousal: float
    valence_sd: float
    arousal_sd: float
    source: Source


@dataclass(frozen=True, slots=True)
class Place:
    """Where a track is taken to lie. `sources` are what it rests on, the most trusted first."""

    valence: float
    arousal: float
    valence_sd: float
    arousal_sd: float
    sources: tuple[Source, ...]

    @property
    def point(self) -> Point:
        """The place with one uncertainty for both axes."""
        sd = math.sqrt((self.valence_sd**2 + self.arousal_sd**2) / 2)
        return Point(self.valence, self.arousal, sd)


def estimate(point: Point, source: Source) -> Estimate:
    """What `source` says; a point without an uncertainty of its own gets the source's."""
    valence_sd, arousal_sd = (point.sd, point.sd) if point.sd else SDS[source]
    return Estimate(point.valence, point.arousal, valence_sd, arousal_sd, source)


CENTRE = estimate(LIBRARY_CENTRE, Source.NOTHING)


def fused(estimates: Iterable[Estimate]) -> Place:
    """One place by inverse variance, each axis by itself.

    The library's centre is always among the estimates, so a track of which nothing is known
    lies there, and every other is drawn to it a little. Every estimate's sds must be above 0.
    """
    told = [one for one in estimates if one.source is not Source.NOTHING]
    everything = [*told, CENTRE]
    valence, valence_sd = weighed([(one.valence, one.valence_sd) for one in everything])
    arousal, arousal_sd = weighed([(one.arousal, one.arousal_sd) for one in everything])
    sources = {one.source for one in told} or {Source.NOTHING}
    ordered = tuple(source for source in Source if source in sources)
    return Place(valence, arousal, valence_sd, arousal_sd, ordered)


def ranked(places: Iterable[Place]) -> tuple[Place, ...]:
    """The same places in the same order, half where they were and half at their rank.

    Predictions shrink to the centre, but their order within one library holds: so half of each
    axis is the rank, spread evenly over -1..1, ties in the middle of their ranks. Left alone are
    tracks that a person has placed, by hand or in a mood tag, and those of which nothing is known;
    every place, where fewer than three are known; and an axis on which all are equal.
    """
    places = tuple(places)
    known = [place for place in places if place.sources != (Source.NOTHING,)]
    if len(known) < FEWEST_RANKED:
        return places
    valences = sorted(place.valence for place in known)
    arousals = sorted(place.arousal for place in known)
    return tuple(moved(place, valences, arousals) for place in places)


def moved(place: Place, valences: Sequence[float], arousals: Sequence[float]) -> Place:
    """The place blended with its ranks, unless it is one that is left alone."""
    # A person's word for a track, tag or correction, means the same in every library.
    by_hand = {Source.USER, Source.TAG} & set(place.sources)
    if by_hand or place.sources == (Source.NOTHING,):
        return place
    return replace(
        place,
        valence=blended(place.valence, valences),
        arousal=blended(place.arousal, arousals),
    )


def blended(value: float, ordered: Sequence[float]) -> float:
    """Half the value, half its rank as -1..1 among `ordered`, which holds it."""
    if ordered[0] == ordered[-1]:
        return value
    below, up_to = bisect_left(ordered, value), bisect_right(ordered, value)
    rank = (below + up_to) / len(ordered) - 1
    return (1 - RANK_SHARE) * value + RANK_SHARE * rank


def weighed(values: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Mean and sd of (value, sd) pairs by inverse variance."""
    weights = [(value, 1 / sd**2) for value, sd in values]
    total = math.fsum(weight for _, weight in weights)
    return math.fsum(value * weight for value, weight in weights) / total, 1 / math.sqrt(total)
