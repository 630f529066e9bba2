"""One connection to MPD, as a player and as a sticker board."""

from __future__ import annotations

from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.errors import PlayerDenied, PlayerRefused
from moodspeaker.player.client import NoSuchThing, QuietClient
from moodspeaker.player.connection import MpdConnection, MpdSettings
from moodspeaker.player.rows import (
    merge_changes,
    read_queued,
    read_status,
    read_sticker,
    read_track,
)
from moodspeaker.player.track_stickers import Said, read_likes, read_said, recounted
from moodspeaker.types import NO_COUNTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from contextlib import AbstractAsyncContextManager

    from moodspeaker.player.rows import Row
    from moodspeaker.types import PlayerStatus, QueuedSong, Track, TrackCounts

__all__ = ["MpdConnector", "MpdPlayer", "MpdSettings"]

SUBSYSTEMS = (
    "database",
    "player",
    "playlist",
    "mixer",
    "options",
    "stored_playlist",
    "sticker",
)
REPLACED = "\N{REPLACEMENT CHARACTER}"
"""What stands for bytes that are no text."""
STATUS_TRIES = 5
UNFINISHED = "{name} (unfinished, moodspeaker)"


@dataclass(frozen=True, slots=True)
class MpdConnector:
    """Opens connections to one MPD."""

    settings: MpdSettings

    def __call__(self) -> AbstractAsyncContextManager[MpdPlayer]:
        """A player that is connected and permitted to read. Raises PlayerLost or PlayerDenied."""
        return self._connection()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[MpdPlayer]:
        client = QuietClient()
        player = MpdPlayer(client, self.settings)
        try:
            await player.open()
            yield player
        finally:
            await client.aclose()


class MpdPlayer(MpdConnection):
    """A `Player` and a `StickerBoard`."""

    def __init__(self, client: QuietClient, settings: MpdSettings) -> None:
        super().__init__(client, settings)
        self._queue: tuple[QueuedSong, ...] = ()
        self._version = ""
        self._said = Said()

    async def status(self) -> PlayerStatus:
        """State and queue of one moment. Only what changed in the queue is asked for."""
        for _ in range(STATUS_TRIES):
            row = await self._ask("status")
            with self._translated():
                if row["playlist"] == self._version:
                    return read_status(row, self._queue)
            await self._read_queue(row)
        raise PlayerRefused("MPD's queue changes faster than it can be read")

    async def tracks(self) -> tuple[Track, ...]:
        """The database, with moods from a Mood tag and from people's stickers, and with counts.

        Stickers that we published are left out: our own guess must not come back as a person's
        word. Left out are also files whose names are not UTF-8: MPD could not be asked to play
        them.
        """
        said = self._said = await read_said(self)

        def read(row: Row) -> Track | None:
            uri = str(row.get("file", REPLACED))
            if REPLACED in uri:
                return None
            return read_track(row, said.words.get(uri, ()), said.counts.get(uri, NO_COUNTS))

        return tuple(track for track in await self._each(read, "listallinfo") if track)

    async def recounted(self, *, likes_only: bool = False) -> dict[str, TrackCounts] | None:
        """Reads stickers and nothing else; a track that is only counted costs no listing."""
        now = await (read_likes(self, self._said) if likes_only else read_said(self))
        before, self._said = self._said, now
        return None if now.words != before.words else await recounted(before, now)

    async def append(self, uri: str) -> int:
        """A file that is gone but still in MPD's database is taken; playing it fails later."""
        answer = await self._ask("addid", uri)
        with self._translated():
            return int(answer)

    async def remove(self, song_id: int) -> None:
        """Under the current song MPD goes on with the next one."""
        with suppress(NoSuchThing):
            await self._ask("deleteid", song_id)

    async def play(self, song_id: int | None = None) -> None:
        """Raises PlayerRefused for a song id that is gone, and mostly for a file that is."""
        if song_id is None:
            await self._ask("play")
        else:
            await self._ask("playid", song_id)

    async def skip(self) -> None:
        """Ends a pause; stops after the last song. Raises PlayerRefused while stopped."""
        await self._ask("next")

    async def pause(self) -> None:
        """Does nothing while stopped."""
        await self._ask("pause", 1)

    async def set_volume(self, percent: int) -> None:
        """0 to 100. Raises PlayerRefused without a mixer, and for anything else."""
        try:
            await self._ask("setvol", percent)
        except PlayerRefused as error:
            remedy = 'give an audio_output in mpd.conf a mixer, such as mixer_type "software"'
            raise PlayerRefused(error.what, remedy) from error

    async def set_crossfade(self, seconds: int) -> None:
        """Of this partition; MPD keeps it in its state file."""
        await self._ask("crossfade", seconds)

    async def label(self, uri: str, name: str, value: str) -> None:
        """Raises PlayerRefused where MPD has no sticker_file."""
        if "=" in name:
            raise PlayerRefused(f"sticker name {name!r} holds =, which MPD reads back wrongly")
        await self._ask("sticker_set", "song", uri, name, value)

    async def unlabel(self, uri: str, name: str) -> None:
        """A song that is gone has lost its stickers already."""
        with suppress(NoSuchThing):
            await self._ask("sticker_delete", "song", uri, name)

    async def sticker(self, uri: str, name: str) -> str | None:
        """A song that is gone has none. Raises PlayerRefused where MPD has no sticker_file."""
        try:
            return str(await self._ask("sticker_get", "song", uri, name))
        except NoSuchThing:
            return None

    async def stickers(self, name: str) -> dict[str, str] | None:
        """Without a sticker_file, or with a password without admin, there are none."""
        try:
            return dict(await self._each(read_sticker, "sticker_find", "song", "", name))
        except (PlayerRefused, PlayerDenied):
            return None

    async def playlist(self, name: str) -> tuple[str, ...] | None:
        """Without a playlist_directory there are none."""
        try:
            return tuple(map(str, await self._ask("listplaylist", name)))
        except NoSuchThing:
            return None

    async def save_playlist(self, name: str, uris: Sequence[str]) -> None:
        """Songs that are gone are left out. Without any song the list is taken away.

        It is put together under another name: a crash leaves the old list or, for the blink
        between two commands, none, but never a half one. Raises PlayerRefused without a
        playlist_directory, and for a name with a slash.
        """
        unfinished = UNFINISHED.format(name=name)
        await self._remove_playlist(unfinished)
        added = [uri for uri in uris if await self._add_to_playlist(unfinished, uri)]
        await self._remove_playlist(name)
        if added:
            await self._ask("rename", unfinished, name)

    async def changes(self) -> AsyncIterator[frozenset[str]]:
        """Has no time limit, so a frozen MPD shows only at the next command.

        Changes from before an iteration are kept by MPD and told at once. Stickers that we write
        ourselves are told too.
        """
        yield frozenset()
        with self._translated():
            async with aclosing(self._client.idle(SUBSYSTEMS)) as idle:
                async for changed in idle:
                    if changed:
                        yield frozenset(changed)

    async def _read_queue(self, status: Row) -> None:
        changed = await self._each(read_queued, "plchanges", self._version or "0")
        with self._translated():
            length = int(str(status["playlistlength"]))
            self._queue = merge_changes(self._queue, changed, length)
            self._version = str(status["playlist"])

    async def _remove_playlist(self, name: str) -> None:
        with suppress(NoSuchThing):
            await self._ask("rm", name)

    async def _add_to_playlist(self, name: str, uri: str) -> bool:
        try:
            await self._ask("playlistadd", name, uri)
        except NoSuchThing:
            return False
        return True
