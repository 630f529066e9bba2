"""Tables with Spotify-like features, as exports and public data sets have them.

Columns are known by many names; others are left out. Shares may be 0..1, percent, or have a
decimal comma. A table is read a row at a time: public ones have a million rows.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, fields
from itertools import chain, islice
from typing import TYPE_CHECKING

from moodspeaker.errors import LibraryError
from moodspeaker.library.places import at
from moodspeaker.library.records import Origin
from moodspeaker.library.supplied_rows import Said, SuppliedRow
from moodspeaker.music.supplied import RANGES, Features, features_of, supplied_point

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PATH, ARTIST, TITLE, ALBUM = "path", "artist", "title", "album"
TEXTS = {
    PATH: ("path", "file", "filepath", "filename", "location", "uri", "trackuri"),
    ARTIST: ("artist", "artists", "artistname", "artistnames", "artistsname", "trackartist"),
    TITLE: ("title", "track", "trackname", "tracktitle", "name", "song", "songname"),
    ALBUM: ("album", "albumname", "trackalbumname", "albumtitle"),
}
FEATURES = {f.name: (f.name,) for f in fields(Features)} | {
    "danceability": ("danceability", "dance"),
    "acousticness": ("acousticness", "acoustic"),
    "loudness": ("loudness", "loudnessdb"),
    "tempo": ("tempo", "bpm", "tempobpm"),
}
ROLES = {name: role for role, names in (TEXTS | FEATURES).items() for name in names}
SHARES = frozenset(FEATURES) - frozenset(RANGES) - {"mode"}
SAMPLE = 200
"""Rows that are looked at to tell shares from percent."""
WORDS = {"major": "1", "minor": "0"}
DELIMITERS = ",;\t"
# A web address or another service's name for a track is no path of ours.
SERVICES = ("spotify:", "http:", "https:")
REMEDY = "the first line must name valence, energy, ... and either a path or artist and title"

Columns = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class FeaturesTable:
    """Its rows can be read once. `percent` are the columns of 0 to 100."""

    rows: Iterator[SuppliedRow]
    percent: frozenset[str]


def names_features(first_line: str) -> bool:
    """Whether it is the first line of such a table and of no table of labels."""
    return bool(frozenset(columns_of(cells_of(first_line))) & (frozenset(FEATURES) - {"valence"}))


def read_features(lines: Iterable[str], name: str) -> FeaturesTable:
    """Reads as far as it must to know the scales. Raises LibraryError naming `name`.

    So does taking rows from it, for what is no text or no table.
    """
    lines = iter(lines)
    first = first_line(lines, name)
    columns = columns_of(cells_of(first))
    if not frozenset(columns) & frozenset(FEATURES):
        raise LibraryError(f"{name}: no column with a feature", REMEDY)
    if PATH not in columns and not {ARTIST, TITLE} <= frozenset(columns):
        raise LibraryError(f"{name}: no columns that name the track", REMEDY)
    rows = rows_of(lines, first, columns, name)
    sample = list(islice(rows, SAMPLE))
    return FeaturesTable(chain(sample, rows), percent_of(first, columns, sample))


def features_said(uri: str, row: SuppliedRow, percent: frozenset[str]) -> Said | None:
    """What a row says of a track of ours; None for one without values.

    Raises LibraryError with the column's name for a value that is no number or out of range.
    """
    features = features_of({c: plain(text, c in percent) for c, text in row.values.items()})
    point = supplied_point(features)
    if point is None:
        return None
    columns = {column: float(getattr(features, column)) for column in features.known}
    detail = "; ".join(f"{column} {columns[column]:g}" for column in columns if column in SHOWN)
    return Said(at(uri, Origin.FEATURES, point, detail), columns)


SHOWN = ("valence", "energy")


def first_line(lines: Iterator[str], name: str) -> str:
    """Empty for an empty file. Raises LibraryError."""
    try:
        return next(lines, "")
    except (UnicodeDecodeError, OSError) as error:
        raise LibraryError(f"{name}: {reason(error)}") from error


def cells_of(line: str) -> list[str]:
    """The first line's; what separates them is what it has most of."""
    return next(csv.reader([line.removeprefix("\ufeff")], delimiter=delimiter_of(line)), [])


