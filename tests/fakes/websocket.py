"""A WebSocket client for text, as far as a test that talks to a server on loopback needs one."""

from __future__ import annotations

import asyncio
from typing import Self

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
LAST, MASKED = 0x80, 0x80
NO_MASK = bytes(4)  # a mask of zeros changes nothing; a client has to send one


class WebSocket:
    """One connection: whole texts out and in. Raises ConnectionError once it is closed."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, host: str, port: int, path: str) -> Self:
        """Raises OSError, a ConnectionError too where the server wants none."""
        reader, writer = await asyncio.open_connection(host, port, limit=2**20)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: bW9vZHNwZWFrZXItdGVzdA==\r\n\r\n".encode()
        )
        try:
            answer = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            answer = b""
        if b" 101 " not in answer.split(b"\r\n")[0]:
            writer.close()
            raise ConnectionError("the server speaks no WebSocket there")
        return cls(reader, writer)

    async def send(self, text: str) -> None:
        """One text."""
        await self._frame(TEXT, text.encode())

    async def receive(self) -> str:
        """The next text; pings are answered on the way."""
        parts = b""
        while True:
            first, payload = await self._read()
            if first & 0xF == CLOSE:
                raise ConnectionError("the server closed the WebSocket")
            if first & 0xF == PING:
                await self._frame(PONG, payload)
            elif first & 0xF != PONG:
                parts += payload
                if first & LAST:
                    return parts.decode()

    def close(self) -> None:
        """Hangs up without a goodbye."""
        self._writer.close()

    async def _frame(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        if size < 126:
            length = bytes([MASKED | size])
        else:
            length = bytes([MASKED | 126]) + size.to_bytes(2, "big")
        self._writer.write(bytes([LAST | kind]) + length + NO_MASK + payload)
        await self._writer.drain()

    async def _read(self) -> tuple[int, bytes]:
        try:
            first, size = await self._reader.readexactly(2)
            if size >= 126:
                more = await self._reader.readexactly(2 if size == 126 else 8)
                size = int.from_bytes(more, "big")
            return first, await self._reader.readexactly(size)
        except asyncio.IncompleteReadError:
            raise ConnectionError("the server is gone") from None
