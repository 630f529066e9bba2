"""The player in memory and a real MPD, as one kind of bench: started, stopped and frozen alike."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fakes.memory import in_memory
from fakes.player import FakeMpd
from moodspeaker.demo.servers import private_mpd
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.types import Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from moodspeaker.player.mpd import MpdPlayer
    from moodspeaker.ports import Player

LIMIT_S = 30.0
FROZEN_LIMIT_S = 2.0
TONE_S = 20
"""Longer than this machine stands still: a song that is to be playing is not over by itself."""
SECRET = "secret"
TRACKS = tuple(
    Track(f"{name}.ogg", f"Title {name}", "One, Two", "Tones", genre="Rock;Pop", year=1971)
    for name in ("a", "b", "ü'\"x")
)
A, B, ODD = (track.uri for track in TRACKS)
PASSWORD = 'password "secret@read,add,control,admin"\ndefault_permissions ""\n'


class FakeBench:
    """The player in memory."""

    def __init__(self) -> None:
        self.server = FakeMpd(TRACKS)

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        self.server.down = True
        self.server.cut()

    def connect(
        self, password: str | None = SECRET, limit_s: float = LIMIT_S
    ) -> AbstractAsyncContextManager:
        self.server.denied = password != SECRET
        self.server.timeout_s = min(limit_s, 0.05)
        return self.server.connect()

    def hurry(self, player: Player) -> None:
        """It is impatient as it is."""

    def freeze(self, on: bool) -> None:
        self.server.frozen = on

    async def without_stickers(self) -> None:
        self.server.sticker_file = False


class MpdBench:
    """A real MPD with a password, over three short tones."""

    def __init__(self, folder: Path, music: Path) -> None:
        self.folder = in_memory(folder)
        self.music = music
        self.server = private_mpd(folder, music)
        self.conf = folder / "mpd.conf"
        self.conf.write_text(
            self.conf.read_text() + PASSWORD + f'bind_to_address "{folder}/mpd.sock"\n'
        )

    async def start(self) -> None:
        await self.server.start()
        await self.update()

    async def stop(self) -> None:
        self.freeze(False)
        await self.server.stop()

    async def without_stickers(self) -> None:
        await self.without("sticker_file")

    async def without(self, setting: str) -> None:
        """Starts again without that line of its configuration."""
        await self.stop()
        lines = self.conf.read_text().splitlines(keepends=True)
        self.conf.write_text("".join(x for x in lines if not x.strip().startswith(setting)))
        await self.server.start()

    async def update(self) -> None:
        async with self.connect() as player, asyncio.timeout(LIMIT_S):
            await player._ask("update")
            while "updating_db" in await player._ask("status"):
                await asyncio.sleep(0.02)

    def settings(self, password: str | None = SECRET, limit_s: float = LIMIT_S) -> MpdSettings:
        return MpdSettings("127.0.0.1", self.server.port, password, limit_s)

    def connect(
        self, password: str | None = SECRET, limit_s: float = LIMIT_S
    ) -> AbstractAsyncContextManager:
        return MpdConnector(self.settings(password, limit_s))()

    def hurry(self, player: MpdPlayer) -> None:
        """From now on each answer has `FROZEN_LIMIT_S`; connecting was not to be cut short."""
        player._settings = self.settings(limit_s=FROZEN_LIMIT_S)

    def freeze(self, on: bool) -> None:
        if self.server.running:
            self.server.process.send_signal(signal.SIGSTOP if on else signal.SIGCONT)


Bench = FakeBench | MpdBench


@asynccontextmanager
async def started(bench: Bench) -> AsyncIterator[Bench]:
    try:
        await bench.start()
        yield bench
    finally:
        await bench.stop()
