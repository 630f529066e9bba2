"""The keeper's hands: carries plans out, and knows which songs of the queue are ours."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from moodspeaker.errors import PlayerRefused
from moodspeaker.player.events import Dropped, Failed, Queued
from moodspeaker.player.ownership import OwnSong, recovered, still_there
from moodspeaker.player.plan import Append, Play, Remove
from moodspeaker.player.watching import NO_DEEDS, Deeds
from moodspeaker.types import PlayState, QueuedSong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from moodspeaker.player.events import PlayerEvent
    from moodspeaker.player.plan import Action
    from moodspeaker.ports import Player
    from moodspeaker.types import Mood, Pick, PlayerStatus

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
        self._heard: frozenset[int] = frozenset()
        self._given_up: frozenset[int] = frozenset()
        self._tried: frozenset[int] = frozenset()
        self._queue: tuple[QueuedSong, ...] = ()
        self._deeds = NO_DEEDS
        self._blamed: str | None = None

    @property
    def own(self) -> dict[int, Mood]:
        """The moods of our songs in the queue, by song id."""
        return {song_id: song.mood for song_id, song in self._own.items()}

    @property
    def songs(self) -> Mapping[int, OwnSong]:
        """Our songs in the queue, by song id."""
        return self._own

    @property
    def heard(self) -> frozenset[int]:
        """The songs of the queue that have been current, whoever queued them."""
        return self._heard

    def take_over(self, status: PlayerStatus) -> None:
        """After a new connection: finds our songs again, whatever their ids are now."""
        self._queue = status.queue
        self._own = recovered(status.queue, self._own)
        self._given_up = self._tried = frozenset()
        # What was heard before the connection broke is not known any more: give it the doubt.
        self._heard = passed_over(status)
        self._deeds = NO_DEEDS

    def take_in(self, status: PlayerStatus) -> None:
        """Forgets our songs that are gone, and notes what has been current, and what failed."""
        if status.error:
            self.blame(status.error)
        else:
            self._blamed = None
        # The same object where nothing changed: people's queues can be thousands long.
        if status.queue is not self._queue:
            self._queue = status.queue
            before, self._own = self._own, still_there(status.queue, self._own)
            self._give_up(before.keys() - self._own.keys(), before)
            there = {song.song_id for song in status.queue}
            self._heard &= there
            self._given_up &= there
            self._tried &= there
        if status.current is not None and status.state is not PlayState.STOP:
            self._heard |= {status.current.song_id}

    def deeds(self) -> Deeds:
        """What was done since this was last asked."""
        done, self._deeds = self._deeds, NO_DEEDS
        return done

    def blame(self, error: str) -> None:
        """Tells which song of ours an error of the player is about, once each."""
        named = {song.pick.track.uri for song in self._own.values() if song.pick.track.uri in error}
        # Of `a.ogg` and `la.ogg` only the longer one can be meant where both are in the text.
        uri = max(named, key=len, default=None)
        if uri is not None and uri != self._blamed:
            self._blamed = uri
            self._on_event(Failed(uri, error))

    async def act(self, player: Player, actions: Iterable[Action], wanted: Mood | None) -> bool:
        """Carries a plan out; whether it got as far as playing a song."""
        first: int | None = None
        tried = False
        actions = tuple(actions)
        # What is about to go must not count as played when its successor is chosen.
        removed = [action.song_id for action in actions if isinstance(action, Remove)]
        self._give_up(removed, self._own)
        for action in actions:
            match action:
                case Remove(song_id):
                    await self._remove(player, song_id)
                case Play(song_id):
                    tried = True
                    await self._play(player, first if song_id is None else song_id)
                case Append():
                    added = None if wanted is None else await self._append(player, wanted)
                    if added is None:
                        break
                    first = added if first is None else first
        return tried

    async def skip(self, player: Player) -> None:
        """On to the next song, for a person; past one that does not play the next plan goes on."""
        self._note(skipped=True)
        try:
            await player.skip()
        except PlayerRefused as error:
            self.blame(str(error))

    async def go_on(self, player: Player) -> None:
        """Plays whatever is current. Raises PlayerRefused."""
        self._note(started=True)
        await player.play()

    async def _remove(self, player: Player, song_id: int) -> None:
        # The plan is as old as its first action, and a song that has come up meanwhile would be
        # cut: so one more look right before.
        status = await player.status()
        current = status.current
        if status.state is not PlayState.STOP and current and current.song_id == song_id:
            return
        await player.remove(song_id)
        self._own.pop(song_id, None)
        self._note(removed=song_id)

    def _give_up(self, song_ids: Iterable[int], own: Mapping[int, OwnSong]) -> None:
        """Tells, once each, of our songs that nobody will hear, or could."""
        for song_id in song_ids:
            if song_id in own and song_id not in self._heard | self._given_up:
                self._given_up |= {song_id}
                pick = own[song_id].pick
                self._on_event(Dropped(pick))
                if song_id in self._tried:
                    self._on_event(Failed(pick.track.uri, "nothing was heard of it"))

    async def _play(self, player: Player, song_id: int | None) -> None:
        self._note(started=True)
        # If it is never seen to play after this, it cannot be played.
        self._tried |= set() if song_id is None else {song_id}
        try:
            await player.play(song_id)
        except PlayerRefused as error:
            # MPD says so of a file that is gone, and has often moved on to the next one already;
            # where it has not, its status tells, and the next plan goes on from there.
            log.debug("song %s did not play: %s", song_id, error)
            self.blame(str(error))

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
            self._note(appended=QueuedSong(song_id, pick.track.uri))
            self._on_event(Queued(pick))
            return song_id
        return None

    def _note(
        self,
        appended: QueuedSong | None = None,
        removed: int | None = None,
        *,
        started: bool = False,
        skipped: bool = False,
    ) -> None:
        before = self._deeds
        self._deeds = Deeds(
            before.appended if appended is None else (*before.appended, appended),
            before.removed if removed is None else before.removed | {removed},
            before.started or started,
            before.skipped or skipped,
        )


def passed_over(status: PlayerStatus) -> frozenset[int]:
    """The songs before the current one: the player has been through those."""
    behind = () if status.position is None or status.random else status.queue[: status.position]
    return frozenset(song.song_id for song in behind)
