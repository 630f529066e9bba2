"""A music player in memory: `FakeMpd` is the server, `FakePlayer` one connection to it.

A test sets faults on the server and acts on it as a person would with another client.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from fakes.deck import Deck
from moodspeaker.errors import PlayerDenied, PlayerLost, PlayerRefused
from moodspeaker.player.labels_of_ours import MOOD, MOODS, SOURCE, persons_words
from moodspeaker.player.rows import read_counts
from moodspeaker.player.track_stickers import Said, read_likes, read_said, recounted
from moodspeaker.types import PlayState, QueuedSong, Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from moodspeaker.types import PlayerStatus, TrackCounts

UNSAFE = re.compile("[\n\r\0\ud800-\udfff]")


class FakeMpd(Deck):
    """The server. `connect` is a `PlayerConnector`.

    Faults: `down` refuses connections, `denied` refuses the password, `frozen` answers nothing
    (every call is lost after `timeout_s`), uris in `refused` cannot be queued, uris in `vanished`
    can be queued but not played.
    """

    def __init__(self, tracks: Iterable[Track] = (), timeout_s: float = 0.05) -> None:
        super().__init__()
        self.library = {track.uri: track for track in tracks}
        self.stickers: dict[str, dict[str, str]] = {}
        self.crossfade_s = 0
        self.playlists: dict[str, tuple[str, ...]] = {}
        self.sticker_file = True
        self.timeout_s = timeout_s
        self.down = False
        self.denied = False
        self.frozen = False
        self.refused: set[str] = set()
        self.calls: list[str] = []
        self.players: list[FakePlayer] = []

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[FakePlayer]:
        """One connection."""
        await asyncio.sleep(self.timeout_s if self.frozen else 0)
        if self.down or self.frozen:
            raise PlayerLost("no connection to the fake player")
        if self.denied:
            raise PlayerDenied("the fake player denied the password")
        player = FakePlayer(self)
        self.players.append(player)
        try:
            yield player
        finally:
            player.lose()

    def changed(self, *subsystems: str) -> None:
        """Tells every connection."""
        for player in self.players:
            player.told.put_nowait(frozenset(subsystems))

    def set_volume(self, percent: int) -> None:
        """A person or a connection sets the volume."""
        self.volume = percent
        self.changed("mixer")

    def drop_files(self, *uris: str) -> None:
        """See the deck; the library has them no more."""
        for uri in uris:
            self.library.pop(uri, None)
        super().drop_files(*uris)

    def cut(self) -> None:
        """Every connection breaks."""
        for player in list(self.players):
            player.lose()

    def restart(self, first_id: int) -> None:
        """The server restarts with its queue, the song ids counted from `first_id`."""
        self.cut()
        self.queue = [QueuedSong(first_id + i, song.uri) for i, song in enumerate(self.queue)]
        self._next_id = first_id + len(self.queue)


class Stickers:
    """A server's stickers, read without a call that would be noted."""

    def __init__(self, server: FakeMpd) -> None:
        self.server = server

    async def stickers(self, name: str) -> dict[str, str] | None:
        """See the port."""
        if not self.server.sticker_file:
            return None
        return {uri: s[name] for uri, s in self.server.stickers.items() if name in s}


