"""A control server on a socket of its own, and clients that talk to it raw."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from moodspeaker.app.control import Board, answer
from moodspeaker.runtime.control_socket import ControlServer

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import AsyncGenerator, AsyncIterator
    from pathlib import Path

    from moodspeaker.home.commands import Command
    from moodspeaker.runtime.control_socket import Told

LIMIT_S = 30.0


class ControlBench:
    """The server with the service's own parser; commands go nowhere but into `commands`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "c.sock"
        self.board = Board(pause_s=0)
        self.commands: list[Command] = []
        self.refusal: Exception | None = None
        self.busy = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.server = ControlServer(self.path, partial(answer, self.handle), self.subscribe)

    def subscribe(self) -> AsyncGenerator[Told, None]:
        """The board's news; a test may put another board in its place."""
        return self.board.subscribe()

    async def handle(self, command: Command) -> None:
        """Notes it once the gate is open."""
        self.busy.set()
        await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        self.commands.append(command)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The server, ended afterwards; an error of its own comes out of it."""
        async with asyncio.timeout(LIMIT_S), asyncio.TaskGroup() as group:
            task = group.create_task(self.server.run())
            while not self.path.exists():
                await asyncio.sleep(0)
            yield
            task.cancel()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """Connected, and gone afterwards."""
        reader, writer = await connected(self.path)
        try:
            yield Client(reader, writer)
        finally:
            writer.transport.abort()


class Client:
    """Says bytes and reads lines."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, line: bytes) -> None:
        """As it is."""
        self.writer.write(line)

    async def ask(self, request: object) -> Any:
        """The answer to one request."""
        self.say(json.dumps(request).encode() + b"\n")
        return await self.hear()

    async def hear(self) -> Any:
        """The next line as JSON; None at the end."""
        try:
            line = await self.reader.readline()
        except ConnectionError:
            return None
        return json.loads(line) if line else None


async def connected(path: Path) -> tuple[StreamReader, StreamWriter]:
    """Waits for a server that has bound its socket and does not listen yet."""
    while True:
        try:
            return await asyncio.open_unix_connection(str(path), limit=2**20)
        except ConnectionRefusedError:
            await asyncio.sleep(0)
