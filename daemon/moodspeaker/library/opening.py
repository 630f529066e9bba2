"""Opens the label store's file: made private, checked, and moved aside where it is damaged."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from moodspeaker.errors import LibraryError
from moodspeaker.library.rescue import rescue
from moodspeaker.library.schema import migrate, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

BUSY_MS = 5000
FULL, READ_ONLY, BUSY, IO_ERROR, CANNOT_OPEN = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
)
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
UNWRITABLE = frozenset({FULL, READ_ONLY, IO_ERROR, CANNOT_OPEN})
REMEDIES = {
    FULL: "the disk is full: make room",
    READ_ONLY: "make the file and its folder writable for this user",
    CANNOT_OPEN: "make the file and its folder writable for this user",
    BUSY: "another moodspeaker is writing: try again",
    IO_ERROR: "check the disk, and that it is not full",
}
SIDE_FILES = ("-wal", "-shm")
LASTING, HASTY = "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"
"""What is written lasts through a power cut; or the last of it may be lost, and nothing else."""
SPARING, USUAL = "PRAGMA cache_size = -128", "PRAGMA cache_size = -2000"
"""KiB of pages that are kept in memory. Reading loses nothing by few, much writing does."""


def open_connection(path: Path) -> sqlite3.Connection:
    """For reading and writing; only for reading where the file cannot be written.

    A damaged file is moved aside, told, and a new one begun. Raises LibraryError.
    """
    with translated(path):
        try:
            return open_writable(path)
        except (OSError, sqlite3.Error) as error:
            if code_of(error) in DAMAGED:
                return begin_anew(path, error)
            if path.exists() and (isinstance(error, OSError) or code_of(error) in UNWRITABLE):
                log.warning("%s: only read, it cannot be written: %s", path, error)
                return open_readable(path)
            raise


def open_writable(path: Path) -> sqlite3.Connection:
    """Raises OSError, sqlite3.Error and LibraryError."""
    make_private(path)
    connection = connect(path.absolute().as_uri() + "?mode=rw")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(LASTING)
        connection.execute("PRAGMA foreign_keys = ON")
        # Every page is read once: to keep them would leave a hole of two megabytes in the heap.
        connection.execute(SPARING)
        check(connection)
        connection.execute(USUAL)
        migrate(connection, path)
        # Nothing is written, but a folder or disk that takes no writing shows now.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except BaseException:
        connection.close()
        raise
    return connection


def open_readable(path: Path) -> sqlite3.Connection:
    """A file that nobody may write here. Raises sqlite3.Error and LibraryError."""
    # Without its side files an unwritable store opens only as one that never changes.
    for how in ("?mode=ro", "?mode=ro&immutable=1"):
        connection = connect(path.absolute().as_uri() + how)
        try:
            version_of(connection, path)
        except sqlite3.Error as error:
            connection.close()
            last = error
        else:
            return connection
    raise last


def connect(uri: str) -> sqlite3.Connection:
    """Transactions begin and end where we say so."""
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_MS / 1000)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return connection


def check(connection: sqlite3.Connection) -> None:
    """Raises sqlite3.DatabaseError for a file whose pages do not fit together."""
    result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if result != "ok":
        error = sqlite3.DatabaseError(str(result).splitlines()[-1])
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def make_private(path: Path) -> None:
    """The file is there, and only its owner reads it: it holds file names and taste.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    # Only its name: to close a file that was opened gives up every lock that this process holds
    # on it, another connection's too. A second process would then take the log from under it.
    descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        stat, folder = os.fstat(descriptor), path.parent.stat()
        if not S_ISREG(stat.st_mode):
            raise OSError(errno.EINVAL, "it is no plain file", str(path))
        name = f"/proc/self/fd/{descriptor}"
        if stat.st_mode & 0o077:
            Path(name).chmod(0o600)
        # Made under sudo, it would shut out the service, which owns the folder.
        if os.geteuid() == 0 and stat.st_uid != folder.st_uid:
            os.chown(name, folder.st_uid, folder.st_gid)
    finally:
        os.close(descriptor)


def begin_anew(path: Path, error: Exception) -> sqlite3.Connection:
    """A new file in place of the damaged one. Raises OSError, sqlite3.Error and LibraryError."""
    aside = move_aside(path)
    connection = open_writable(path)
    log.error(
        "%s is damaged (%s): it was moved to %s and a new one begun, with %d labels of your own"
        " brought over; `moodspeaker library scan` finds the rest anew",
        path,
        error,
        aside,
        rescue(aside, connection),
    )
    return connection


def move_aside(path: Path) -> Path:
    """To `NAME.damaged-<time>`, with its side files; its new path. Raises OSError."""
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    path.replace(aside)
    for ending in SIDE_FILES:
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
    return aside


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors, and the file system's, as one clear LibraryError."""
    try:
        yield
    except sqlite3.Error as error:
        remedy = REMEDIES.get(code_of(error), "")
        if code_of(error) in DAMAGED:
            remedy = "it is damaged: the next start moves it aside"
        raise LibraryError(f"{path}: label store: {error}", remedy) from error
    except OSError as error:
        remedy = "check its rights and the disk, or set MOODSPEAKER_STATE_DIR"
        raise LibraryError(f"{path}: label store: {error.strerror}", remedy) from error


def code_of(error: Exception) -> int:
    """SQLite's primary result code, 0 for an error that has none."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
