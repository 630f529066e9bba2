"""The choice of the next track: nearest to the target, fresh, and a little by chance."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.music.plane import LIBRARY_CENTRE, Point
from moodspeaker.music.words import read_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from moodspeaker.types import Track

HOUR_S = 3600.0
SPREAD = 0.15
"""How far from the target still feels right, on the plane."""
TOP = 20
NEAR = 1.0
"""Of the best, only those within this much of the best score are drawn from."""
REMEMBERED = 5000


@dataclass(frozen=True, slots=True)
class ChoiceSettings:
    """See the section `music` of the YAML file."""

    no_repeat_hours: float
    artist_spacing: int


@dataclass(frozen=True, slots=True)
class Played:
    """One track that was queued, and when (seconds, any clock)."""

    uri: str
    artist: str
    time_s: float


class History:
    """What was queued lately; bounded."""

    def __init__(self, played: Iterable[Played] = ()) -> None:
        self._played = deque(played, maxlen=REMEMBERED)

    def add(self, track: Track, time_s: float) -> None:
        """Notes that `track` was queued."""
        self._played.append(Played(track.uri, artist_key(track), time_s))

    def last_played(self) -> dict[str, float]:
        """{uri: time}, the latest for each."""
        return {played.uri: played.time_s for played in self._played}

    def recent_artists(self, n: int) -> frozenset[str]:
        """The artists of the last `n` tracks."""
        latest = list(self._played)[-n:] if n else []
        return frozenset(played.artist for played in latest if played.artist)


def choose(
    tracks: Iterable[Track],
    goal: Point,
    history: History,
    settings: ChoiceSettings,
    now_s: float,
    rng: Random,
) -> Track | None:
    """One track near `goal`; None only from an empty library.

    Among the tracks that feel right, artists just played are left out first, then tracks played
    within the limit. When that leaves nothing, the limits are relaxed in the other order: first
    the artist, then the track, oldest first. The mood is never relaxed for freshness, as long
    as some track fits it.
    """
    fitting = nearest(tracks, goal)
    last = history.last_played()
    limit_s = now_s - settings.no_repeat_hours * HOUR_S
    fresh = [(s, t) for s, t in fitting if last.get(t.uri, -math.inf) <= limit_s]
    recent = history.recent_artists(settings.artist_spacing)
    spaced = [(s, t) for s, t in fresh if artist_key(t) not in recent]
    if spaced or fresh:
        return draw(spaced or fresh, rng)
    return min((t for _, t in fitting), key=lambda t: last[t.uri], default=None)


def nearest(tracks: Iterable[Track], goal: Point) -> list[tuple[float, Track]]:
    """(score, track) of all that feel about as right as the best one."""
    scored = [(score(track, goal), track) for track in tracks]
    best = max((s for s, _ in scored), default=0.0)
    return [(s, t) for s, t in scored if s >= best - NEAR]


def score(track: Track, goal: Point) -> float:
    """0 for a track that is surely at the goal, lower the farther off or the less certain."""
    place = track_point(track)
    variance = SPREAD**2 + place.sd**2
    # The logarithm is what makes an unlabelled track, which might be anywhere, lose to one that
    # is known to be near.
    return -(place.distance(goal) ** 2) / (2 * variance) - math.log(variance / SPREAD**2)


def track_point(track: Track) -> Point:
    """The track's place, else the mean of its known mood words, else the library's centre."""
    if track.place is not None:
        valence, arousal, *sds = track.place
        return Point(valence, arousal, max(sds))
    return read_words(track.moods).point or LIBRARY_CENTRE


def draw(scored: list[tuple[float, Track]], rng: Random) -> Track:
    """One of the best `TOP` by softmax of their scores."""
    best = sorted(scored, key=lambda pair: (-pair[0], pair[1].uri))[:TOP]
    weights = [math.exp(s - best[0][0]) for s, _ in best]
    return rng.choices([track for _, track in best], weights)[0]


def artist_key(track: Track) -> str:
    """The artist for comparing: the first one, case folded."""
    first = track.artist.split(";")[0].casefold()
    return first.split(" feat.")[0].strip()
