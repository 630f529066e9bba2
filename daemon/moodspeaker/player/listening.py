"""What plays now, and how far each song of ours got."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from moodspeaker.player.events import Ended, Playing
from moodspeaker.types import NowPlaying, PlayState, Track, TrackTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from moodspeaker.player.events import PlayerEvent
    from moodspeaker.player.ownership import OwnSong
    from moodspeaker.player.watching import Look
    from moodspeaker.types import QueuedSong

SLICE = 1000
T = TypeVar("T")


class Listener:
    """Tells `Playing` and `Ended`. A song that is stopped midway has not ended yet."""

    def __init__(self, on_event: Callable[[PlayerEvent], None]) -> None:
        self._on_event = on_event
        self._known = TrackTable.of(())
        self._now: NowPlaying | None = None
        self._ours: OwnSong | None = None
        self._heard_s = 0.0
        self._playing_since_s: float | None = None

    async def know(self, tracks: Sequence[Track]) -> frozenset[str]:
        """The tracks that can play, for titles; the uris that were known and are gone.

        In slices: a library is large and a Pi is slow, and the loop has others to serve.
        """
        known = TrackTable.of(tracks)
        gone: set[str] = set()
        for uris in sliced(tuple(self._known.rows)):
            gone.update(uri for uri in uris if uri not in known.rows)
            await asyncio.sleep(0)
        self._known = known
        return frozenset(gone)

    def hear(self, look: Look, own: Mapping[int, OwnSong], *, cut: bool) -> None:
        """Takes in a look. `cut`: if a song of ours is current no more, a person ended it."""
        current = look.status.current
        ours = None if current is None else own.get(current.song_id)
        self._advance(look, of_new_s=0.0 if ours is self._ours else look.status.elapsed_s or 0.0)
        if self._ours is not None and ours is not self._ours:
            self._on_event(Ended(self._ours.pick, round(self._heard_s, 1), cut))
            self._ours = None
        stopped = look.status.state is PlayState.STOP
        if ours is not None and not stopped:
            self._begin(look, ours)
        self.tell_playing(None if stopped else current, own)

    def lose(self) -> None:
        """The player is gone: what is heard from now on, if anything is, cannot be told."""
        self._playing_since_s = None
        self.tell_playing(None, {})

    def tell_playing(self, song: QueuedSong | None, own: Mapping[int, OwnSong]) -> None:
        """Tells it when it is news."""
        now = self._now_playing(song, own) if song else None
        if now != self._now:
            self._now = now
            self._on_event(Playing(now))

    def _advance(self, look: Look, of_new_s: float) -> None:
        """The time since the last look, less what of it the new song has had."""
        if self._playing_since_s is not None:
            self._heard_s += max(0.0, look.at_s - self._playing_since_s - of_new_s)
            self._playing_since_s = None

    def _begin(self, look: Look, ours: OwnSong) -> None:
        status = look.status
        if ours is not self._ours:
            self._ours, self._heard_s = ours, 0.0
        self._heard_s = status.elapsed_s or self._heard_s
        self._playing_since_s = look.at_s if status.state is PlayState.PLAY else None

    def _now_playing(self, song: QueuedSong, own: Mapping[int, OwnSong]) -> NowPlaying:
        mine = own.get(song.song_id)
        if mine is not None:
            return NowPlaying(mine.pick.track, mine.pick)
        return NowPlaying(self._known.get(song.uri) or Track(song.uri))


def sliced(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Small pieces, in order."""
    for start in range(0, len(items), SLICE):
        yield items[start : start + SLICE]
