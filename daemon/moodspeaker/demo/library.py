"""Fills the private MPD: waits for its first update, then sets the mood stickers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from moodspeaker.demo.music import TRACKS_PER_MOOD
from moodspeaker.demo.servers import HOST
from moodspeaker.errors import MoodspeakerError
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from moodspeaker.ports import Player
    from moodspeaker.types import Track

UPDATE_LIMIT_S = 60.0
TRACKS = TRACKS_PER_MOOD * len(Emotion)


async def stock(port: int) -> None:
    """MPD reads the folder by itself at its first start. Raises MoodspeakerError."""
    async with MpdConnector(MpdSettings(HOST, port, None, 10.0))() as player:
        for track in await all_tracks(player):
            await player.label(track.uri, "mood", track.uri.split("/")[0])


async def all_tracks(player: Player) -> tuple[Track, ...]:
    """Every track, once MPD has found them all."""
    tracks: tuple[Track, ...] = ()
    try:
        async with asyncio.timeout(UPDATE_LIMIT_S):
            while len(tracks := await player.tracks()) < TRACKS:
                await asyncio.sleep(0.1)
    except TimeoutError as error:
        raise MoodspeakerError(
            f"MPD found {len(tracks)} of the demo's {TRACKS} tracks", "delete ~/.cache/moodspeaker"
        ) from error
    return tracks
