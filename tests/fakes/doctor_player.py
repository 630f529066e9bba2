"""A real MPD that a test gives a fault, and what the doctor then says of it."""

from __future__ import annotations

import asyncio
import wave
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fakes.memory import in_memory
from moodspeaker.config.schema import Config
from moodspeaker.demo.servers import HOST, Server, private_mpd
from moodspeaker.doctor.examined_player import connected, settings_of
from moodspeaker.doctor.players import examine_players

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from moodspeaker.doctor.finding import Finding

ANSWER_S, LIMIT_S = 30.0, 90.0
SONGS = ("a.wav", "folder/b ü.wav")
HEARD = 'type "pipe"\ncommand "cat > /dev/null"'


class ExaminedMpd:
    """A real MPD with a unix socket, over two silent songs, and its output into a pipe."""

    def __init__(self, folder: Path, music: Path) -> None:
        self.folder = in_memory(folder)
        self.music = music
        self.server: Server = private_mpd(folder, music)
        self.socket = str(folder / "mpd.sock")
        self.conf = folder / "mpd.conf"
        self.edit(f'type "{self.output}"', HEARD)
        self.add(f'bind_to_address "{self.socket}"\n')
        for uri in SONGS:
            write_song(music / uri)

    @property
    def output(self) -> str:
        """What the private MPD plays into by itself."""
        return "alsa" if 'type "alsa"' in self.conf.read_text() else "null"

    def edit(self, old: str, new: str) -> None:
        """Of its mpd.conf, for the next start."""
        text = self.conf.read_text()
        assert old in text
        self.conf.write_text(text.replace(old, new))

    def add(self, lines: str) -> None:
        """To its mpd.conf, for the next start."""
        self.conf.write_text(self.conf.read_text() + lines)

    def config(self, mpd: dict[str, object] | None = None, **sections: object) -> Config:
        """With a library and a server that are ours, and these keys on top."""
        wanted: dict[str, object] = {
            "mpd": {"host": HOST, "port": self.server.port, "timeout_s": ANSWER_S, **(mpd or {})},
            "library": {"music_dir": str(self.music)},
        }
        return Config.model_validate(wanted | sections)

    async def start(self) -> None:
        """With its songs known."""
        await self.server.start()
        await self.updated()

    async def updated(self) -> None:
        """The database is read anew."""
        async with connected(settings_of(self.config().mpd)) as player, asyncio.timeout(LIMIT_S):
            await player._ask("update")
            while "updating_db" in await player.row("status"):
                await asyncio.sleep(0.02)


def write_song(path: Path) -> None:
    """Ten seconds of silence."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(160_000))


async def findings_on(config: Config, sockets: tuple[str, ...] = ()) -> dict[str, Finding]:
    """By name; every one that is not fine has a remedy."""
    async with asyncio.timeout(LIMIT_S):
        findings = [finding async for finding in examine_players(config, sockets)]
    told = {finding.name: finding for finding in findings}
    assert len(told) == len(findings)
    assert all(finding.ok or finding.remedy for finding in findings)
    return told


@asynccontextmanager
async def examined_mpd(folder: Path, music: Path) -> AsyncIterator[ExaminedMpd]:
    """Not started yet."""
    made = ExaminedMpd(folder, music)
    try:
        yield made
    finally:
        await made.server.stop()
