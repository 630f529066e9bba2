"""A TCP proxy that stands between the service and a server, and behaves as badly as networks do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from moodspeaker.demo.servers import HOST, free_port

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

CHUNK_BYTES = 65536


class Line:
    """One connection through the proxy; a silent one takes bytes and passes none on."""

    def __init__(self, client: StreamWriter) -> None:
        self.ends = [client]
        self.silent = False

    def cut(self) -> None:
        """Both ends, without a goodbye."""
        for end in self.ends:
            end.transport.abort()


class Proxy:
    """Passes a port of its own on to `target`.

    `delay_s` holds every piece back for so long. `instead` is said to whoever connects, who then
    gets no more. `cut_after_bytes` ends a connection once the server has said so much, and
    `cut_after_first` once it has said anything.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.accepted = 0
        self.delay_s = 0.0
        self.instead: bytes | None = None
        self.cut_after_bytes: int | None = None
        self.cut_after_first = False
        self._silent = False
        self._lines: set[Line] = set()
        self._server: asyncio.Server | None = None

    @property
    def connected(self) -> int:
        """How many connections there are now."""
        return len(self._lines)

    async def accept(self) -> None:
        """Listens."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port)

    async def refuse(self) -> None:
        """Listens no more, and cuts whoever is connected."""
        if self._server is not None:
            self._server.close()
        self._server = None
        self.cut()

    def cut(self) -> None:
        """Ends every connection; new ones are welcome."""
        for line in tuple(self._lines):
            line.cut()

    def go_silent(self) -> None:
        """Connections stay open, and nothing passes any more."""
        self._silent = True
        for line in self._lines:
            line.silent = True

    def heal(self) -> None:
        """New connections pass; a silent one stays silent, as behind a router that forgot it."""
        self._silent = False
        self.delay_s, self.instead = 0.0, None
        self.cut_after_bytes, self.cut_after_first = None, False

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.accepted += 1
        line = Line(writer)
        line.silent = self._silent
        self._lines.add(line)
        try:
            if self.instead is not None:
                writer.write(self.instead)
                await reader.read(-1)
            else:
                await self._pass_on(line, reader, writer)
        except OSError:
            pass
        finally:
            line.cut()
            self._lines.discard(line)

    async def _pass_on(self, line: Line, reader: StreamReader, writer: StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(HOST, self.target)
        line.ends.append(to_server)
        there = asyncio.create_task(self._pump(line, reader, to_server))
        most = 1 if self.cut_after_first else self.cut_after_bytes
        back = asyncio.create_task(self._pump(line, from_server, writer, most))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (there, back):
                task.cancel()
            await asyncio.gather(there, back, return_exceptions=True)

    async def _pump(
        self, line: Line, source: StreamReader, sink: StreamWriter, most: int | None = None
    ) -> None:
        passed = 0
        with suppress(OSError):
            while piece := await source.read(CHUNK_BYTES):
                if line.silent:
                    continue
                await asyncio.sleep(self.delay_s)
                exact = most is not None and not self.cut_after_first
                sink.write(piece[: most - passed] if exact and most is not None else piece)
                await sink.drain()
                passed += len(piece)
                if most is not None and passed >= most:
                    return
