"""One connection to MPD: commands under a time limit, and errors of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from moodspeaker.errors import PlayerDenied, PlayerLost, PlayerRefused
from moodspeaker.player.client import (
    BROKEN,
    TURN_LINES,
    NoSuchThing,
    QuietClient,
    refuse_unsafe,
    translate,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from moodspeaker.player.rows import Row

T = TypeVar("T")
TAGS_READ = frozenset({"artist", "album", "title", "genre", "date", "originaldate", "mood"})
"""MPD tells no others on our connections: that is half the time of a listing."""


@dataclass(frozen=True, slots=True)
class MpdSettings:
    """Where MPD is. `host` may be the path of a unix socket, or `@name` for an abstract one.

    `timeout_s` limits connecting and every single answer, in seconds. `partition` is one that is
    there already; None stays in MPD's default one.
    """

    host: str = "127.0.0.1"
    port: int = 6600
    password: str | None = None
    timeout_s: float = 5.0
    partition: str | None = None

    @property
    def peer(self) -> str:
        """For messages."""
        local = self.host.startswith("@") or "/" in self.host
        return self.host if local else f"{self.host}:{self.port}"


class MpdConnection:
    """Commands go out one at a time, so that each time limit is one answer's own.

    A call that ran past its limit or was cancelled drops the connection: its answer would
    otherwise be taken for the next one's.
    """

    def __init__(self, client: QuietClient, settings: MpdSettings) -> None:
        self._client = client
        self._settings = settings
        self._turn = asyncio.Lock()
        self._lost_by: str | None = None

    async def open(self) -> None:
        """Raises PlayerLost, or PlayerDenied: wrong or missing password, unknown partition."""
        async with self._exchange():
            await self._client.connect(self._settings.host, self._settings.port)
        if self._settings.password is not None:
            await self._ask("password", self._settings.password)
        await self._ask("status")
        if self._settings.partition is not None:
            await self._enter(self._settings.partition)
        await self._listen_to_less()

    async def _enter(self, partition: str) -> None:
        try:
            await self._ask("partition", partition)
        except NoSuchThing as error:
            what = f"MPD at {self._settings.peer} has no partition {partition!r}"
            remedy = (
                f"make it with MPD's command `newpartition {partition}`, or unset mpd.partition"
            )
            raise PlayerDenied(what, remedy) from error

    async def _listen_to_less(self) -> None:
        try:
            told = {str(tag) for tag in await self._ask("tagtypes")}
            unread = sorted(tag for tag in told if tag.lower() not in TAGS_READ)
            if unread:
                await self._ask("tagtypes", "disable", *unread)
        except PlayerRefused:
            # Older than 0.21: it tells everything, which only takes longer.
            return

    async def _ask(self, command: str, *arguments: object) -> Any:
        refuse_unsafe(command, arguments)
        async with self._exchange():
            answer = await getattr(self._client, command)(*arguments)
            # The library reads some lists only when they are looked at.
            return tuple(answer) if isinstance(answer, Iterator) else answer

    async def _each(self, read: Callable[[Row], T], command: str, *arguments: object) -> list[T]:
        """What `read` makes of every row; no row is kept, for there may be 20,000."""
        refuse_unsafe(command, arguments)
        found: list[T] = []
        async with self._exchange() as limit:
            # Iterated, not awaited: awaiting such a result starts a task nobody could end.
            async for row in getattr(self._client, command)(*arguments):
                found.append(read(row))
                if len(found) % TURN_LINES == 0:
                    limit.reschedule(asyncio.get_running_loop().time() + self._settings.timeout_s)
        return found

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
                # Whoever else waits is told by the library only that it is over; this is why.
                self._lost_by = self._lost_by or ours.what
                ours = PlayerLost(self._lost_by, ours.remedy)
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
