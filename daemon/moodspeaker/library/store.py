"""The label store: what every source says of each track, and what listeners did and said."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from moodspeaker.library import statements as sql
from moodspeaker.library.opening import HASTY, LASTING, SPARING, open_connection, translated
from moodspeaker.library.records import Liking, Origin

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from moodspeaker.library.records import (
        Analysis,
        Estimate,
        Feedback,
        QueuedTrack,
        StoredTrack,
    )

FILE_NAME = "labels.db"


class LabelStore:
    """One SQLite connection. The thread that opens it is the only one that may use it.

    Every method raises LibraryError. Outside of `transaction` each change is one of its own. What
    is written has reached the disk, but for what was queued and skipped: of that a power cut may
    take the last, which is cheaper for an SD card.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._file = identity(path)

    @classmethod
    def open(cls, path: Path) -> LabelStore:
        """Makes the file where there is none; see `open_connection`. Raises LibraryError."""
        return cls(path, open_connection(path))

    @property
    def in_place(self) -> bool:
        """Whether the file at `path` is still the one that was opened."""
        return self._file is not None and identity(self.path) == self._file

    def close(self) -> None:
        """May be called again."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block, or nothing."""
        with translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # With a full disk SQLite itself may have rolled back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def tracks(self) -> tuple[StoredTrack, ...]:
        """Every track, those that have gone included, by uri."""
        return tuple(map(sql.read_track, self._rows(sql.ALL_TRACKS)))

    def track(self, uri: str) -> StoredTrack | None:
        """None for one that no scan has found."""
        rows = self._rows(sql.ONE_TRACK, uri)
        return sql.read_track(rows[0]) if rows else None

    def uris(self) -> tuple[str, ...]:
        """Every track's, in order."""
        return tuple(str(uri) for (uri,) in self._rows("SELECT uri FROM tracks ORDER BY uri"))

    def put_tracks(self, tracks: Iterable[StoredTrack], scan: int) -> None:
        """Adds or replaces them, as seen by the scan of that number."""
        self._many(sql.PUT_TRACK, (sql.track_row(track, scan) for track in tracks))

    def see_tracks(self, uris: Iterable[str], scan: int) -> None:
        """That scan found them again, unchanged."""
        statement = "UPDATE tracks SET seen_scan = ?, gone_since = NULL WHERE uri = ?"
        self._many(statement, ((scan, uri) for uri in uris))

    def next_scan(self) -> int:
        """The number of a scan that begins."""
        return int(self._rows("SELECT coalesce(max(seen_scan), 0) + 1 FROM tracks")[0][0])

    def end_scan(self, scan: int, now_s: float, keep_s: float) -> int:
        """Marks what that scan did not see, and drops what has been gone for `keep_s`.

        How many were dropped. What a person said of them stays. `now_s` is Unix time.
        """
        mark = "UPDATE tracks SET gone_since = ? WHERE seen_scan < ? AND gone_since IS NULL"
        orphans = "DELETE FROM estimates WHERE source <> ? AND uri NOT IN (SELECT uri FROM tracks)"
        with self.transaction():
            self._do(mark, now_s, scan)
            dropped = self._do("DELETE FROM tracks WHERE gone_since <= ?", now_s - keep_s)
            self._do(orphans, Origin.USER.value)
        return dropped

    def estimates(self, uri: str | None = None) -> tuple[Estimate, ...]:
        """One track's, or all, by uri and source."""
        rows = self._rows(sql.ALL_ESTIMATES) if uri is None else self._rows(sql.ESTIMATES_OF, uri)
        return tuple(map(sql.read_estimate, rows))

    def put_estimates(self, estimates: Iterable[Estimate]) -> None:
        """Adds or replaces them, one a track and source."""
        self._many(sql.PUT_ESTIMATE, map(sql.estimate_row, estimates))

    def remove_estimates(self, uris: Iterable[str], sources: Iterable[str]) -> int:
        """Forgets what those sources say of these tracks; how many estimates that were."""
        pairs = [(uri, str(source)) for uri in uris for source in sources]
        return self._many("DELETE FROM estimates WHERE uri = ? AND source = ?", pairs)

    def features(self) -> dict[str, dict[str, float]]:
        """{uri: the columns that were imported for it}."""
        return dict(map(sql.read_features, self._rows(sql.ALL_FEATURES)))

    def put_features(self, features: Iterable[tuple[str, Mapping[str, float]]]) -> None:
        """Adds or replaces the columns of these tracks."""
        self._many(sql.PUT_FEATURES, (sql.features_row(*one) for one in features))

    def analyses(self) -> dict[str, Analysis]:
        """{uri: the latest analysis of its sound}."""
        return {done.uri: done for done in map(sql.read_analysis, self._rows(sql.ALL_ANALYSES))}

    def put_analyses(self, analyses: Iterable[Analysis]) -> None:
        """Adds or replaces them, one a track."""
        self._many(sql.PUT_ANALYSIS, map(sql.analysis_row, analyses))

    def add_queued(self, queued: QueuedTrack) -> int:
        """Notes a track that was queued; its number, for `set_outcome`."""
        with self._hasty():
            return self._insert(sql.ADD_QUEUED, sql.queued_row(queued))

    def set_outcome(self, number: int, outcome: str) -> None:
        """What became of it: `played` or `skipped`, say."""
        with self._hasty():
            self._do("UPDATE history SET outcome = ? WHERE id = ?", outcome, number)

    def history(self, since_s: float) -> tuple[QueuedTrack, ...]:
        """What was queued from that Unix time on, the oldest first."""
        return tuple(map(sql.read_queued, self._rows(sql.HISTORY_SINCE, since_s)))

    def forget_history(self, before_s: float) -> int:
        """Drops what is older than that Unix time; how many."""
        return self._do("DELETE FROM history WHERE queued_at < ?", before_s)

    def add_feedback(self, feedback: Feedback) -> int:
        """Its number, for `undo_feedback`."""
        with self._hasty(feedback.kind is Liking.SKIP):
            return self._insert(sql.ADD_FEEDBACK, sql.feedback_row(feedback))

    def undo_feedback(self, number: int) -> bool:
        """Whether there was such a word in force."""
        return bool(self._do("UPDATE feedback SET undone = 1 WHERE id = ? AND NOT undone", number))

    def feedback(self, uri: str | None = None) -> tuple[Feedback, ...]:
        """On one track or on all, the oldest first; what was undone too."""
        rows = self._rows(sql.ALL_FEEDBACK) if uri is None else self._rows(sql.FEEDBACK_ON, uri)
        return tuple(map(sql.read_feedback, rows))

    def spare_memory(self) -> None:
        """For a connection that stays open for months, or reads everything once in a while."""
        self._rows(SPARING)

    def others(self) -> int:
        """Another number as soon as another connection has written to the file."""
        return int(self._rows("PRAGMA data_version")[0][0])

    @contextmanager
    def _hasty(self, hasty: bool = True) -> Iterator[None]:
        """What the block writes need not have reached the disk."""
        # Within a transaction the pragma is refused, and its end decides for all of it.
        if not hasty or self._connection.in_transaction:
            yield
            return
        with translated(self.path):
            self._connection.execute(HASTY)
        try:
            yield
        finally:
            with translated(self.path):
                self._connection.execute(LASTING)

    def _rows(self, statement: str, *values: object) -> list[sql.Row]:
        with translated(self.path):
            return self._connection.execute(statement, values).fetchall()

    def _do(self, statement: str, *values: object) -> int:
        with translated(self.path):
            return self._connection.execute(statement, values).rowcount

    def _insert(self, statement: str, row: sql.Row) -> int:
        with translated(self.path):
            return int(self._connection.execute(statement, row).lastrowid or 0)

    def _many(self, statement: str, rows: Iterable[sql.Row]) -> int:
        if self._connection.in_transaction:
            with translated(self.path):
                return self._connection.executemany(statement, rows).rowcount
        # By itself every row would be a transaction of its own, and wait for the disk.
        with self.transaction():
            return self._many(statement, rows)


def identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of the file that is there now; None where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
