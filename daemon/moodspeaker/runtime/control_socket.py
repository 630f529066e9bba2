"""The service's control socket: commands and a live view for programs on the same machine."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, TypeAlias

from moodspeaker.errors import MoodspeakerError
from moodspeaker.runtime.control_listener import listening
from moodspeaker.runtime.control_request import RequestRefused, Watching, read_request

if TYPE_CHECKING:
    import socket
    from asyncio import StreamReader, StreamWriter
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from pathlib import Path

log = logging.getLogger(__name__)

LONGEST_LINE_BYTES = 64 * 1024
MOST_CLIENTS = 16
UNREAD_LIMIT_S = 5.0
"""How long a client may leave what it is sent unread."""
IDLE_LIMIT_S = 60.0
"""How long a client may say nothing, unless it watches."""
FAREWELL_LIMIT_S = 0.3
Told: TypeAlias = tuple[tuple[str, bytes], ...]
"""(topic, JSON) of what is told together."""


class ControlServer:
    """Takes a JSON object a line and gives one a line; see docs/control.md.

    `answer` does a command (entity, payload) and gives the JSON that says how it went; it has a
    time limit of its own. `subscribe` gives everything there is, then what changes.
    """

    def __init__(
        self,
        path: Path,
        answer: Callable[[str, bytes], Awaitable[bytes]],
        subscribe: Callable[[], AsyncGenerator[Told, None]],
    ) -> None:
        self.path = path
        self._answer = answer
        self._subscribe = subscribe
        self._clients = 0
        self._open: set[StreamWriter] = set()
        self._ending = False
        self.settled = asyncio.Event()
        """Set once it listens, or cannot."""

    async def run(self) -> None:
        """Serves until it is cancelled; ends at once, and says why, where it cannot listen."""
        try:
            with listening(self.path) as listener:
                await self._serve(listener)
        except MoodspeakerError as error:
            log.warning("no control socket, so no `moodspeaker ctl` and `watch`: %s", error)
        finally:
            self.settled.set()

    async def _serve(self, listener: socket.socket) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                await self._listen(listener, group)
        finally:
            # A task that is cancelled before its first turn never sees its own `finally`.
            for writer in self._open:
                writer.transport.abort()

    async def _listen(self, listener: socket.socket, group: asyncio.TaskGroup) -> None:
        def connected(reader: StreamReader, writer: StreamWriter) -> None:
            if self._ending:
                # Accepted before we closed, and told to us after it.
                writer.transport.abort()
                return
            self._open.add(writer)
            group.create_task(self._client(reader, writer), name="control-client")

        server = await asyncio.start_unix_server(connected, sock=listener, limit=LONGEST_LINE_BYTES)
        log.info("control socket %s", self.path)
        self.settled.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._ending = True
            server.close()

    async def _client(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._clients += 1
        try:
            if self._clients > MOST_CLIENTS:
                await send(writer, refusal(f"{MOST_CLIENTS} clients are connected already"))
            else:
                await self._talk(reader, writer)
        except RequestRefused as refused:
            with suppress(OSError, TimeoutError):
                await send(writer, refusal(str(refused)))
        except (OSError, TimeoutError) as error:
            log.debug("a client of the control socket is gone: %s", error)
        finally:
            self._clients -= 1
            await part(writer)
            self._open.discard(writer)

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Line by line until the client leaves. Raises RequestRefused, OSError, TimeoutError."""
        while line := await next_line(reader):
            request = read_request(line)
            if isinstance(request, Watching):
                await self._show(reader, writer)
                return
            await send(writer, await self._answer(request.entity, request.payload))

    async def _show(self, reader: StreamReader, writer: StreamWriter) -> None:
        """All that changes, until the client leaves or says anything more."""
        stream = asyncio.create_task(self._stream(writer))
        leaving = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait({stream, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (stream, leaving):
                task.cancel()
            ended = await asyncio.gather(stream, leaving, return_exceptions=True)
        for result in ended:
            if isinstance(result, Exception):
                raise result

    async def _stream(self, writer: StreamWriter) -> None:
        async with aclosing(self._subscribe()) as news:
            async for told in news:
                # In one piece: whoever has its first line has all that was known.
                lines = (b'{"%s":%s}' % (topic.encode(), payload) for topic, payload in told)
                await send(writer, b"\n".join(lines))


async def next_line(reader: StreamReader) -> bytes:
    """With its end; empty when the client has left. Raises RequestRefused, TimeoutError."""
    try:
        async with asyncio.timeout(IDLE_LIMIT_S):
            return await reader.readline()
    except ValueError:
        raise RequestRefused(f"a line may have {LONGEST_LINE_BYTES} bytes") from None


async def send(writer: StreamWriter, content: bytes) -> None:
    """A line, or some. Raises OSError, and TimeoutError where the client does not read."""
    writer.write(content + b"\n")
    async with asyncio.timeout(UNREAD_LIMIT_S):
        await writer.drain()


def refusal(error: str) -> bytes:
    """The answer to what is no command, in the shape of every answer."""
    return json.dumps({"entity": None, "ok": False, "error": error}).encode()


async def part(writer: StreamWriter) -> None:
    """Lets the client read what was sent, for a moment, and closes."""
    writer.close()
    try:
        async with asyncio.timeout(FAREWELL_LIMIT_S):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        return
    finally:
        writer.transport.abort()
