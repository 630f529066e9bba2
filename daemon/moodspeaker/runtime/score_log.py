"""The score log: what was read of faces, as numbers, in files that come and go by themselves."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from moodspeaker.mood.evidence import quality_of, usable
from moodspeaker.mood.score_lines import line_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from moodspeaker.types import Observation

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
"""Lines kept while they cannot be written; the oldest go first."""
MEGABYTE = 1_000_000
FILE_NAME = re.compile(r"scores-(\d{4}-\d\d-\d\d)(?:\.(\d{1,9}))?\.jsonl")
LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class ScoreLogLimits:
    """At most one line every `every_s`; files are kept for `days` after their own.

    A file that would pass `file_mb` is followed by another; together they take `total_mb`.
    Megabytes of 1,000,000 bytes.
    """

    every_s: float
    days: int
    file_mb: float
    total_mb: float


class ScoreLog:
    """Lines in memory until they are flushed to `scores-YYYY-MM-DD.jsonl` (the UTC day).

    A full day goes on in `scores-YYYY-MM-DD.1.jsonl` and so on. Trouble with the folder is told
    once, and never raised. `add` may be called while another thread flushes.
    """

    def __init__(
        self, folder: Path, limits: ScoreLogLimits, wall: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._limits = limits
        self._wall = wall
        self._lines_lock, self._files_lock = threading.Lock(), threading.Lock()
        self._waiting: list[tuple[date, str]] = []
        self._last_s: float | None = None
        self._in_trouble = False

    def add(self, observation: Observation, wall_s: float) -> None:
        """What was seen at the Unix time `wall_s`; left out where the last line is too near."""
        if self._last_s is not None and 0 <= wall_s - self._last_s < self._limits.every_s:
            return
        self._last_s = wall_s
        line = line_of(readable(observation, wall_s)) + "\n"
        with self._lines_lock:
            self._waiting.append((utc_day(wall_s), line))
            del self._waiting[:-MOST_WAITING]

    def flush(self) -> None:
        """Writes what waits, and removes what is too old or too much. Blocks; never raises."""
        with self._files_lock:
            try:
                self._write_waiting()
                self._expire()
            except OSError as error:
                self._tell(error)
            else:
                self._tell(None)

    def _write_waiting(self) -> None:
        """Day by day. What cannot be written waits on. Raises OSError."""
        with self._lines_lock:
            lines, self._waiting = self._waiting, []
        try:
            for day, group in groupby(tuple(lines), key=lambda waiting: waiting[0]):
                texts = [text for _, text in group]
                self._append(day, "".join(texts).encode())
                del lines[: len(texts)]
        finally:
            with self._lines_lock:
                self._waiting = (lines + self._waiting)[-MOST_WAITING:]

    def _append(self, day: date, data: bytes) -> None:
        """To the day's last file, or to a new one where it would grow too large."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._folder.stat().st_mode & 0o077:
            self._folder.chmod(0o700)
        append_whole(self._file_for(day, len(data)), data)

    def _file_for(self, day: date, size: int) -> Path:
        """Where so many bytes go. Raises OSError."""
        files = [file for file in score_files(self._folder) if file.day == day]
        number = files[-1].number + 1 if files else 0
        if files:
            written = files[-1].path.stat().st_size
            if not written or written + size <= self._limits.file_mb * MEGABYTE:
                return files[-1].path
        return self._folder / f"scores-{day}{f'.{number}' if number else ''}.jsonl"

    def _expire(self) -> None:
        """Files older than their days go, then the oldest until the rest is small enough."""
        first_day = utc_day(self._wall()) - timedelta(days=self._limits.days)
        files = score_files(self._folder)
        total = sum(file.path.stat().st_size for file in files)
        for file in files:
            if file.day >= first_day and total <= self._limits.total_mb * MEGABYTE:
                return
            total -= file.path.stat().st_size
            file.path.unlink()

    def _tell(self, error: OSError | None) -> None:
        """The first of several failures, and their end."""
        if error and not self._in_trouble:
            log.warning("%s: the score log cannot be written: %s", self._folder, error.strerror)
        if not error and self._in_trouble:
            log.info("%s: the score log is written again", self._folder)
        self._in_trouble = error is not None


@dataclass(frozen=True, slots=True, order=True)
class ScoreFile:
    """A file of the log; in order, the oldest comes first."""

    day: date
    number: int
    path: Path


def score_files(folder: Path) -> list[ScoreFile]:
    """The log's files alone, the oldest first. Raises OSError, but not for a missing folder."""
    try:
        found = [score_file(path) for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    return sorted(file for file in found if file)


def score_file(path: Path) -> ScoreFile | None:
    """None for what is none of ours."""
    # Not `path.name`: Python keeps a table of the names that paths were asked for, which grows.
    name = FILE_NAME.fullmatch(str(path).rpartition(os.sep)[2])
    try:
        return name and ScoreFile(date.fromisoformat(name[1]), int(name[2] or 0), path)
    except ValueError:
        return None


def readable(observation: Observation, wall_s: float) -> Observation:
    """The same at the wall's time, without what is no number."""
    scores = observation.scores if usable(observation.scores) else None
    return replace(observation, time_s=wall_s, scores=scores, quality=quality_of(observation))


def utc_day(wall_s: float) -> date:
    """The day of a Unix time."""
    return datetime.fromtimestamp(wall_s, UTC).date()


def append_whole(path: Path, data: bytes) -> None:
    """All of it, or nothing. Raises OSError, and the file is then as it was.

    Half a line, which a power cut may leave at the end, is overwritten.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        end = end_of_lines(descriptor)
        os.ftruncate(descriptor, end)
        try:
            write_at(descriptor, data, end)
        except OSError:
            os.ftruncate(descriptor, end)
            raise
    finally:
        os.close(descriptor)


def write_at(descriptor: int, data: bytes, place: int) -> None:
    """Raises OSError, with a part of it written."""
    while data:
        written = os.pwrite(descriptor, data, place)
        data, place = data[written:], place + written


def end_of_lines(descriptor: int) -> int:
    """Where the last whole line ends."""
    begin = max(0, os.fstat(descriptor).st_size - LONGEST_LINE)
    return begin + os.pread(descriptor, LONGEST_LINE, begin).rfind(b"\n") + 1
