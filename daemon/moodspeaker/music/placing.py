"""Where a track is taken to lie: as the label store says, else by its words, else by its genre."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from moodspeaker.music.genres import read_genres, split_genres
from moodspeaker.music.plane import LIBRARY_CENTRE, Point
from moodspeaker.music.words import read_words

if TYPE_CHECKING:
    from moodspeaker.types import Track

PHRASINGS = 4096
"""So many different mood tags and genres are read only once; more than most libraries have."""


def track_place(track: Track) -> tuple[float, float, float, float]:
    """(valence, arousal, their standard deviations); the centre where nothing is known."""
    if track.place is not None:
        return track.place
    point = by_words(track.moods) or by_genre(track.genre) or LIBRARY_CENTRE
    return point.valence, point.arousal, point.sd, point.sd


def track_point(track: Track) -> Point:
    """The same with one uncertainty, the larger of the two."""
    valence, arousal, *sds = track_place(track)
    return Point(valence, arousal, max(sds))


@lru_cache(PHRASINGS)
def by_words(moods: tuple[str, ...]) -> Point | None:
    """The place of mood words, None where none is known."""
    return read_words(moods).point


@lru_cache(PHRASINGS)
def by_genre(genre: str) -> Point | None:
    """The place of a genre tag, None where none of its genres is known."""
    return read_genres(split_genres([genre])).point
