"""What another program says of tracks, row by row, brought to tracks of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moodspeaker.errors import LibraryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from moodspeaker.library.matching import Matcher
    from moodspeaker.library.records import Estimate

NAMED = 3


@dataclass(frozen=True, slots=True)
class SuppliedRow:
    """One track of another program. `where` names the row, `values` are texts as they stand.

    `problem` says why the row cannot be read at all.
    """

    where: str
    path: str = ""
    artist: str = ""
    title: str = ""
    album: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def name(self) -> str:
        """For people."""
        both = " - ".join(part for part in (self.artist, self.title) if part)
        return both or self.path or self.where


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says of its track; `columns` are numbers for sets of rules."""

    estimate: Estimate
    columns: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """How many, and the first few by name."""

    count: int = 0
    some: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """One more."""
        self.count += 1
        if len(self.some) < NAMED:
            self.some.append(name)


@dataclass(slots=True)
class Taken:
    """What came of all rows: {uri: what is said of it}, and those of which nothing came."""

    said: dict[str, Said] = field(default_factory=dict)
    rows: int = 0
    repeated: Tally = field(default_factory=Tally)
    absent: Tally = field(default_factory=Tally)
    ambiguous: Tally = field(default_factory=Tally)
    empty: Tally = field(default_factory=Tally)
    wrong: Tally = field(default_factory=Tally)


def taken_from(
    rows: Iterable[SuppliedRow],
    matcher: Matcher,
    read: Callable[[str, SuppliedRow], Said | None],
) -> Taken:
    """Of several rows for a track the first that says something counts.

    `read(uri, row)` gives None for a row that tells of no mood, and raises LibraryError for one
    that makes no sense. Rows of tracks that are not ours are never read: their values may be
    anything. Nothing ends the import but a file that cannot be read.
    """
    taken = Taken()
    for row in rows:
        taken.rows += 1
        take(row, taken, matcher, read)
    return taken


def take(
    row: SuppliedRow,
    taken: Taken,
    matcher: Matcher,
    read: Callable[[str, SuppliedRow], Said | None],
) -> None:
    """One row into what it comes to."""
    if row.problem:
        taken.wrong.add(f"{row.where}: {row.problem}")
        return
    uris = found(row, matcher)
    if len(uris) != 1:
        (taken.ambiguous if uris else taken.absent).add(row.name)
        return
    try:
        said = read(uris[0], row)
    except LibraryError as error:
        taken.wrong.add(f"{row.where}: {error.what}")
        return
    if said is None:
        taken.empty.add(row.where)
    elif uris[0] in taken.said:
        taken.repeated.add(row.where)
    else:
        taken.said[uris[0]] = said


def found(row: SuppliedRow, matcher: Matcher) -> tuple[str, ...]:
    """By the path where that leads anywhere, else by the names."""
    uris = matcher.by_path(row.path) if row.path else ()
    if not uris and row.artist and row.title:
        return matcher.by_name(row.artist, row.title, row.album)
    return uris
