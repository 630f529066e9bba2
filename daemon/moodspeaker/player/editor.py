"""The keeper's hands: carries plans out, and knows which songs are ours and what plays."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from moodspeaker.errors import PlayerRefused
from moodspeaker.player.events import Playing, Queued
from moodspeaker.player.ownership import OwnSong, recovered, still_there
from moodspeaker.player.plan import Append, Play, Remove
from moodspeaker.types import NowPlaying, PlayState, Track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from moodspeaker.player.events import PlayerEvent
    from moodspeaker.player.plan import Action
    from moodspeaker.ports import Player
    from moodspeaker.types import Mood, Pick, PlayerStatus, QueuedSong

log = logging.getLogger(__name__)

APPEND_TRIES = 3


class QueueEditor:
    """Remembers across connections what we queued. One call at a time."""

    def __init__(
        self, pick: Callable[[Mood], Pick | None], on_event: Callable[[PlayerEvent], None]
    ) -> None:
        self._pick = pick
        self._on_event = on_event
        self._own: dict[int, OwnSong] = {}
        self._known: dict[str, Track] = {}
        self._now: NowPlaying | None = None

    @property
    def own(self) -> dict[int, Mood]:
        """The moods of our songs in the queue, by song id."""
        return {song_id: song.mood for song_id, song in self._own.items()}

    def know(self, tracks: Iterable[Track]) -> None:
        """The player's database, for titles of songs that are not ours."""
        self._known = {track.uri: track for track in tracks}

    def take_over(self, status: PlayerStatus) -> None:
        """After a new connection: finds our songs again, whatever their ids are now."""
        self._own = recovered(status.queue, self._own)

    async def look(self, player: Player) -> PlayerStatus:
        """The status; forgets our songs that are gone and tells what plays."""
        status = await player.status()
        self._own = still_there(status.queue, self._own)
        self.tell_playing(None if status.state is PlayState.STOP else status.current)
        return status

    def tell_playing(self, song: QueuedSong | None) -> None:
        """Tells it when it is news."""
        now = self._now_playing(song) if song else None
        if now != self._now:
            self._now = now
            self._on_event(Playing(now))

    async def act(self, player: Player, actions: Iterable[Action], wanted: Mood | None) -> bool:
        """Carries a plan out; whether it got as far as playing a song."""
        first: int | None = None
        tried = False
        for action in actions:
            match action:
                case Remove(song_id):
                    await player.remove(song_id)
                    self._own.pop(song_id, None)
                case Play(song_id):
                    tried = True
                    await self._play(player, first if song_id is None else song_id)
                case Append():
                    added = None if wanted is None else await self._append(player, wanted)
                    if added is None:
                        break
                    first = added if first is None else first
        return tried

    async def _play(self, player: Player, song_id: int | None) -> None:
        try:
            await player.play(song_id)
        except PlayerRefused as error:
            # MPD says so of a file that is gone, and has often moved on to the next one already;
            # where it has not, its status tells, and the next plan goes on from there.
            log.info("song %s did not play: %s", song_id, error)

    async def _append(self, player: Player, wanted: Mood) -> int | None:
        for _ in range(APPEND_TRIES):
            pick = self._pick(wanted)
            if pick is None:
                return None
            try:
                song_id = await player.append(pick.track.uri)
            except PlayerRefused as error:
                log.info("%s was not queued: %s", pick.track.uri, error)
                continue
            self._own[song_id] = OwnSong(pick, wanted)
            self._on_event(Queued(pick))
            return song_id
        return None

    def _now_playing(self, song: QueuedSong) -> NowPlaying:
        own = self._own.get(song.song_id)
        if own is not None:
            return NowPlaying(own.pick.track, own.pick)
        return NowPlaying(self._known.get(song.uri, Track(song.uri)))
