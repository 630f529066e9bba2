"""A queue keeper at work on a player in memory, whose clock is the player's own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fakes.player import FakeMpd
from moodspeaker.player.events import Ended, Held
from moodspeaker.player.keeper import QueueKeeper
from moodspeaker.player.pace import Pace
from moodspeaker.types import Mood, Pick, Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from moodspeaker.player.events import PlayerEvent
    from moodspeaker.ports import Player
    from moodspeaker.types import PlayerStatus

    OnStatus = Callable[[Player, PlayerStatus], Awaitable[None]]

LIMIT_S = 30.0
QUIET = Pace(period_s=60, settle_s=0, hold_s=1800)
FOREIGN = Track("foreign.ogg", title="Theirs")


class Room:
    """A keeper, its player, and a chooser that gives <mood>1.ogg, <mood>2.ogg and so on."""

    def __init__(self, pace: Pace, tracks_ahead: int = 1) -> None:
        names = [f"{mood}{n}.ogg" for mood in ("happy", "sad") for n in range(1, 60)]
        self.mpd = FakeMpd([FOREIGN, *(Track(name) for name in names)])
        self.picked: dict[Mood, int] = {}
        self.empty = False
        self.events: list[PlayerEvent] = []
        self.stocked: list[int] = []
        self.ups = 0
        self.pace = pace
        self.keeper = self.make(tracks_ahead)

    def make(self, tracks_ahead: int, on_status: OnStatus | None = None) -> QueueKeeper:
        """Another keeper for the same player."""
        return QueueKeeper(
            self.mpd.connect,
            self.pick,
            self.stock,
            self.events.append,
            tracks_ahead,
            self.pace,
            lambda: self.mpd.now_s,
            on_status,
        )

    def pick(self, mood: Mood) -> Pick | None:
        if self.empty:
            return None
        self.picked[mood] = self.picked.get(mood, 0) + 1
        return Pick(Track(f"{mood}{self.picked[mood]}.ogg"), mood, 0, 0, "a test")

    async def stock(self, player: Player) -> tuple[Track, ...]:
        tracks = await player.tracks()
        self.stocked.append(len(tracks))
        return tracks

    @property
    def holds(self) -> list[str | None]:
        """Every reason that was told."""
        return [event.reason for event in self.events if isinstance(event, Held)]

    @property
    def ended(self) -> list[tuple[str, float, bool]]:
        """(uri, heard_s, skipped) of every song of ours that ended."""
        ended = [event for event in self.events if isinstance(event, Ended)]
        return [(event.pick.track.uri, event.heard_s, event.skipped) for event in ended]

    def up(self) -> None:
        self.ups += 1

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                await asyncio.sleep(0)

    async def after(self, seconds: float) -> None:
        """The time passes, and the keeper has seen what came of it."""
        self.mpd.pass_time(seconds)
        await self.settled()

    async def settled(self) -> None:
        """Until the keeper has looked some times: whatever was due before is done by then."""
        for _ in range(4):
            looks = self.mpd.calls.count("status")
            self.mpd.changed("mixer")
            await self.until(lambda seen=looks: self.mpd.calls.count("status") > seen)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        ups = self.ups
        task = asyncio.create_task(self.keeper.attempt(self.up))
        await self.until(lambda: self.ups > ups or task.done())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @asynccontextmanager
    async def playing_happy(self) -> AsyncIterator[asyncio.Task[None]]:
        self.keeper.want(Mood.HAPPY)
        async with self.running() as task:
            await self.until(lambda: len(self.mpd.queue) == 2)
            await self.settled()
            yield task
