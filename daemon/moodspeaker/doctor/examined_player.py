"""A connection to MPD that also asks what a speaker never needs to know."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.app.factories import read_secret
from moodspeaker.app.parts import credential
from moodspeaker.doctor.credentials import with_credentials
from moodspeaker.errors import PlayerDenied, PlayerRefused
from moodspeaker.player.client import QuietClient
from moodspeaker.player.mpd import MpdPlayer, MpdSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from moodspeaker.config.schema import MpdSection
    from moodspeaker.player.rows import Row


@dataclass(frozen=True, slots=True)
class Output:
    """An audio output; `plugin` is its type in mpd.conf."""

    name: str
    plugin: str
    enabled: bool


class ExaminedPlayer(MpdPlayer):
    """Changes nothing by itself. Every call raises PlayerLost, and PlayerRefused where told."""

    @property
    def version(self) -> str:
        """Of the protocol, as `0.23.5`; near the program's own."""
        return str(self._client.mpd_version)

    async def row(self, command: str) -> Row:
        """What `status` or `stats` says, as it comes. Raises PlayerRefused."""
        return dict(await self._ask(command))

    async def permitted(self) -> frozenset[str]:
        """The commands that our password lets us give. Raises PlayerRefused."""
        return frozenset(map(str, await self._ask("commands")))

    async def outputs(self) -> tuple[Output, ...]:
        """Those of our partition. Raises PlayerRefused."""
        return tuple(map(read_output, await self._ask("outputs")))

    async def music_directory(self) -> str | None:
        """None where MPD does not tell: it does on its unix socket alone."""
        try:
            return str(await self._ask("config"))
        except (PlayerDenied, PlayerRefused):
            return None

    async def files(self) -> tuple[str, ...]:
        """The uri of every file in the database; none that is no UTF-8. Raises PlayerRefused."""
        uris = await self._each(lambda row: str(row.get("file", "")), "listall")
        return tuple(uri for uri in uris if uri and "\N{REPLACEMENT CHARACTER}" not in uri)

    async def keeps_playlists(self) -> bool:
        """Whether MPD has a playlist_directory."""
        try:
            await self._ask("listplaylists")
        except PlayerRefused:
            return False
        return True


def read_output(row: Row) -> Output:
    """A row of `outputs`. MPD before 0.20 tells no plugin."""
    enabled = row.get("outputenabled") == "1"
    return Output(str(row.get("outputname", "")), str(row.get("plugin", "")), enabled)


def settings_of(section: MpdSection) -> MpdSettings:
    """Raises MoodspeakerError for a password file or credential that cannot be read."""
    section = with_credentials(section, "mpd")
    password = read_secret(credential(section.password_file), "mpd.password_file")
    return MpdSettings(section.host, section.port, password, section.timeout_s, section.partition)


@asynccontextmanager
async def connected(settings: MpdSettings) -> AsyncIterator[ExaminedPlayer]:
    """Raises PlayerLost or PlayerDenied."""
    client = QuietClient()
    player = ExaminedPlayer(client, settings)
    try:
        await player.open()
        yield player
    finally:
        await client.aclose()
