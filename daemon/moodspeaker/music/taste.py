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
"""Opinions for each mood, and tracks that were played for it."""
REFUSED = -2.0
"""A track at or below this is left for when nothing else is there."""


Entry = tuple[str, float, float]
"""An opinion in its mood, small: the uri, when, what it was worth then."""


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
        self._by_mood: defaultdict[str, Opinions] = defaultdict(Opinions)
        self._known: dict[str, tuple[float, dict[str, float]]] = {}
        # By time, so that the bound drops the oldest.
        for opinion in sorted(opinions, key=lambda one: one.at):
            self.add(opinion)

    def add(self, opinion: Opinion) -> None:
        """Notes an opinion."""
        for uri in self._by_mood[opinion.mood].add(opinion):
            self._changed(opinion.mood, uri)

    def remove(self, opinion: Opinion) -> None:
        """Takes back a word that equals it; nothing happens where there is none."""
        for uri in self._by_mood[opinion.mood].remove(opinion):
            self._changed(opinion.mood, uri)

    def offsets(self, mood: str, now_s: float) -> Mapping[str, float]:
        """{uri: what is added to its score in this mood}, for the tracks with an opinion."""
        step_s = now_s // STEP_S * STEP_S
        known = self._known.get(mood)
        if known is None or known[0] != step_s:
            known = step_s, self._by_mood[mood].summed(step_s)
            self._known[mood] = known
        return known[1]

    def _changed(self, mood: str, uri: str) -> None:
        """Works one track out again: all of them would take milliseconds after every song."""
        if mood in self._known:
            step_s, offsets = self._known[mood]
            offsets.pop(uri, None)
            offsets.update(self._by_mood[mood].of(uri).summed(step_s))


class Opinions:
    """What was said for one mood, a word each, and what was played, one sum a track."""

    def __init__(self) -> None:
        self.words: deque[Entry] = deque()
        # The one heard longest ago comes first. What is played most grows with the library only.
        self.plays: dict[str, Entry] = {}

    def add(self, opinion: Opinion) -> tuple[str, ...]:
        """The tracks for which something is another by that."""
        if opinion.kind is Reaction.PLAYED:
            return self._play(entry(opinion))
        self.words.append(entry(opinion))
        if len(self.words) > REMEMBERED:
            return opinion.uri, self.words.popleft()[0]
        return (opinion.uri,)

    def remove(self, opinion: Opinion) -> tuple[str, ...]:
        """The same. What was heard was heard."""
        if (said := entry(opinion)) not in self.words:
            return ()
        self.words.remove(said)
        return (opinion.uri,)

    def of(self, uri: str) -> Opinions:
        """Those on one track."""
        found = Opinions()
        found.words.extend(one for one in self.words if one[0] == uri)
        if uri in self.plays:
            found.plays[uri] = self.plays[uri]
        return found

    def summed(self, now_s: float) -> dict[str, float]:
        """{uri: offset}: all that was said, and what whole plays may add."""
        sums: dict[str, float] = {}
        for one in self.words:
            if left := left_of(one, now_s):
                sums[one[0]] = sums.get(one[0], 0.0) + left
        for uri, one in self.plays.items():
            if left := left_of(one, now_s):
                sums[uri] = sums.get(uri, 0.0) + min(PLAYS_AT_MOST, left)
        return sums

    def _play(self, heard: Entry) -> tuple[str, ...]:
        uri, at, worth = heard
        if before := self.plays.pop(uri, None):
            # All fade alike, so what is left of them may be added up.
            worth += left_of(before, at)
        self.plays[uri] = uri, at, worth
        if len(self.plays) > REMEMBERED:
            oldest = next(iter(self.plays))
            del self.plays[oldest]
            return uri, oldest
        return (uri,)


def entry(opinion: Opinion) -> Entry:
    """What is kept of an opinion."""
    return opinion.uri, opinion.at, WORTH[opinion.kind] * opinion.weight


def left_of(one: Entry, now_s: float) -> float:
    """What it is worth by now; 0 once it is forgotten."""
    _, at, full = one
    # One from the future, after the clock jumped back, counts as new.
    left = full * math.exp2((at - now_s) / HALF_LIFE_S) if at < now_s else full
    return left if abs(left) >= FORGOTTEN else 0.0
