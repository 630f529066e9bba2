"""Which songs of the player's queue are ours. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moodspeaker.types import Mood, Pick, QueuedSong


@dataclass(frozen=True, slots=True)
class OwnSong:
    """A song that we queued, and the mood it was queued for."""

    pick: Pick
    mood: Mood


def still_there(queue: Sequence[QueuedSong], own: Mapping[int, OwnSong]) -> dict[int, OwnSong]:
    """Our songs of one connection that are in the queue yet."""
    return {song.song_id: own[song.song_id] for song in queue if is_same(song, own)}


def recovered(queue: Sequence[QueuedSong], own: Mapping[int, OwnSong]) -> dict[int, OwnSong]:
    """Our songs after a new connection, where the player may have numbered its queue anew.

    Songs that kept their number come first, then each other one of ours takes a song of its uri
    from the end of the queue, where we append; so no more songs become ours than we queued.
    """
    found = still_there(queue, own)
    lost = [song for song_id, song in own.items() if song_id not in found]
    for song in reversed(queue):
        match = next((one for one in reversed(lost) if one.pick.track.uri == song.uri), None)
        if song.song_id not in found and match is not None:
            found[song.song_id] = match
            lost.remove(match)
    return found


def is_same(song: QueuedSong, own: Mapping[int, OwnSong]) -> bool:
    """Its number is one of ours, and not by chance."""
    mine = own.get(song.song_id)
    return mine is not None and mine.pick.track.uri == song.uri