def delimiter_of(line: str) -> str:
    """A comma, unless the line has more of another."""
    return max(DELIMITERS, key=line.count)


def columns_of(head: Sequence[str]) -> Columns:
    """{what a column holds: where}; several columns may hold the same."""
    found: defaultdict[str, tuple[int, ...]] = defaultdict(tuple)
    for index, cell in enumerate(head):
        if role := ROLES.get(plain_name(cell)):
            found[role] += (index,)
    return dict(found)


def plain_name(cell: str) -> str:
    """`Artist Name(s)` as `artistnames`, `danceability_%` as `danceability`."""
    return "".join(character for character in cell.casefold() if character.isalnum())


def rows_of(lines: Iterable[str], first: str, columns: Columns, name: str) -> Iterator[SuppliedRow]:
    """Every row that has any cell; one of another length has a problem and nothing else."""
    width = len(cells_of(first))
    rows = csv.reader(lines, delimiter=delimiter_of(first))
    while True:
        try:
            cells = next(rows, None)
        except (csv.Error, UnicodeDecodeError, OSError) as error:
            raise LibraryError(f"{name}: near line {rows.line_num + 2}: {reason(error)}") from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield row_of(cells, columns, width, f"line {rows.line_num + 1}")


def row_of(cells: Sequence[str], columns: Columns, width: int, where: str) -> SuppliedRow:
    """What of a row we have a use for. Empty cells at the end may be missing or too many."""
    if any(cell.strip() for cell in cells[width:]):
        return SuppliedRow(where, problem=f"{len(cells)} columns, the first line has {width}")
    texts = {role: first_of(role, cells, columns) for role in columns}
    return SuppliedRow(
        where,
        path=texts.get(PATH, ""),
        artist=texts.get(ARTIST, ""),
        title=texts.get(TITLE, ""),
        album=texts.get(ALBUM, ""),
        values={role: texts[role] for role in columns if role in FEATURES},
    )


def first_of(role: str, cells: Sequence[str], columns: Mapping[str, tuple[int, ...]]) -> str:
    """The first cell of that role that is not empty; of paths, the first that is one."""
    texts = (cells[index].strip() for index in columns[role] if index < len(cells))
    return next((t for t in texts if t and not (role == PATH and t.startswith(SERVICES))), "")


def percent_of(first: str, columns: Columns, sample: Iterable[SuppliedRow]) -> frozenset[str]:
    """The shares whose names have a `%`; else all, where most valences and energies exceed 1."""
    head = cells_of(first)
    named = {role for role in SHARES & frozenset(columns) if "%" in head[columns[role][0]]}
    if named:
        return frozenset(named)
    texts = (row.values.get(role, "") for row in sample for role in ("valence", "energy"))
    values = [value for text in texts if (value := as_number(text)) is not None]
    above = sum(value > 1 for value in values)
    return SHARES if 2 * above > len(values) else frozenset()


def as_number(text: str) -> float | None:
    """None for what is none."""
    try:
        return float(plain(text, percent=False))
    except ValueError:
        return None


def plain(text: str, percent: bool) -> str:
    """As `features_of` reads it: a decimal point, 0..1 for percent, 1 and 0 for major and minor."""
    text = WORDS.get(text.casefold(), text)
    if "," in text and "." not in text:
        text = text.replace(",", ".", 1)
    bare = text.removesuffix("%").strip()
    if not (percent or bare != text):
        return text
    try:
        return repr(float(bare) / 100)
    except ValueError:
        return text


def reason(error: Exception) -> str:
    """What is wrong, for people."""
    return "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
