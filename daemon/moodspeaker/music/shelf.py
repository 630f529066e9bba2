"""A library arranged for choosing: a column for all that a choice looks at, a row a track."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moodspeaker.music.artists import artist_key
from moodspeaker.music.genre_match import genre_keys
from moodspeaker.music.placing import track_place
from moodspeaker.music.sectors import sector_vectors, unit
from moodspeaker.types import TrackTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from moodspeaker.types import Track, TrackCounts

Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]
Flags = NDArray[np.bool_]

LIKED = 1.0
RATED = 0.5
SKIPPED = 1.0
"""What a like, the best rating and nothing but skips are worth, in the score's unit."""
FEWEST_HEARD = 2
"""Added to how often a track was heard: one skip is not yet a habit."""
NO_LIKE, MIDDLE_RATING = 1, 5


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """Tracks by uri, each once, and their columns; immutable.

    `places` has a row (valence, arousal, their standard deviations) a track. `artist` and `genre`
    are numbers, by `artist_numbers` and into `genre_keys`; `decade` is its first year, 0 where
    that is unknown. `counted` is what other programs' likes, ratings and skips add to the score.
    `ruled` are the rows to which rules give an emotion. `sectors` has the vectors for a choice by
    cosine, of length 1, None where they were not asked for.
    """

    tracks: TrackTable
    places: Floats
    artist: Numbers
    decade: Numbers
    genre: Numbers
    like: Numbers
    rating: Numbers
    counted: Floats
    artist_numbers: Mapping[str, int]
    genre_keys: tuple[frozenset[str], ...]
    ruled: Mapping[str, Numbers]
    sectors: Floats | None = None

    def __len__(self) -> int:
        return len(self.tracks)

    def row_of(self, uri: str) -> int | None:
        """Its row, None for a track that is not here."""
        return self.tracks.rows.get(uri)

    def marked(self, uris: Iterable[str]) -> Flags:
        """True in the rows of these tracks; those that are not here are passed over."""
        flags = np.zeros(len(self) + 1, dtype=bool)
        flags[self._rows_of(uris)] = True
        return flags[:-1]

    def column(self, values: Mapping[str, float]) -> Floats:
        """{uri: value} as a column, 0 for the rest; what is not here is passed over."""
        column = np.zeros(len(self) + 1)
        column[self._rows_of(values)] = list(values.values())
        return column[:-1]

    def with_sectors(self) -> Shelf:
        """The same with the vectors for a choice by cosine; slow for a large library."""
        return replace(self, sectors=unit(sector_vectors(self.places)))

    @classmethod
    def of(cls, tracks: Iterable[Track], *, sectors: bool = False) -> Shelf:
        """Arranges a library, in whatever order it comes; for a thread, if it is large."""
        table = TrackTable.of(tracks)
        ordered = tuple(table)
        artists, artist_numbers = numbered(artist_key(track) for track in ordered)
        genres, genre_numbers = numbered(track.genre for track in ordered)
        shelf = cls(
            tracks=table,
            places=by_column([track_place(track) for track in ordered]),
            artist=artists,
            decade=np.array([(track.year or 0) // 10 * 10 for track in ordered], np.int32),
            genre=genres,
            like=np.array([like(track.counts) for track in ordered], np.int32),
            rating=np.array([rating(track.counts) for track in ordered], np.int32),
            counted=np.array([counted(track.counts) for track in ordered], float),
            artist_numbers=artist_numbers,
            genre_keys=tuple(genre_keys(genre) for genre in genre_numbers),
            ruled=ruled(ordered),
        )
        return shelf.with_sectors() if sectors else shelf

    def _rows_of(self, uris: Iterable[str]) -> list[int]:
        # What is not here goes to a row too many: cheaper than asking for each.
        nowhere, row_of = len(self), self.tracks.rows.get
        return [row_of(uri, nowhere) for uri in uris]


def numbered(names: Iterable[str]) -> tuple[Numbers, dict[str, int]]:
    """Each name as a number from 0, in order of first sight, and which number is which."""
    known: dict[str, int] = {}
    numbers = [known.setdefault(name, len(known)) for name in names]
    return np.array(numbers, np.int32), known


def by_column(places: list[tuple[float, float, float, float]]) -> Floats:
    """The places, each column in one piece of memory: a choice reads whole columns."""
    return np.asfortranarray(np.array(places, float).reshape(-1, 4))


def like(counts: TrackCounts) -> int:
    """0 to 2; in the middle where nothing is said."""
    return NO_LIKE if counts.like is None else counts.like


def rating(counts: TrackCounts) -> int:
    """0 to 10; in the middle where nothing is said."""
    return MIDDLE_RATING if counts.rating is None else counts.rating


def skip_share(counts: TrackCounts) -> float:
    """0..1, how much of its plays were skips; low while it was hardly heard."""
    return counts.skips / (counts.plays + counts.skips + FEWEST_HEARD)


def counted(counts: TrackCounts) -> float:
    """What the counts add to the score."""
    liking = LIKED * (like(counts) - NO_LIKE)
    rated = RATED * (rating(counts) - MIDDLE_RATING) / MIDDLE_RATING
    return liking + rated - SKIPPED * skip_share(counts)


def ruled(tracks: tuple[Track, ...]) -> dict[str, Numbers]:
    """{emotion: the rows of the tracks to which rules give it}."""
    rows: dict[str, list[int]] = {}
    for row, track in enumerate(tracks):
        for emotion in track.rules:
            rows.setdefault(emotion, []).append(row)
    return {emotion: np.array(some, np.int32) for emotion, some in rows.items()}


EMPTY = Shelf.of(())
