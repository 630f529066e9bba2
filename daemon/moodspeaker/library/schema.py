"""The label store's tables, and how an older file is brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.errors import LibraryError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

# Estimates, history and feedback refer to no row of `tracks`: what a person said of a track
# outlives the track's file, and holds again when it comes back.
FIRST = (
    """CREATE TABLE tracks (
        uri TEXT PRIMARY KEY,
        title TEXT NOT NULL, artist TEXT NOT NULL, album TEXT NOT NULL, genre TEXT NOT NULL,
        year INTEGER, bpm REAL, moods TEXT NOT NULL,
        mtime_ns INTEGER NOT NULL, size INTEGER NOT NULL, reader INTEGER NOT NULL,
        seen_scan INTEGER NOT NULL, gone_since REAL
    ) WITHOUT ROWID""",
    """CREATE TABLE estimates (
        uri TEXT NOT NULL, source TEXT NOT NULL,
        valence REAL NOT NULL CHECK (valence BETWEEN -1 AND 1),
        arousal REAL NOT NULL CHECK (arousal BETWEEN -1 AND 1),
        valence_sd REAL NOT NULL CHECK (valence_sd > 0),
        arousal_sd REAL NOT NULL CHECK (arousal_sd > 0),
        detail TEXT NOT NULL, model TEXT NOT NULL,
        PRIMARY KEY (uri, source)
    ) WITHOUT ROWID""",
    """CREATE TABLE history (
        id INTEGER PRIMARY KEY,
        uri TEXT NOT NULL, artist TEXT NOT NULL, queued_at REAL NOT NULL,
        mood TEXT NOT NULL, outcome TEXT NOT NULL
    )""",
    "CREATE INDEX history_by_time ON history (queued_at)",
    """CREATE TABLE feedback (
        id INTEGER PRIMARY KEY,
        uri TEXT NOT NULL, mood TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('like', 'dislike', 'skip', 'wrong')),
        weight REAL NOT NULL, at REAL NOT NULL, undone INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX feedback_by_uri ON feedback (uri)",
)
SECOND = (
    # The columns that came with a track, as a JSON object, for sets of rules.
    "CREATE TABLE features (uri TEXT PRIMARY KEY, columns TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE analyses (
        uri TEXT PRIMARY KEY,
        mtime_ns INTEGER NOT NULL, size INTEGER NOT NULL,
        model TEXT NOT NULL, problem TEXT NOT NULL
    ) WITHOUT ROWID""",
)
MIGRATIONS = (FIRST, SECOND)
"""Statements that lead from version n to n + 1. Never changed once released, only added to."""


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Brings the file to the newest schema, all of it or nothing.

    Raises LibraryError for a file that a newer program made, and sqlite3.Error.
    """
    if version_of(connection, path) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another process may have been first while this one waited for the lock.
        for statements in MIGRATIONS[version_of(connection, path) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The file's schema, 0 for a new one. Raises LibraryError for one we do not know."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise LibraryError(
            f"{path}: a newer moodspeaker made it (schema {version}, this one knows"
            f" {len(MIGRATIONS)})",
            "update moodspeaker, or move the file away to begin anew",
        )
    return version
