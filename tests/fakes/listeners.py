"""A household before a player in simulated time: songs end, people act, and every rule is held.

`HouseMpd` knows who acts, and asserts at once what the keeper must never do.
"""

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum, auto
from random import Random
from typing import TYPE_CHECKING

from fakes.player import FakeMpd, FakePlayer
from moodspeaker.player.events import Ended, Queued
from moodspeaker.player.keeper import QueueKeeper
from moodspeaker.player.pace import Pace
from moodspeaker.player.plan import ends_soon
from moodspeaker.types import PlayState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from moodspeaker.player.events import PlayerEvent
    from moodspeaker.types import Mood, Pick, Track

    MakePicker = Callable[[Callable[[], float], list[PlayerEvent]], Callable[[Mood], Pick | None]]
    """From a clock, and a list that fills with what the keeper tells."""

HOLD_S = 1800.0
MOST_AHEAD = 3
LOOKING_ONLY = {"status", "tracks"}


class Actor(Enum):
    """Who touches the player."""

    TIME = auto()
    PERSON = auto()
    KEEPER = auto()


class HouseMpd(FakeMpd):
    """A player that minds who does what to it."""

    def __init__(self, tracks: Iterable[Track], rng: Random) -> None:
        super().__init__(tracks)
        self.actor = Actor.TIME
        self.ours: set[int] = set()
        self.lengths = {uri: rng.uniform(120, 300) for uri in self.library}

    @contextmanager
    def touched_by(self, actor: Actor) -> Iterator[None]:
        """What happens in the block is that one's doing."""
        before, self.actor = self.actor, actor
        yield
        self.actor = before

    def add(self, uri: str, at: int | None = None) -> int:
        """The keeper's songs are remembered, and go to the end."""
        song_id = super().add(uri, at)
        if self.actor is Actor.KEEPER:
            assert at is None
            self.ours.add(song_id)
        return song_id

    def delete(self, song_id: int) -> None:
        """The keeper removes its own songs only, and never the one that plays."""
        if self.actor is Actor.KEEPER:
            assert song_id in self.ours, "a foreign song was removed"
            playing = self.current is not None and self.state is not PlayState.STOP
            assert not playing or self.current.song_id != song_id, "a song was cut"
        super().delete(song_id)

    def play_at(self, position: int | None) -> None:
        """The keeper starts a player that is stopped, and nothing else."""
        assert self.actor is not Actor.KEEPER or self.state is PlayState.STOP, "a song was cut"
        super().play_at(position)


class Household:
    """One keeper over one player, and people who do as they like."""

    def __init__(self, tracks: tuple[Track, ...], make_picker: MakePicker, seed: int) -> None:
        self.rng = Random(seed)
        self.mpd = HouseMpd(tracks, self.rng)
        self.events: list[PlayerEvent] = []
        self.cuts = 0
        self.acts: list[str] = []
        self.player = FakePlayer(self.mpd)
        self.keeper = QueueKeeper(
            self.mpd.connect,
            make_picker(lambda: self.mpd.now_s, self.events),
            FakePlayer.tracks,
            self.events.append,
            tracks_ahead=2,
            pace=Pace(period_s=5, settle_s=0, hold_s=HOLD_S),
            clock=lambda: self.mpd.now_s,
        )

    @property
    def picks(self) -> list[Pick]:
        """All that was queued, in order."""
        return [event.pick for event in self.events if isinstance(event, Queued)]

    @property
    def skipped(self) -> int:
        """How many songs of ours were called skipped."""
        return sum(isinstance(event, Ended) and event.skipped for event in self.events)

    async def look(self) -> None:
        """The keeper looks, twice: what it did is news to it as well. Then the rules hold."""
        for _ in range(2):
            done = len(self.mpd.calls)
            with self.mpd.touched_by(Actor.KEEPER):
                await self.keeper._reconcile(self.player)
            if self.keeper.held:
                assert set(self.mpd.calls[done:]) <= LOOKING_ONLY, "touched while held"
        self.check()

    async def live(self, seconds: float) -> None:
        """So much time passes; the keeper looks whenever a song ends, and at the end."""
        until_s = self.mpd.now_s + seconds
        while self.mpd.now_s < until_s:
            left_s = until_s - self.mpd.now_s
            if self.mpd.state is PlayState.PLAY and self.mpd.length_s is not None:
                left_s = min(left_s, self.mpd.length_s - self.mpd.elapsed_s + 0.01)
            self.mpd.pass_time(left_s)
            await self.look()

    def check(self) -> None:
        """While nobody holds it, it plays, with one to three of ours or anybody's to come."""
        status = self.mpd.status
        if self.keeper.held or ends_soon(status):
            return
        assert status.state is PlayState.PLAY
        assert status.ahead, "nothing to come"
        ours = [song for song in status.ahead if song.song_id in self.mpd.ours]
        assert len(ours) <= MOST_AHEAD

    async def act(self) -> None:
        """A person does something, and is respected."""
        name = self.rng.choice(list(ACTS))
        playing = self.mpd.state is not PlayState.STOP and self.mpd.current is not None
        with self.mpd.touched_by(Actor.PERSON):
            before = self.mpd.current
            told = ACTS[name](self)
            self.cuts += playing and self.mpd.current != before
        if told:
            self.acts.append(name)
        await self.look()
        assert not told or self.keeper.held, f"{name} was not respected"

    def next(self) -> bool:
        """On to the next; past the last the mood goes on."""
        if self.mpd.state is not PlayState.PLAY or self.mpd.elapsed_s < 1:
            return False
        near_end = (self.mpd.length_s or 0) - self.mpd.elapsed_s < 5
        self.mpd.next()
        return not near_end and self.mpd.state is PlayState.PLAY

    def pause(self) -> bool:
        """Only what plays can be paused."""
        if self.mpd.state is PlayState.PLAY:
            self.mpd.pause()
        return self.mpd.state is PlayState.PAUSE

    def stop(self) -> bool:
        """Nothing happens where it is stopped."""
        if self.mpd.state is PlayState.STOP:
            return False
        self.mpd.stop()
        return True

    def clear(self) -> bool:
        """An empty queue stays one."""
        full = bool(self.mpd.queue)
        self.mpd.clear()
        return full

    def add(self) -> bool:
        """At the end, or right behind what plays."""
        at = None if self.rng.random() < 0.5 else (self.mpd.position or 0) + 1
        at = None if at is None or at > len(self.mpd.queue) else at
        self.mpd.add(self.rng.choice(list(self.mpd.library)), at)
        return True

    def move(self) -> bool:
        """The first to the end."""
        if len(self.mpd.queue) < 2:
            return False
        self.mpd.move(self.mpd.queue[0].song_id, len(self.mpd.queue) - 1)
        return True

    def delete(self) -> bool:
        """Any song, the one that plays too."""
        if not self.mpd.queue:
            return False
        self.mpd.delete(self.rng.choice(self.mpd.queue).song_id)
        return True

    def play(self) -> bool:
        """Ends a pause and a stop."""
        if self.mpd.queue:
            self.mpd.play()
        return False


ACTS: dict[str, Callable[[Household], bool]] = {
    act.__name__: act
    for act in (
        Household.next,
        Household.pause,
        Household.stop,
        Household.clear,
        Household.add,
        Household.move,
        Household.delete,
        Household.play,
    )
}
