"""The player's tracks with what their files, and the label store, say of their mood."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from moodspeaker.errors import LibraryError
from moodspeaker.library.stored_labels import stored_labels
from moodspeaker.library.tags import read_moods

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.library.worker import LibraryWorker
    from moodspeaker.types import Track

log = logging.getLogger(__name__)

Stamp = tuple[int, int]


class Catalogue:
    """Reads tags in the library's thread, and each file only when it has changed.

    What the player itself knows of a track's mood (a sticker, say) is the user's word and wins
    over the file's tag. Once somebody has made a label store at `store`, it says where the
    tracks lie that it knows, and their tags are not read again.
    """

    def __init__(
        self, music_dir: Path | None, worker: LibraryWorker, store: Path | None = None
    ) -> None:
        self._music_dir = music_dir
        self._worker = worker
        self._store = store
        self._known: dict[str, tuple[Stamp, tuple[str, ...]]] = {}

    async def labelled(self, tracks: tuple[Track, ...]) -> tuple[Track, ...]:
        """The same tracks, with moods and places wherever some are known."""
        return await self._worker.do(self._label_all, tracks)

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
            known = stored_labels(self._store, tracks)
        except LibraryError as error:
            log.warning("labels are not used: %s", error)
            return tracks
        return tuple(map(known.on, tracks))

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
