"""`moodspeaker library import`: labels, features, or the library of beets."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from moodspeaker.app import factories
from moodspeaker.cli.library_store import config_at, new_or_opened, opened, shown
from moodspeaker.errors import LibraryError
from moodspeaker.library import beets
from moodspeaker.library.features_file import features_said, names_features, read_features
from moodspeaker.library.labels_file import read_labels
from moodspeaker.library.matching import Matcher
from moodspeaker.library.supplied_rows import taken_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moodspeaker.library.store import LabelStore
    from moodspeaker.library.supplied_rows import Taken, Tally

NAMED = 3
HEAD = 64 * 1024
STDIN = "-"
PERCENT = "shares were taken as percent: 0 to 100"


class Kind(StrEnum):
    """What a file to import holds."""

    LABELS = "labels"
    FEATURES = "features"
    BEETS = "beets"


def import_file(name: str, kind: Kind | None, config_path: Path) -> int:
    """By what the file holds, unless `kind` says it. Raises LibraryError, ConfigError.

    The config tells beets' paths where the music folder is; nothing else is read from it.
    """
    with source(name) as file:
        kind = kind or kind_of(file)
        if kind is Kind.LABELS:
            return import_labels(file.read(), shown_name(name))
        if kind is Kind.FEATURES:
            return import_features(file, shown_name(name))
    if name == STDIN:
        raise LibraryError("stdin: a library of beets has to be a file", "give its path")
    return import_beets(Path(name), factories.music_dir(config_at(config_path).library))


@contextmanager
def source(name: str) -> Iterator[IO[bytes]]:
    """The file, or stdin, at its start. Raises LibraryError."""
    file = sys.stdin.buffer if name == STDIN else binary(name)
    try:
        # A pipe cannot be looked into and read again.
        yield file if file.seekable() else io.BytesIO(file.read())
    finally:
        if name != STDIN:
            file.close()


def binary(name: str) -> IO[bytes]:
    """Open for reading. Raises LibraryError."""
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise LibraryError(f"{name} cannot be read: {error.strerror}") from error


def kind_of(file: IO[bytes]) -> Kind:
    """By its first bytes, or its first line."""
    head = file.read(HEAD)
    file.seek(0)
    if head.startswith(beets.MAGIC):
        return Kind.BEETS
    first = head.decode(errors="replace").partition("\n")[0]
    return Kind.FEATURES if names_features(first) else Kind.LABELS


def import_labels(data: bytes, name: str) -> int:
    """All of a file's labels, or with a wrong line none. Raises LibraryError."""
    try:
        read = read_labels(data.decode(), name)
    except UnicodeDecodeError as error:
        remedy = "save it as UTF-8"
        raise LibraryError(f"{name}: not UTF-8 text (byte {error.start})", remedy) from error
    with new_or_opened() as store:
        store.put_estimates(read.labels)
        known = frozenset(store.uris())
    print(f"{len({label.uri for label in read.labels})} labels imported")
    if read.skipped:
        print(f"{read.skipped} lines hold no label of your own: a scan finds those anew")
    absent = sorted({label.uri for label in read.labels} - known)
    if absent:
        some = ", ".join(map(shown, absent[:NAMED]))
        print(f"{len(absent)} of them wait for tracks that no scan has found: {some}")
    return 0


def import_features(file: IO[bytes], name: str) -> int:
    """The rows that are tracks of ours; what makes no sense is told and left out.

    Raises LibraryError where nothing at all could be taken.
    """
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    table = read_features(lines, name)
    with opened() as store:
        read = partial(features_said, percent=table.percent)
        taken = taken_from(table.rows, Matcher(store.tracks()), read)
        put(store, taken, name)
    for line in lines_of(taken, "rows"):
        print(line)
    if table.percent:
        print(PERCENT)
    return 0


def import_beets(path: Path, music_dir: Path | None) -> int:
    """The items that have a mood. Raises LibraryError."""
    library = beets.read_beets(path)
    if not library.rows:
        remedy = f"of these, one item has to have one: {', '.join(beets.KEYS)}"
        raise LibraryError(f"{path}: none of its {library.items} items has a mood", remedy)
    with opened() as store:
        taken = taken_from(library.rows, Matcher(store.tracks(), music_dir), beets.beets_said)
        put(store, taken, str(path))
    print(f"{library.items} items in beets, {len(library.rows)} with a mood")
    for line in lines_of(taken, "items"):
        print(line)
    return 0


def put(store: LabelStore, taken: Taken, name: str) -> None:
    """Into the store, all or nothing. Raises LibraryError, also where there is nothing."""
    if not taken.said:
        why = "; ".join(problems_of(taken)) or "it is empty"
        raise LibraryError(f"{name}: nothing to import: {why}")
    with store.transaction():
        store.put_estimates(said.estimate for said in taken.said.values())
        with_columns = ((uri, said.columns) for uri, said in taken.said.items() if said.columns)
        store.put_features(with_columns)


def lines_of(taken: Taken, what: str) -> Iterator[str]:
    """What was imported, and what was not."""
    yield f"{taken.rows} {what} read, {len(taken.said)} tracks placed"
    yield from problems_of(taken)


def problems_of(taken: Taken) -> Iterator[str]:
    """A line for each, with the first few by name."""
    told = (
        (taken.absent, "of tracks that are not here"),
        (taken.ambiguous, "that fit several tracks"),
        (taken.repeated, "of a track that an earlier one has placed"),
        (taken.empty, "without a value that tells of mood"),
        (taken.wrong, "that make no sense"),
    )
    yield from (f"{tally.count} {what}: {some_of(tally)}" for tally, what in told if tally.count)


def some_of(tally: Tally) -> str:
    """The first few, and a sign that there are more."""
    more = ", ..." if tally.count > len(tally.some) else ""
    return ", ".join(map(shown, tally.some)) + more


def shown_name(name: str) -> str:
    """For messages."""
    return "stdin" if name == STDIN else name
