"""Keeps the player's queue filled to the mood, and leaves it to people when they take over."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError, PlayerLost, PlayerRefused
from moodspeaker.player.editor import QueueEditor
from moodspeaker.player.events import Held
from moodspeaker.player.hold import hold_reason
from moodspeaker.player.plan import Play, go_on, plan
from moodspeaker.player.throttle import Throttle
from moodspeaker.types import PlayerStatus, PlayState, Track

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from moodspeaker.player.events import PlayerEvent
    from moodspeaker.player.plan import Action
    from moodspeaker.ports import Player, PlayerConnector
    from moodspeaker.types import Mood, Pick

log = logging.getLogger(__name__)

START_TRIES = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds.

    `period_s`: how often the queue is looked at though nothing was told; `START_TRIES` starts of
    a stopped player are allowed in that time. `settle_s`: how long to wait after an event, so
    that another client's `clear, add, play` is seen whole. `hold_s`: how long a stop by hand
    lasts (a pause lasts until somebody ends it).
    """

    period_s: float = 5.0
    settle_s: float = 0.2
    hold_s: float = 3600.0


class QueueKeeper:
    """Owns what we queued. All its methods belong to the event loop's thread.

    A hold begins when a person pauses, stops or clears, and ends when somebody plays, by `skip`,
    by following being switched on again, and after a stop also with time. A change of mood does
    not end it: who stopped the music does not want it back for a smile.
    """

    def __init__(
        self,
        connector: PlayerConnector,
        pick: Callable[[Mood], Pick | None],
        tracks_changed: Callable[[tuple[Track, ...]], Awaitable[None]],
        on_event: Callable[[PlayerEvent], None],
        tracks_ahead: int,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connector = connector
        self._tracks_changed = tracks_changed
        self._on_event = on_event
        self._editor = QueueEditor(pick, on_event)
        self._tracks_ahead = tracks_ahead
        self._pace = pace or Pace()
        self._clock = clock
        self._wanted: Mood | None = None
        self._following = True
        self._held: str | None = None
        self._held_since_s = 0.0
        self._seen: PlayerStatus | None = None
        self._player: Player | None = None
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._restock = asyncio.Event()
        self._starts = Throttle(START_TRIES, self._pace.period_s)

    @property
    def held(self) -> str | None:
        """Why it stays out of the player, None when it does not."""
        return self._held

    def want(self, mood: Mood | None) -> None:
        """The mood to queue for from now on; None queues nothing. Cheap when nothing changes."""
        if mood is not self._wanted:
            self._wanted = mood
            self._wake.set()

    def tune(self, tracks_ahead: int, pace: Pace) -> None:
        """Other settings from now on."""
        self._tracks_ahead = tracks_ahead
        self._pace = pace
        self._wake.set()

    def relist(self) -> None:
        """Asks the player for its tracks again: what is known of them may have changed."""
        self._restock.set()

    def follow(self, on: bool) -> None:
        """Whether to touch the queue at all. Switched on, it takes a stopped player over."""
        if on is not self._following:
            self._following = on
            self._set_hold(None)
            self._wake.set()

    async def skip(self) -> None:
        """The next track now, for a person; it ends a hold and a pause.

        Raises PlayerLost without a connection, PlayerRefused with nothing to go on to.
        """
        player = self._player
        if player is None:
            raise PlayerLost("cannot skip: no connection to the player")
        async with self._turn:
            status = await self._editor.look(player)
            self._set_hold(None)
            if status.state is PlayState.STOP:
                await self._begin(player, status)
            else:
                await self._editor.act(player, self._plan(status), self._wanted)
                await player.skip()
        self._wake.set()

    async def attempt(self, up: Callable[[], None]) -> None:
        """One connection's life; `up` is called once it is usable.

        Raises PlayerLost or PlayerDenied when it ends. Runs until then, or until cancelled.
        """
        async with self._connector() as player:
            self._editor.take_over(await player.status())
            self._seen = None
            self._player = player
            try:
                up()
                await self._live(player)
            except MoodspeakerError:
                self._editor.tell_playing(None)
                raise
            finally:
                self._player = None

    async def _live(self, player: Player) -> None:
        self._wake.set()
        self._restock.set()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch(player), name="player-changes")
                group.create_task(self._stock(player), name="player-tracks")
                group.create_task(self._serve(player), name="player-queue")
        except BaseExceptionGroup as failures:
            ours, others = failures.split(MoodspeakerError)
            if ours is None or others is not None:
                raise
            raise first_of(ours) from failures

    async def _watch(self, player: Player) -> None:
        async for changed in player.changes():
            if "database" in changed:
                self._restock.set()
            self._wake.set()
        raise PlayerLost("the player tells no changes any more")

    async def _stock(self, player: Player) -> None:
        while True:
            await self._restock.wait()
            self._restock.clear()
            tracks = await player.tracks()
            self._editor.know(tracks)
            await self._tracks_changed(tracks)
            self._wake.set()

    async def _serve(self, player: Player) -> None:
        while True:
            await self._woken()
            self._wake.clear()
            try:
                await self._reconcile(player)
            except PlayerRefused as error:
                log.debug("player: %s", error)

    async def _woken(self) -> None:
        try:
            async with asyncio.timeout(self._pace.period_s):
                await self._wake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(self._pace.settle_s)

    async def _reconcile(self, player: Player) -> None:
        async with self._turn:
            status = await self._settled(player)
            self._judge(status)
            actions = self._plan(status)
            starts = any(isinstance(action, Play) for action in actions)
            if starts and self._starts.full(self._clock()):
                return
            if await self._editor.act(player, actions, self._wanted):
                self._starts.count(self._clock())

    async def _settled(self, player: Player) -> PlayerStatus:
        """The status, looked at twice where it might be a stop by hand.

        At the natural end of its queue MPD says `stop` a moment before it lets go of the song.
        """
        status = await self._editor.look(player)
        played = self._seen is not None and self._seen.state is PlayState.PLAY
        if played and status.state is PlayState.STOP and status.current is not None:
            await asyncio.sleep(self._pace.settle_s)
            status = await self._editor.look(player)
        return status

    def _plan(self, status: PlayerStatus) -> tuple[Action, ...]:
        return plan(
            status,
            self._editor.own,
            self._wanted,
            self._tracks_ahead,
            following=self._following,
            held=self._held is not None,
        )

    def _judge(self, status: PlayerStatus) -> None:
        if self._following:
            reason = hold_reason(self._seen, status, self._editor.own, self._held)
            lasted_s = self._clock() - self._held_since_s
            over = status.state is PlayState.STOP and lasted_s >= self._pace.hold_s
            self._set_hold(None if reason == self._held and over else reason)
        self._seen = status

    async def _begin(self, player: Player, status: PlayerStatus) -> None:
        self._seen = status
        wanted, own = self._wanted, self._editor.own
        actions = go_on(status, own, wanted, self._tracks_ahead, following=self._following)
        if not await self._editor.act(player, actions, wanted):
            raise PlayerRefused("there is no track to go on to", "add music to the player")

    def _set_hold(self, reason: str | None) -> None:
        if reason != self._held:
            self._held = reason
            self._held_since_s = self._clock()
            self._on_event(Held(reason))


def first_of(failures: BaseExceptionGroup[MoodspeakerError]) -> MoodspeakerError:
    """The first error in it, however deep."""
    error = failures.exceptions[0]
    return first_of(error) if isinstance(error, BaseExceptionGroup) else error
