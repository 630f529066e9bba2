"""A library of tracks as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, overload

from moodspeaker.types.playing import Track, TrackCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FIELDS = tuple(field.name for field in fields(Track))
_COUNTS = _FIELDS.index("counts")


@dataclass(frozen=True, slots=True, eq=False)
class TrackTable(Sequence[Track]):
    """Tracks by uri, each once; immutable. Each is made anew when it is asked for.

    `columns` are the fields of `Track`, in its order. As 20,000 objects a library would have to
    be looked through by each search for rubbish, which holds everything up; a tuple of plain
    values is not. `rows` is {uri: row}.
    """

    columns: tuple[tuple[object, ...], ...]
    rows: Mapping[str, int]

    @classmethod
    def of(cls, tracks: Iterable[Track]) -> TrackTable:
        """In whatever order they come; for a thread, if they are many."""
        if isinstance(tracks, cls):
            return tracks
        by_uri = {track.uri: track for track in tracks}
        ordered = [by_uri[uri] for uri in sorted(by_uri)]
        columns = tuple(tuple(map(attrgetter(name), ordered)) for name in _FIELDS)
        return cls(columns, {uri: row for row, uri in enumerate(columns[0])})

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, row: int) -> Track: ...

    @overload
    def __getitem__(self, row: slice) -> tuple[Track, ...]: ...

    def __getitem__(self, row: int | slice) -> Track | tuple[Track, ...]:
        if isinstance(row, slice):
            return tuple(self[one] for one in range(*row.indices(len(self))))
        return Track(*(column[row] for column in self.columns))  # type: ignore[arg-type]

    def get(self, uri: str) -> Track | None:
        """None for a track that is not here."""
        row = self.rows.get(uri)
        return None if row is None else self[row]

    @property
    def uris(self) -> tuple[str, ...]:
        """In their order; cheaper than the tracks."""
        return self.columns[0]  # type: ignore[return-value]

    @property
    def labelled(self) -> int:
        """How many have a mood word or a place."""
        columns = dict(zip(_FIELDS, self.columns, strict=True))
        return sum(
            bool(moods or place)
            for moods, place in zip(columns["moods"], columns["place"], strict=True)
        )

    def with_counts(self, counts: Mapping[int, TrackCounts]) -> TrackTable:
        """{row: other counts}, and all else as it is."""
        column = list(self.columns[_COUNTS])
        for row, now in counts.items():
            column[row] = now
        columns = (*self.columns[:_COUNTS], tuple(column), *self.columns[_COUNTS + 1 :])
        return replace(self, columns=columns)