class FakePlayer:
    """One connection, a `Player`."""

    def __init__(self, server: FakeMpd) -> None:
        self.server = server
        self.told: asyncio.Queue[frozenset[str] | None] = asyncio.Queue()
        self.lost = False
        self.said = Said()

    def lose(self) -> None:
        """The connection breaks."""
        self.lost = True
        self.told.put_nowait(None)
        if self in self.server.players:
            self.server.players.remove(self)

    async def status(self) -> PlayerStatus:
        """See the port."""
        await self._call("status")
        return self.server.status

    async def tracks(self) -> tuple[Track, ...]:
        """See the port."""
        await self._call("tracks")
        self.said = await read_said(Stickers(self.server))
        return tuple(self._as_told(track) for track in self.server.library.values())

    async def recounted(self, *, likes_only: bool = False) -> dict[str, TrackCounts] | None:
        """See the port."""
        await self._call("recounted", "likes" if likes_only else "all")
        board = Stickers(self.server)
        now = await (read_likes(board, self.said) if likes_only else read_said(board))
        before, self.said = self.said, now
        return None if now.words != before.words else await recounted(before, now)

    async def append(self, uri: str) -> int:
        """See the port."""
        await self._call("append", uri)
        if uri not in self.server.library or uri in self.server.refused:
            raise PlayerRefused(f"no such song: {uri}")
        return self.server.add(uri)

    async def remove(self, song_id: int) -> None:
        """See the port."""
        await self._call("remove", str(song_id))
        if any(song.song_id == song_id for song in self.server.queue):
            self.server.delete(song_id)

    async def play(self, song_id: int | None = None) -> None:
        """See the port."""
        await self._call("play", str(song_id))
        ids = [song.song_id for song in self.server.queue]
        if song_id is not None and song_id not in ids:
            raise PlayerRefused(f"no such song: {song_id}")
        if song_id is None:
            self.server.play()
        else:
            self.server.play_at(ids.index(song_id))
        if self.server.error:
            raise PlayerRefused(self.server.error)

    async def skip(self) -> None:
        """See the port."""
        await self._call("skip")
        if self.server.state is PlayState.STOP or self.server.position is None:
            raise PlayerRefused("not playing")
        self.server.next()

    async def label(self, uri: str, name: str, value: str) -> None:
        """See the port."""
        await self._call("label", uri, name, value)
        if uri not in self.server.library or "=" in name or not self.server.sticker_file:
            raise PlayerRefused(f"no such song, bad name, or no stickers: {uri} {name}")
        self.server.stickers.setdefault(uri, {})[name] = value
        self.server.changed("sticker")

    async def unlabel(self, uri: str, name: str) -> None:
        """See the port."""
        await self._call("unlabel", uri, name)
        if not self.server.sticker_file:
            raise PlayerRefused("no stickers")
        if self.server.stickers.get(uri, {}).pop(name, None) is not None:
            self.server.changed("sticker")

    async def sticker(self, uri: str, name: str) -> str | None:
        """See the port."""
        await self._call("sticker", uri, name)
        if not self.server.sticker_file:
            raise PlayerRefused("no stickers")
        return self.server.stickers.get(uri, {}).get(name)

    async def stickers(self, name: str) -> dict[str, str] | None:
        """See the port."""
        await self._call("stickers", name)
        return await Stickers(self.server).stickers(name)

    async def pause(self) -> None:
        """See the port."""
        await self._call("pause")
        if self.server.state is PlayState.PLAY:
            self.server.pause()

    async def set_volume(self, percent: int) -> None:
        """See the port."""
        await self._call("set_volume", str(percent))
        if self.server.volume is None or not 0 <= percent <= 100:
            raise PlayerRefused("no mixer, or no such volume")
        self.server.set_volume(percent)

    async def set_crossfade(self, seconds: int) -> None:
        """See the port."""
        await self._call("set_crossfade", str(seconds))
        self.server.crossfade_s = seconds

    async def playlist(self, name: str) -> tuple[str, ...] | None:
        """See the port."""
        await self._call("playlist", name)
        return self.server.playlists.get(name)

    async def save_playlist(self, name: str, uris: Sequence[str]) -> None:
        """See the port."""
        await self._call("save_playlist", name)
        if any(UNSAFE.search(uri) for uri in uris):
            raise PlayerRefused("save_playlist: no single line of text")
        self.server.playlists.pop(name, None)
        if known := tuple(uri for uri in uris if uri in self.server.library):
            self.server.playlists[name] = known
        self.server.changed("stored_playlist")

    async def changes(self) -> AsyncIterator[frozenset[str]]:
        """See the port."""
        yield frozenset()
        while (changed := await self.told.get()) is not None:
            yield changed
        raise PlayerLost("the connection to the fake player broke")

    async def _call(self, name: str, *arguments: str) -> None:
        if any(UNSAFE.search(argument) for argument in arguments):
            raise PlayerRefused(f"{name}: no single line of text")
        self.server.calls.append(" ".join((name, *arguments)))
        await asyncio.sleep(self.server.timeout_s if self.server.frozen else 0)
        if self.server.frozen:
            self.lose()
        if self.lost:
            raise PlayerLost("no connection to the fake player")

    def _as_told(self, track: Track) -> Track:
        stickers = self.server.stickers.get(track.uri, {})
        source = stickers.get(SOURCE, "")
        words = persons_words(stickers.get(MOOD, ""), stickers.get(MOODS, ""), [source])
        moods = tuple(dict.fromkeys((*track.moods, *words)))
        return replace(
            track, moods=moods, counts=read_counts(stickers) if stickers else track.counts
        )
