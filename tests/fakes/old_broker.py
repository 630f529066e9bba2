"""Stands before a real broker and refuses MQTT 5, as old ones do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import StrEnum

from fakes.broker_bench import pump
from moodspeaker.demo.servers import HOST

UNACCEPTABLE = b"\x20\x02\x00\x01"


class Manner(StrEnum):
    """How MQTT 5 is refused."""

    SAYS_SO = "a CONNACK of 3.1.1 with code 1"
    HANGS_UP = "closes the connection"


class OldBroker:
    """`levels` holds the protocol level of every CONNECT that came, 5 or 4."""

    def __init__(self, target: int, manner: Manner) -> None:
        self._target = target
        self._manner = manner
        self._server: asyncio.Server | None = None
        self.levels: list[int] = []
        self.port = 0

    async def start(self) -> None:
        """Listens on a free port."""
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listens no more."""
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connect = await reader.read(65536)
        level = connect[connect.index(b"MQTT") + 4]
        self.levels.append(level)
        if level == 5:
            if self._manner is Manner.SAYS_SO:
                writer.write(UNACCEPTABLE)
            writer.close()
            return
        back, forth = await asyncio.open_connection(HOST, self._target)
        forth.write(connect)
        with suppress(ConnectionError):
            await asyncio.gather(pump(reader, forth), pump(back, writer))
