"""What the service says on its control socket, and what it answers there."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

AGAIN_S = 0.1
ANSWER_LIMIT_S = 30.0
LINE_BYTES = 2**20
CHUNK_BYTES = 2**16


class Onlooker:
    """`newest` holds the last message of each topic; it connects again for as long as it runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.newest: dict[str, Any] = {}

    @property
    def state(self) -> dict[str, Any]:
        """Empty before the first."""
        state: dict[str, Any] = self.newest.get("state", {})
        return state

    async def run(self) -> None:
        """For ever."""
        while True:
            with suppress(OSError):
                await self._watch()
            await asyncio.sleep(AGAIN_S)

    async def ctl(self, entity: str, payload: str = "PRESS") -> dict[str, Any]:
        """Does a command; the answer. Raises OSError, or TimeoutError where none comes."""
        request = json.dumps({"entity": entity, "payload": payload}).encode() + b"\n"
        async with asyncio.timeout(ANSWER_LIMIT_S):
            line = await self._asked(request)
        if not line.endswith(b"\n"):
            raise ConnectionResetError("no answer")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def _asked(self, request: bytes) -> bytes:
        loop, line = asyncio.get_running_loop(), b""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.setblocking(False)
            await loop.sock_connect(connection, str(self.path))
            # It may have refused us and hung up by now; what it said of that waits to be read.
            with suppress(BrokenPipeError):
                await loop.sock_sendall(connection, request)
            while not line.endswith(b"\n"):
                more = await loop.sock_recv(connection, CHUNK_BYTES)
                if not more:
                    break
                line += more
        return line

    async def _watch(self) -> None:
        reader, writer = await asyncio.open_unix_connection(str(self.path), limit=LINE_BYTES)
        try:
            writer.write(b'{"watch": true}\n')
            while line := await reader.readline():
                self.newest.update(json.loads(line))
        finally:
            writer.transport.abort()
