"""MPD: whether it can be reached, what it lets us do, and whether anything could be heard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moodspeaker.doctor.examined_player import connected, settings_of
from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.doctor.players_music import (
    examine_folder,
    examine_playlists,
    examine_songs,
    examine_stickers,
)
from moodspeaker.doctor.players_reach import SOCKETS, unreachable
from moodspeaker.doctor.players_sound import examine_error, examine_outputs, examine_volume
from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from moodspeaker.config.schema import Config
    from moodspeaker.doctor.examined_player import ExaminedPlayer
    from moodspeaker.doctor.finding import Finding

OLDEST = (0, 21)
"""The first that can be asked for few tags, which is half the time of a listing."""
READING = ("idle", "listallinfo", "listplaylist", "outputs", "plchanges", "stats", "status")
QUEUEING = ("addid", "crossfade", "deleteid", "next", "pause", "play", "playid", "setvol")
NEEDED = frozenset((*READING, *QUEUEING))
"""What the service asks of MPD. Stickers and stored playlists are looked at by themselves."""


async def examine_players(
    config: Config, sockets: tuple[str, ...] = SOCKETS
) -> AsyncIterator[Finding]:
    """`sockets` are where MPD may be found instead, on this machine."""
    try:
        settings = settings_of(config.mpd)
    except MoodspeakerError as error:
        remedy = "write MPD's password there, readable by the service, or unset mpd.password_file"
        yield wrong(
            "mpd",
            f"no password: {error.what}",
            f"{remedy} (sudo chown root:moodspeaker, chmod 640)",
        )
        return
    try:
        async with connected(settings) as player:
            yield reached(player, settings.peer)
            async for finding in examine_connected(player, config):
                yield finding
    except MoodspeakerError as error:
        yield await unreachable(error, settings, sockets)


async def examine_connected(player: ExaminedPlayer, config: Config) -> AsyncIterator[Finding]:
    """Raises PlayerLost and PlayerDenied."""
    rights = examine_rights(await player.permitted(), config)
    yield rights
    if not rights.ok:
        # What is denied would only be told again as something else that is wrong.
        return
    yield await examine_outputs(player, config.mpd.partition)
    yield await examine_volume(player, config.music)
    yield await examine_error(player)
    yield await examine_songs(player)
    yield await examine_folder(player, config.library)
    yield await examine_stickers(player, config.library)
    yield await examine_playlists(player, config)


def reached(player: ExaminedPlayer, peer: str) -> Finding:
    """It speaks, and it is new enough."""
    if version_of(player.version) >= OLDEST:
        return fine("mpd", f"{player.version} at {peer}")
    oldest = ".".join(map(str, OLDEST))
    return wrong(
        "mpd",
        f"MPD at {peer} is too old: {player.version}, {oldest} is the oldest that is known to do",
        "sudo apt install mpd, or a newer system (Debian 12 has 0.23)",
    )


def version_of(text: str) -> tuple[int, ...]:
    """`0.23.5` as numbers; () for what is no version."""
    return tuple(map(int, re.findall(r"\d+", text)))


def examine_rights(permitted: frozenset[str], config: Config) -> Finding:
    """Whether the password, or none, grants what the service asks of MPD."""
    missing = NEEDED - permitted
    if not missing:
        return fine("mpd rights", "we may do all that the service needs")
    some = ", ".join(sorted(missing)[:4])
    line = 'default_permissions "read,add,control,admin", or a password and mpd.password_file'
    if config.mpd.password_file:
        line = 'password "...@read,add,control,admin"'
    return wrong(
        "mpd rights",
        f"MPD permits us too little: {some} and {len(missing)} commands in all are denied",
        f"in /etc/mpd.conf: {line}; then sudo systemctl restart mpd",
    )
