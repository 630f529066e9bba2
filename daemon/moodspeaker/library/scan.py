"""Every track of the player's database, with what its file says, into the label store."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from moodspeaker.errors import LibraryError
from moodspeaker.library.places import READER, by_sticker, by_tags, unknown_words
from moodspeaker.library.records import UNREAD, Estimate, Origin, Stamp, StoredTrack
from moodspeaker.library.tags import FileTags, clean, read_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from moodspeaker.library.store import LabelStore
    from moodspeaker.types import Track

BATCH = 200
KEPT_S = 30 * 86_400.0
"""So long a track may be gone (a disk unplugged, say) before what its file said is dropped."""
FROM_FILE = (Origin.TAG, Origin.ACOUSTICBRAINZ, Origin.GENRE)
FROM_SCAN = (*FROM_FILE, Origin.STICKER)


class Problem(StrEnum):
    """Why nothing could be read of a track's file."""

    MISSING = "not in the music folder"
    EMPTY = "empty file"
    DAMAGED = "damaged file"
    ODD_NAME = "name that is not UTF-8"


@dataclass(slots=True)
class ScanReport:
    """What a scan did. `problems` has the uris of each kind, `unknown` how often each word came."""

    total: int = 0
    read: int = 0
    unchanged: int = 0
    dropped: int = 0
    problems: dict[Problem, list[str]] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)

    def trouble(self, problem: Problem, uri: str) -> None:
        """Notes a file that gave nothing."""
        self.problems.setdefault(problem, []).append(uri)


@dataclass(frozen=True, slots=True)
class Found:
    """A track as it is now, and all that a scan's sources say; `changed` against the store."""

    track: StoredTrack
    estimates: tuple[Estimate, ...]
    changed: bool


class Scanner:
    """One scan. `music_dir` None: only what the player says is stored."""

    def __init__(self, store: LabelStore, music_dir: Path | None) -> None:
        self._store = store
        self._music_dir = music_dir
        self._known = {track.uri: track for track in store.tracks()}
        self._stored: dict[str, list[Estimate]] = {}
        for estimate in store.estimates():
            if estimate.source in FROM_SCAN:
                self._stored.setdefault(estimate.uri, []).append(estimate)
        self._scan = store.next_scan()
        self.report = ScanReport()

    def run(
        self, tracks: Iterable[Track], now_s: float, progress: Callable[[int, int], None]
    ) -> ScanReport:
        """Stored batch by batch, so that one which is stopped goes on where it was.

        `now_s` is Unix time; `progress` is told (done, of how many) after each batch.
        Raises LibraryError when the store cannot be written.
        """
        wanted = tuple({track.uri: track for track in tracks}.values())
        self.report.total = len(wanted)
        done = 0
        for batch in batches(wanted):
            # Files are read outside the transaction: the service may write meanwhile.
            self._put([found for track in batch if (found := self._look(track))])
            done += len(batch)
            progress(done, len(wanted))
        self.report.dropped = self._store.end_scan(self._scan, now_s, KEPT_S)
        return self.report

    def _look(self, track: Track) -> Found | None:
        """None for a track that cannot be stored."""
        if clean(track.uri) != track.uri:
            self.report.trouble(Problem.ODD_NAME, track.uri)
            return None
        known = self._known.get(track.uri)
        stamp, tags = self._read(track.uri, known)
        stored = self._stored.get(track.uri, [])
        if tags is None and known:
            entry = told_by_player(known, track)
            said = tuple(one for one in stored if one.source in FROM_FILE)
        else:
            entry = with_tags(told_by_player(StoredTrack(track.uri), track), tags, stamp)
            said = by_tags(track.uri, tags) if tags else ()
        words = tuple(word for word in track.moods if word not in entry.moods)
        self.report.unknown.update(unknown_words((*entry.moods, *words)))
        sticker = by_sticker(track.uri, words)
        estimates = (*said, sticker) if sticker else said
        same = entry == known and set(estimates) == set(stored)
        return Found(entry, estimates, not same)

    def _read(self, uri: str, known: StoredTrack | None) -> tuple[Stamp, FileTags | None]:
        """What the file says, None for one that is as it was or gives nothing."""
        if self._music_dir is None or "://" in uri:
            return UNREAD, None
        path = self._music_dir / uri
        try:
            stat = path.stat()
            stamp = Stamp(stat.st_mtime_ns, stat.st_size, READER)
            if known and known.stamp == stamp:
                self.report.unchanged += 1
                return stamp, None
            if not stat.st_size:
                self.report.trouble(Problem.EMPTY, uri)
                return UNREAD, None
            tags = read_tags(path)
        except (OSError, ValueError):
            # ValueError: a NUL in the name, which no file system has.
            self.report.trouble(Problem.MISSING, uri)
            return UNREAD, None
        except LibraryError:
            self.report.trouble(Problem.DAMAGED, uri)
            return UNREAD, None
        self.report.read += 1
        return stamp, tags

    def _put(self, found: Sequence[Found]) -> None:
        changed = [one for one in found if one.changed]
        with self._store.transaction():
            self._store.see_tracks((one.track.uri for one in found), self._scan)
            self._store.put_tracks((one.track for one in changed), self._scan)
            self._store.remove_estimates((one.track.uri for one in changed), FROM_SCAN)
            self._store.put_estimates(said for one in changed for said in one.estimates)


def told_by_player(entry: StoredTrack, track: Track) -> StoredTrack:
    """With the titles that the player has now."""
    return replace(
        entry,
        title=clean(track.title),
        artist=clean(track.artist),
        album=clean(track.album),
        gone_since=None,
    )


def with_tags(entry: StoredTrack, tags: FileTags | None, stamp: Stamp) -> StoredTrack:
    """With what its file says; a file that gave nothing is tried again by the next scan."""
    tags = tags or FileTags()
    return replace(
        entry, genre=tags.genre, year=tags.year, bpm=tags.bpm, moods=tags.moods, stamp=stamp
    )


def batches(tracks: Sequence[Track]) -> Iterator[Sequence[Track]]:
    """In portions of `BATCH`."""
    for start in range(0, len(tracks), BATCH):
        yield tracks[start : start + BATCH]
