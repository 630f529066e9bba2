"""Connections to a real MPD whose commands are noted."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from moodspeaker.player.mpd import MpdConnector

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from moodspeaker.player.mpd import MpdPlayer, MpdSettings


class Overheard:
    """A connector. `said` are the commands as they went out, without those of connecting."""

    def __init__(self, settings: MpdSettings) -> None:
        self._connect = MpdConnector(settings)
        self.said: list[str] = []

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[MpdPlayer]:
        """One connection."""
        async with self._connect() as player:
            client = player._client
            write = client._write_command

            def overhear(command: str, args: tuple[object, ...] = ()) -> None:
                self.said.append(" ".join(map(str, (command, *args))))
                write(command, args)

            client._write_command = overhear
            yield player

    def count(self, command: str) -> int:
        """How often a command that begins so went out."""
        return sum(said.startswith(command) for said in self.said)
