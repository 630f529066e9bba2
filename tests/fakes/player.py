"""A music player in memory: `FakeMpd` is the server, `FakePlayer` one connection to it.

A test sets faults on the server and acts on it as a person would with another client.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from moodspeaker.errors import PlayerDenied, PlayerLost, PlayerRefused
from moodspeaker.types import PlayerStatus, PlayState, QueuedSong, Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

UNSAFE = re.compile("[\n\r\0\ud800-\udfff]")


class FakeMpd:
    """The server. `connect` is a `PlayerConnector`.

    Faults: `down` refuses connections, `denied` refuses the password, `frozen` answers nothing
    (every call is lost after `timeout_s`), uris in `refused` cannot be queued, uris in `vanished`
    can be queued but not played.
    """

    def __init__(self, tracks: Iterable[Track] = (), timeout_s: float = 0.05) -> None:
        self.library = {track.uri: track for track in tracks}
        self.stickers: dict[str, dict[str, str]] = {}
        self.queue: list[QueuedSong] = []
        self.state = PlayState.STOP
        self.position: int | None = None
        self.error = ""
        self.volume: int | None = 100
        self.crossfade_s = 0
        self.playlists: dict[str, tuple[str, ...]] = {}
        self.sticker_file = True
        self.timeout_s = timeout_s
        self.down = False
        self.denied = False
        self.frozen = False
        self.refused: set[str] = set()
        self.vanished: set[str] = set()
        self.calls: list[str] = []
        self.players: list[FakePlayer] = []
        self._next_id = 1

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

    @property
    def uris(self) -> list[str]:
        """The queue, for assertions."""
        return [song.uri for song in self.queue]

    @property
    def current_uri(self) -> str | None:
        """The current song."""
        return None if self.position is None else self.queue[self.position].uri

    @property
    def status(self) -> PlayerStatus:
        """As a connection would be told."""
        return PlayerStatus(self.state, tuple(self.queue), self.position, self.error, self.volume)

    def changed(self, *subsystems: str) -> None:
        """Tells every connection."""
        for player in self.players:
            player.told.put_nowait(frozenset(subsystems))

    def add(self, uri: str) -> int:
        """A person or a connection adds a song."""
        song = QueuedSong(self._next_id, uri)
        self._next_id += 1
        self.queue.append(song)
        self.changed("playlist")
        return song.song_id

    def play_at(self, position: int | None) -> None:
        """A person or a connection plays the song there; None and past the end stop."""
        self.error = ""
        self.position = position if position is not None and position < len(self.queue) else None
        self.state = PlayState.STOP if self.position is None else PlayState.PLAY
        uri = self.current_uri
        if uri in self.vanished:
            self.state = PlayState.STOP
            self.error = f"Failed to decode {uri}"
        self.changed("player")

    def finish_song(self) -> None:
        """The current song comes to its end."""
        assert self.position is not None
        self.play_at(self.position + 1)

    def pause(self) -> None:
        """A person pauses."""
        self.state = PlayState.PAUSE
        self.changed("player")

    def stop(self) -> None:
        """A person stops; the current song stays current."""
        self.state = PlayState.STOP
        self.changed("player")

    def set_volume(self, percent: int) -> None:
        """A person or a connection sets the volume."""
        self.volume = percent
        self.changed("mixer")

    def clear(self) -> None:
        """A person clears the queue."""
        self.queue.clear()
        self.play_at(None)
        self.changed("playlist")

    def delete(self, song_id: int) -> None:
        """A person or a connection removes a song; under the current one the next goes on."""
        index = next(i for i, song in enumerate(self.queue) if song.song_id == song_id)
        del self.queue[index]
        if self.position is not None and index < self.position:
            self.position -= 1
        elif index == self.position and self.state is PlayState.PLAY:
            self.play_at(index)
        elif self.position is not None and self.position >= len(self.queue):
            self.position = None
        self.changed("playlist")

    def cut(self) -> None:
        """Every connection breaks."""
        for player in list(self.players):
            player.lose()

    def restart(self, first_id: int) -> None:
        """The server restarts with its queue, the song ids counted from `first_id`."""
        self.cut()
        self.queue = [QueuedSong(first_id + i, song.uri) for i, song in enumerate(self.queue)]
        self._next_id = first_id + len(self.queue)


class FakePlayer:
    """One connection, a `Player`."""

    def __init__(self, server: FakeMpd) -> None:
        self.server = server
        self.told: asyncio.Queue[frozenset[str] | None] = asyncio.Queue()
        self.lost = False

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
        return tuple(self._with_moods(track) for track in self.server.library.values())

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
        self.server.play_at((self.server.position or 0) if song_id is None else ids.index(song_id))
        if self.server.error:
            raise PlayerRefused(self.server.error)

    async def skip(self) -> None:
        """See the port."""
        await self._call("skip")
        if self.server.state is PlayState.STOP or self.server.position is None:
            raise PlayerRefused("not playing")
        self.server.play_at(self.server.position + 1)

    async def label(self, uri: str, name: str, value: str) -> None:
        """See the port."""
        await self._call("label", uri, name, value)
        if uri not in self.server.library or "=" in name:
            raise PlayerRefused(f"no such song, or bad name: {uri} {name}")
        self.server.stickers.setdefault(uri, {})[name] = value

    async def unlabel(self, uri: str, name: str) -> None:
        """See the port."""
        await self._call("unlabel", uri, name)
        self.server.stickers.get(uri, {}).pop(name, None)

    async def stickers(self, name: str) -> dict[str, str] | None:
        """See the port."""
        await self._call("stickers", name)
        if not self.server.sticker_file:
            return None
        return {uri: s[name] for uri, s in self.server.stickers.items() if name in s}

    async def pause(self) -> None:
        """See the port."""
        await self._call("pause")
        if self.server.state is PlayState.PLAY:
            self.server.pause()

    async def set_volume(self, percent: int) -> None:
        """See the port."""
        await self._call("set_volume", str(percent))
        if self.server.volume is None:
            raise PlayerRefused("no mixer")
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
        self.server.playlists[name] = tuple(uris)

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

    def _with_moods(self, track: Track) -> Track:
        stickers = self.server.stickers.get(track.uri, {})
        words = f"{stickers.get('mood', '')};{stickers.get('moods', '')}".lower().split(";")
        moods = dict.fromkeys((*track.moods, *(word for word in words if word)))
        return Track(track.uri, track.title, track.artist, track.album, tuple(moods))
