"""What a listener thinks of tracks, each in the mood it was played for."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DAY_S = 86_400.0
HALF_LIFE_S = 30 * DAY_S
STEP_S = 3600.0
"""Weights fade in steps of an hour, which is 0.1 %: between two, nothing is worked out again."""
PLAYS_AT_MOST = 0.6
"""What whole plays may add in all, so that what was played does not displace the rest."""
FORGOTTEN = 0.02
REMEMBERED = 5_000
"""Opinions for each mood."""
REFUSED = -2.0
"""A track at or below this is left for when nothing else is there."""


Entry = tuple[str, float, float, bool]
"""An opinion in its mood, small: the uri, when, what it was worth then, whether it was played."""


class Reaction(StrEnum):
    """What a listener said of a track, or did. A skip is one in the first 30 seconds."""

    LIKE = "like"
    DISLIKE = "dislike"
    SKIP = "skip"
    WRONG = "wrong"
    PLAYED = "played"


WORTH = {
    Reaction.LIKE: 1.0,
    Reaction.DISLIKE: -4.0,
    Reaction.SKIP: -1.0,
    Reaction.WRONG: -4.0,
    Reaction.PLAYED: 0.2,
}
"""In the score's unit. A dislike and a wrong mood keep a track away for one half-life."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One reaction to a track that was played for `mood`, a `Mood` or its name.

    `weight` is 1 for a full word. `at` is Unix time in seconds.
    """

    uri: str
    mood: str
    kind: Reaction
    weight: float
    at: float


class Taste:
    """The opinions of one household; bounded. Each counts in its own mood only and fades."""

    def __init__(self, opinions: Iterable[Opinion] = ()) -> None:
        """`opinions` in any order."""
        self._by_mood: defaultdict[str, deque[Entry]] = defaultdict(deque)
        self._known: dict[str, tuple[float, dict[str, float]]] = {}
        # By time, so that the bound drops the oldest.
        for opinion in sorted(opinions, key=lambda one: one.at):
            self.add(opinion)

    def add(self, opinion: Opinion) -> None:
        """Notes an opinion."""
        entries = self._by_mood[opinion.mood]
        entries.append(entry(opinion))
        self._changed(opinion.mood, opinion.uri)
        if len(entries) > REMEMBERED:
            self._changed(opinion.mood, entries.popleft()[0])

    def remove(self, opinion: Opinion) -> None:
        """Takes back one that equals it; nothing happens where there is none."""
        entries = self._by_mood[opinion.mood]
        if (said := entry(opinion)) in entries:
            entries.remove(said)
            self._changed(opinion.mood, opinion.uri)

    def offsets(self, mood: str, now_s: float) -> Mapping[str, float]:
        """{uri: what is added to its score in this mood}, for the tracks with an opinion."""
        step_s = now_s // STEP_S * STEP_S
        known = self._known.get(mood)
        if known is None or known[0] != step_s:
            known = step_s, summed(self._by_mood.get(mood, ()), step_s)
            self._known[mood] = known
        return known[1]

    def _changed(self, mood: str, uri: str) -> None:
        """Works one track out again: all of them would take milliseconds after every song."""
        if mood in self._known:
            step_s, offsets = self._known[mood]
            offsets.pop(uri, None)
            offsets.update(summed((one for one in self._by_mood[mood] if one[0] == uri), step_s))


def entry(opinion: Opinion) -> Entry:
    """What is kept of an opinion."""
    played = opinion.kind is Reaction.PLAYED
    return opinion.uri, opinion.at, WORTH[opinion.kind] * opinion.weight, played


def summed(entries: Iterable[Entry], now_s: float) -> dict[str, float]:
    """{uri: offset}: all that was said, and what whole plays may add."""
    said: dict[str, float] = {}
    plays: dict[str, float] = {}
    for uri, at, full, played in entries:
        # One from the future, after the clock jumped back, counts as new.
        left = full * math.exp2((at - now_s) / HALF_LIFE_S) if at < now_s else full
        if not -FORGOTTEN < left < FORGOTTEN:
            sums = plays if played else said
            sums[uri] = sums.get(uri, 0.0) + left
    for uri, worth in plays.items():
        said[uri] = said.get(uri, 0.0) + min(PLAYS_AT_MOST, worth)
    return said
