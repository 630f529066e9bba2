"""How python-mpd2's client ends."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

from moodspeaker.demo.servers import HOST
from moodspeaker.player.client import QuietClient

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

LIMIT_S = 30.0
TURNS = 5
"""After these the library waits for commands."""


async def test_a_connection_that_ends_while_a_command_is_taken_up_leaves_no_traceback() -> None:
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    server = await asyncio.start_server(greet, HOST, 0)
    client = QuietClient()
    async with asyncio.timeout(LIMIT_S):
        await client.connect(HOST, server.sockets[0].getsockname()[1])
        task = client._MPDClient__run_task
        for _ in range(TURNS):
            await asyncio.sleep(0)
        answer = client.status()
        client.disconnect()
        await asyncio.wait({task})
    server.close()
    del task, answer
    gc.collect()
    assert told == []


async def greet(_: StreamReader, writer: StreamWriter) -> None:
    """As MPD does; nothing more is said."""
    writer.write(b"OK MPD 0.23.5\n")
