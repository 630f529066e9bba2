"""MPD's database, its folder as seen from here, and its stickers."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from moodspeaker.app.factories import music_dir
from moodspeaker.app.music_settings import dj_settings
from moodspeaker.doctor.accounts import service_user
from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.doctor.music_folder import compare
from moodspeaker.errors import PlayerRefused

if TYPE_CHECKING:
    from moodspeaker.config.schema import Config, LibrarySection
    from moodspeaker.doctor.examined_player import ExaminedPlayer
    from moodspeaker.doctor.finding import Finding

LOOKED_AT = 50
"""So many files, evenly out of the whole library."""
PROBE = "moodspeaker_doctor"


async def examine_songs(player: ExaminedPlayer) -> Finding:
    """Whether there is anything to play. Raises PlayerError."""
    stats = await player.row("stats")
    songs, updated_s = int(str(stats.get("songs", 0))), int(str(stats.get("db_update", 0)))
    if songs:
        day = time.strftime("%Y-%m-%d", time.localtime(updated_s))
        return fine("mpd library", f"{songs} songs, updated on {day}")
    if "updating_db" in await player.row("status"):
        return wrong("mpd library", "empty: MPD is reading the music just now", "ask again later")
    return wrong(
        "mpd library",
        "MPD knows no song" if updated_s else "MPD has never looked for music",
        "copy music to the music_directory of /etc/mpd.conf, then: mpc update --wait",
    )


async def examine_folder(player: ExaminedPlayer, section: LibrarySection) -> Finding:
    """Whether tags are read where MPD reads. Raises PlayerError."""
    folder = music_dir(section)
    if folder is None:
        return fine("music folder", "library.music_dir is null: no file's tags are read")
    told = await player.music_directory()
    uris = tuple(uri for uri in await player.files() if "://" not in uri)
    some = uris[:: max(1, len(uris) // LOOKED_AT)]
    return await asyncio.to_thread(compare, folder, told, some, service_user())


async def examine_stickers(player: ExaminedPlayer, section: LibrarySection) -> Finding:
    """Whether our labels can be published. Raises PlayerLost."""
    if not (section.stickers or section.write_counts):
        return fine("mpd stickers", "the config wants none")
    if await player.stickers(PROBE) is None:
        return wrong(
            "mpd stickers",
            "MPD keeps no stickers: other players do not see our labels, we not their likes",
            'in /etc/mpd.conf: sticker_file "/var/lib/mpd/sticker.sql", then restart mpd; or'
            " library.stickers: false",
        )
    return await write_sticker(player)


async def examine_playlists(player: ExaminedPlayer, config: Config) -> Finding:
    """Whether our lists can be kept, and those that moods play are there. Raises PlayerLost."""
    name = "mpd playlists"
    wanted = sorted(dj_settings(config.music).playlists)
    if not (config.library.playlists or wanted):
        return fine(name, "the config wants none")
    if not await player.keeps_playlists():
        return wrong(
            name,
            "MPD keeps no stored playlists, which library.playlists or music.custom wants",
            'in /etc/mpd.conf: playlist_directory "/var/lib/mpd/playlists", then restart mpd; or'
            " library.playlists: false",
        )
    absent = [each for each in wanted if await player.playlist(each) is None]
    if absent:
        detail = f"MPD has no playlist {absent[0]!r}, which music.custom plays"
        return wrong(name, detail, "mpc lsplaylists shows its names; mpc save makes one")
    return fine(name, "kept" + (f", and {', '.join(wanted)} there" if wanted else ""))


async def write_sticker(player: ExaminedPlayer) -> Finding:
    """One on one song, which is taken away again. Raises PlayerLost."""
    uri = next((uri for uri in await player.files() if "://" not in uri), None)
    if uri is None:
        return fine("mpd stickers", "kept; without a song none can be tried")
    try:
        await player.label(uri, PROBE, "1")
        await player.unlabel(uri, PROBE)
    except PlayerRefused as error:
        return wrong(
            "mpd stickers",
            f"a sticker cannot be written: {error.what}",
            "is the sticker_file of /etc/mpd.conf writable for the user mpd, the disk not full?",
        )
    return fine("mpd stickers", "kept, and one could be written and taken away")
