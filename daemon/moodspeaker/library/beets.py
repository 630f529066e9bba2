"""The library of beets, its `library.db`: moods that its plugins, or a person, put there.

It is only ever read, and never locked: beets may be at work.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from moodspeaker.errors import LibraryError
from moodspeaker.library.places import at
from moodspeaker.library.records import Origin
from moodspeaker.library.supplied_rows import Said, SuppliedRow
from moodspeaker.music.supplied import beets_point
from moodspeaker.music.words import read_words, split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from moodspeaker.music.plane import Point

MAGIC = b"SQLite format 3\0"
"""How such a file begins."""
MOOD, CLUSTER = "mood", "moods_mirex"
SHARES = ("happy", "party", "sad", "aggressive", "relaxed")
KEYS = (MOOD, CLUSTER, *(f"mood_{share}" for share in SHARES))
SIDE_FILES = ("-journal", "-wal")
COUNT = "SELECT count(*) FROM items"
# `item_attributes` has the fields that plugins and people make up.
ATTRIBUTES = (
    "SELECT items.id, path, artist, title, album, key, value"
    " FROM items JOIN item_attributes ON entity_id = items.id"
    " WHERE key IN (?, ?, ?, ?, ?, ?, ?) ORDER BY items.id"
)
OTHER_REMEDY = "give the file that `beet config` names as library"


@dataclass(frozen=True, slots=True)
class BeetsLibrary:
    """How many items there are, and those that have a mood."""

    items: int
    rows: tuple[SuppliedRow, ...]


def read_beets(path: Path) -> BeetsLibrary:
    """Raises LibraryError for another database, and while beets writes."""
    try:
        before = path.stat()
        check_idle(path)
        with closing(opened(path)) as connection:
            items = int(connection.execute(COUNT).fetchone()[0])
            rows = tuple(rows_of(connection.execute(ATTRIBUTES, KEYS)))
        after = path.stat()
    except sqlite3.OperationalError as error:
        raise LibraryError(f"{path} is no library of beets: {error}", OTHER_REMEDY) from error
    except sqlite3.Error as error:
        raise LibraryError(f"{path} cannot be read: {error}", "is it damaged?") from error
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error.strerror}") from error
    # Without a lock nothing else would tell that beets has written meanwhile.
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise LibraryError(f"{path} has just been changed", "try again")
    return BeetsLibrary(items, rows)


def beets_said(uri: str, row: SuppliedRow) -> Said | None:
    """What an item says of a track of ours; None where no word of it is known.

    Raises LibraryError for a share that is no number or out of range.
    """
    point, detail = told_by(row.values)
    return Said(at(uri, Origin.BEETS, point, detail)) if point else None


def told_by(values: Mapping[str, str]) -> tuple[Point | None, str]:
    """The place and what tells it: a mood in words, else the shares, else the cluster.

    Words are a person's more often than a program's. Raises LibraryError.
    """
    words = split_words([values.get(MOOD, "")])
    if point := read_words(words).point:
        return point, "; ".join(words)
    if point := beets_point(values):
        shares = ((share, values.get(f"mood_{share}", "")) for share in SHARES)
        return point, "; ".join(f"{share} {float(text):.2f}" for share, text in shares if text)
    cluster = values.get(CLUSTER, "")
    return read_words(split_words([cluster])).point, cluster


def check_idle(path: Path) -> None:
    """Raises LibraryError while another program writes: what is read might not fit together."""
    for ending in SIDE_FILES:
        side = path.with_name(path.name + ending)
        if side.exists() and side.stat().st_size:
            raise LibraryError(
                f"{path}: beets is writing to it ({side.name} is there)",
                "wait until it is done; after a crash run any beet command once",
            )


def opened(path: Path) -> sqlite3.Connection:
    """As a file that never changes: nothing is locked, and nothing written beside it."""
    uri = path.absolute().as_uri() + "?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


def rows_of(found: Iterable[tuple[object, ...]]) -> Iterator[SuppliedRow]:
    """A row an item, from one an attribute."""
    for (number, path, *names), group in groupby(found, key=lambda row: row[:5]):
        artist, title, album = (str(name or "") for name in names)
        values = {str(key): str("" if value is None else value).strip() for *_, key, value in group}
        yield SuppliedRow(f"item {number}", text_of(path), artist, title, album, values)


def text_of(path: object) -> str:
    """beets keeps paths as bytes: absolute ones, the later versions relative to its folder."""
    return path.decode("utf-8", "surrogateescape") if isinstance(path, bytes) else str(path or "")
