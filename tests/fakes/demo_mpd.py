"""A real MPD that has read the demo's tracks or others, and a person's client of it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mpd.asyncio import MPDClient

from fakes.memory import in_memory
from moodspeaker.demo.music import demo_music
from moodspeaker.demo.servers import HOST, private_mpd

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def demo_mpd(folder: Path, music: Path | None = None) -> AsyncIterator[tuple[MPDClient, int]]:
    """(The client, the port); both are gone afterwards. `music` None: the demo's."""
    server = private_mpd(in_memory(folder / "mpd"), music or demo_music(print))
    await server.start()
    person = MPDClient()
    try:
        await person.connect(HOST, server.port)
        await person.update()
        while "updating_db" in await person.status():
            await asyncio.sleep(0.05)
        yield person, server.port
    finally:
        person.disconnect()
        await server.stop()
