"""The player's tracks with what their files, and the label store, say of their mood."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from moodspeaker.errors import LibraryError
from moodspeaker.library.stored_places import stored_places
from moodspeaker.library.tags import read_moods

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.types import Track

log = logging.getLogger(__name__)

Stamp = tuple[int, int]


class Catalogue:
    """Reads tags in one thread of its own, and each file only when it has changed.

    What the player itself knows of a track's mood (a sticker, say) is the user's word and wins
    over the file's tag. Once somebody has made a label store at `store`, it says where the
    tracks lie that it knows, and their tags are not read again.
    """

    def __init__(self, music_dir: Path | None, store: Path | None = None) -> None:
        self._music_dir = music_dir
        self._store = store
        self._known: dict[str, tuple[Stamp, tuple[str, ...]]] = {}
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="library")

    async def labelled(self, tracks: tuple[Track, ...]) -> tuple[Track, ...]:
        """The same tracks, with moods and places wherever some are known."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, self._label_all, tracks)

    def close(self) -> None:
        """Ends the thread; a read in progress is not waited for."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _label_all(self, tracks: tuple[Track, ...]) -> tuple[Track, ...]:
        return self._tagged(self._placed(tracks))

    def _tagged(self, tracks: tuple[Track, ...]) -> tuple[Track, ...]:
        if self._music_dir is None:
            return tracks
        if not self._music_dir.is_dir():
            log.warning("no folder %s: tags are not read (set library.music_dir)", self._music_dir)
            return tracks
        return tuple(
            t if t.moods or t.place else replace(t, moods=self._moods_of(t.uri)) for t in tracks
        )

    def _placed(self, tracks: tuple[Track, ...]) -> tuple[Track, ...]:
        """With the store's places; a store that cannot be read is told, and does without."""
        if self._store is None or not self._store.exists():
            return tracks
        try:
            places = stored_places(self._store, tracks)
        except LibraryError as error:
            log.warning("labels are not used: %s", error)
            return tracks
        return tuple(replace(track, place=places.get(track.uri)) for track in tracks)

    def _moods_of(self, uri: str) -> tuple[str, ...]:
        if self._music_dir is None or "://" in uri:
            return ()
        path = self._music_dir / uri
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            known = self._known.get(uri)
            if known is None or known[0] != stamp:
                known = self._known[uri] = (stamp, read_moods(path))
        except (OSError, LibraryError) as error:
            log.debug("no tags of %s: %s", uri, error)
            return ()
        return known[1]
