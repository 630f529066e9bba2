"""One connection to MPD, as a player."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker.errors import PlayerDenied, PlayerLost, PlayerRefused
from moodspeaker.player.client import BROKEN, NoSuchThing, QuietClient, refuse_unsafe, translate
from moodspeaker.player.rows import merge_changes, read_status, read_stickers, read_track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractAsyncContextManager

    from moodspeaker.player.rows import Row
    from moodspeaker.types import PlayerStatus, QueuedSong, Track

SUBSYSTEMS = ("database", "player", "playlist", "mixer", "options")
REPLACED = "\N{REPLACEMENT CHARACTER}"
"""What stands for bytes that are no text."""
MOOD_STICKERS = ("mood", "moods")
STATUS_TRIES = 5


@dataclass(frozen=True, slots=True)
class MpdSettings:
    """Where MPD is. `host` may be the path of a unix socket, or `@name` for an abstract one.

    `timeout_s` limits connecting and every single answer, in seconds.
    """

    host: str = "127.0.0.1"
    port: int = 6600
    password: str | None = None
    timeout_s: float = 5.0

    @property
    def peer(self) -> str:
        """For messages."""
        local = self.host.startswith("@") or "/" in self.host
        return self.host if local else f"{self.host}:{self.port}"


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


class MpdPlayer:
    """A `Player`. Commands go out one at a time, so that each time limit is one answer's own.

    A call that ran past its limit or was cancelled drops the connection: its answer would
    otherwise be taken for the next one's.
    """

    def __init__(self, client: QuietClient, settings: MpdSettings) -> None:
        self._client = client
        self._settings = settings
        self._turn = asyncio.Lock()
        self._queue: tuple[QueuedSong, ...] = ()
        self._version = ""

    async def open(self) -> None:
        """Raises PlayerLost, or PlayerDenied for a wrong password and for a missing one."""
        async with self._exchange():
            await self._client.connect(self._settings.host, self._settings.port)
        if self._settings.password is not None:
            await self._ask("password", self._settings.password)
        await self._ask("status")

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
        """The database, with moods from a Mood tag and from the stickers, where MPD has those.

        Without files whose names are not UTF-8: MPD could not be asked to play them.
        """
        rows = await self._rows("listallinfo")
        stickers: dict[str, tuple[str, ...]] = {}
        for name in MOOD_STICKERS:
            for uri, words in read_stickers(await self._stickers(name)):
                stickers[uri] = (*stickers.get(uri, ()), *words)
        with self._translated():
            return tuple(
                read_track(row, stickers.get(str(row["file"]), ()))
                for row in rows
                if REPLACED not in str(row.get("file", REPLACED))
            )

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

    async def label(self, uri: str, name: str, value: str) -> None:
        """Raises PlayerRefused where MPD has no sticker_file."""
        if "=" in name:
            raise PlayerRefused(f"sticker name {name!r} holds =, which MPD reads back wrongly")
        await self._ask("sticker_set", "song", uri, name, value)

    async def changes(self) -> AsyncIterator[frozenset[str]]:
        """Has no time limit, so a frozen MPD shows only at the next command.

        Changes from before an iteration are kept by MPD and told at once.
        """
        yield frozenset()
        with self._translated():
            async with aclosing(self._client.idle(SUBSYSTEMS)) as idle:
                async for changed in idle:
                    if changed:
                        yield frozenset(changed)

    async def _read_queue(self, status: Row) -> None:
        changed = await self._rows("plchanges", self._version or "0")
        with self._translated():
            length = int(str(status["playlistlength"]))
            self._queue = merge_changes(self._queue, changed, length)
            self._version = str(status["playlist"])

    async def _stickers(self, name: str) -> list[Row]:
        try:
            return await self._rows("sticker_find", "song", "", name)
        except (PlayerRefused, PlayerDenied):
            # No sticker_file, or a password without admin: both are the owner's choice.
            return []

    async def _ask(self, command: str, *arguments: object) -> Any:
        refuse_unsafe(command, arguments)
        async with self._exchange():
            return await getattr(self._client, command)(*arguments)

    async def _rows(self, command: str, *arguments: object) -> list[Row]:
        refuse_unsafe(command, arguments)
        rows: list[Row] = []
        async with self._exchange() as limit:
            # Iterated, not awaited: awaiting such a result starts a task nobody could end.
            async for row in getattr(self._client, command)(*arguments):
                rows.append(row)
                limit.reschedule(asyncio.get_running_loop().time() + self._settings.timeout_s)
        return rows

    @asynccontextmanager
    async def _exchange(self) -> AsyncIterator[asyncio.Timeout]:
        async with self._turn:
            with self._translated():
                try:
                    async with asyncio.timeout(self._settings.timeout_s) as limit, no_lost_cancel():
                        yield limit
                except TimeoutError as error:
                    raise TimeoutError(f"no answer in {self._settings.timeout_s:g} s") from error
                except asyncio.CancelledError:
                    self._client.disconnect()
                    raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except BROKEN as error:
            ours = translate(error, self._settings.peer)
            if isinstance(ours, PlayerLost):
                self._client.disconnect()
            raise ours from error


@asynccontextmanager
async def no_lost_cancel() -> AsyncIterator[None]:
    """Raises a cancellation that the block swallowed.

    The library's wait for the greeting does: up to Python 3.11, asyncio.wait_for loses one that
    arrives together with the result, and a task that was told to end would live on.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    yield
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
