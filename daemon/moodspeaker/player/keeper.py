"""Keeps the player's queue filled to the mood, and leaves it to people when they take over."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError, PlayerLost, PlayerRefused
from moodspeaker.player.editor import QueueEditor
from moodspeaker.player.hold import Holds
from moodspeaker.player.pace import START_TRIES, Pace
from moodspeaker.player.plan import Play, go_on, plan, play_again
from moodspeaker.player.rereading import ABOUT_TRACKS, Rereading
from moodspeaker.player.throttle import Throttle
from moodspeaker.player.watcher import QueueWatcher
from moodspeaker.types import PlayState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from moodspeaker.player.events import PlayerEvent
    from moodspeaker.player.own_writes import OwnWrites
    from moodspeaker.player.plan import Action
    from moodspeaker.player.rereading import Recount
    from moodspeaker.ports import Player, PlayerConnector
    from moodspeaker.types import Mood, Pick, PlayerStatus, Track

    Beginning = Callable[..., tuple[Action, ...]]

log = logging.getLogger(__name__)


class QueueKeeper:
    """Owns what we queued. All its methods belong to the event loop's thread.

    It stays out when a person pauses, stops or clears, until somebody plays, and for `hold_s`
    when one skips a song or edits the queue; a stop ends with that time too. `skip`, `play` and
    following that is switched on again end any hold. A change of mood ends none: who stopped the
    music does not want it back for a smile.
    """

    def __init__(
        self,
        connector: PlayerConnector,
        pick: Callable[[Mood], Pick | None],
        stock: Callable[[Player], Awaitable[Sequence[Track]]],
        on_event: Callable[[PlayerEvent], None],
        tracks_ahead: int,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        on_status: Callable[[Player, PlayerStatus], Awaitable[None]] | None = None,
        recount: Recount | None = None,
        own: OwnWrites | None = None,
    ) -> None:
        """`stock` asks a player for its tracks; they are wanted for their titles here.

        `on_status` may speak to the player each time that it was looked at. `recount` is asked
        first when stickers or lists changed; `own` is told by those who write stickers for us.
        """
        self._connector = connector
        self._on_status = on_status
        self._tracks_ahead = tracks_ahead
        self._pace = pace or Pace()
        self._clock = clock
        self._editor = QueueEditor(pick, on_event)
        self._holds = Holds(on_event, self._pace.hold_s)
        self._watcher = QueueWatcher(self._editor, self._holds, on_event, clock)
        self._wanted: Mood | None = None
        self._following = True
        self._player: Player | None = None
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._rereading = Rereading(stock, recount, own, self._know)
        self._rereading.quiet_s = self._pace.quiet_s
        self._starts = Throttle(START_TRIES, self._pace.period_s)

    @property
    def held(self) -> str | None:
        """Why it stays out of the player, None when it does not."""
        return self._holds.reason

    @property
    def status(self) -> PlayerStatus | None:
        """The player as it was seen last; None without a connection."""
        return self._watcher.status

    def want(self, mood: Mood | None) -> None:
        """The mood to queue for from now on; None queues nothing. Cheap when nothing changes."""
        if mood is not self._wanted:
            self._wanted = mood
            self._wake.set()

    def tune(self, tracks_ahead: int, pace: Pace) -> None:
        """Other settings from now on; a hold that is in force lasts by the new ones."""
        self._tracks_ahead = tracks_ahead
        self._pace = pace
        self._holds.hold_s = pace.hold_s
        self._rereading.quiet_s = pace.quiet_s
        self._wake.set()

    def relist(self) -> None:
        """Asks the player for its tracks again: what is known of them may have changed."""
        self._rereading.relist()

    def forget(self) -> None:
        """The next connection is to another player: nothing of this one is known to play."""
        self._watcher.lost()

    def follow(self, on: bool) -> None:
        """Whether to touch the queue at all. Switched on, it takes a stopped player over."""
        if on is not self._following:
            self._following = on
            self._holds.release()
            self._wake.set()

    async def skip(self) -> None:
        """The next track now, for a person; it ends a hold and a pause.

        Raises PlayerLost without a connection, PlayerRefused with nothing to go on to.
        """
        async with self._asked("skip") as (player, status):
            self._holds.release()
            if status.state is PlayState.STOP:
                await self._begin(player, status, go_on)
            else:
                await self._editor.act(player, self._plan(status), self._wanted)
                await self._editor.skip(player)

    async def play(self) -> None:
        """Music now, for a person: goes on with what is there, else begins. It ends a hold.

        Raises PlayerLost without a connection, PlayerRefused with nothing to play.
        """
        async with self._asked("play") as (player, status):
            self._holds.release()
            if status.state is PlayState.STOP:
                await self._begin(player, status, play_again)
            elif status.state is PlayState.PAUSE:
                await self._editor.go_on(player)

    async def pause(self) -> None:
        """Pauses for a person, until somebody plays; without music there is nothing to do.

        Raises PlayerLost without a connection, PlayerRefused.
        """
        async with self._asked("pause") as (player, status):
            if status.state is PlayState.PLAY:
                await player.pause()
                if self._following:
                    self._holds.pause(self._clock())

    async def attempt(self, up: Callable[[], None]) -> None:
        """One connection's life; `up` is called once it is usable.

        Raises PlayerLost or PlayerDenied when it ends. Runs until then, or until cancelled.
        """
        async with self._connector() as player:
            self._watcher.connected(await player.status())
            self._player = player
            try:
                up()
                await self._live(player)
            except MoodspeakerError:
                self._watcher.lost()
                raise
            finally:
                self._player = None

    async def _live(self, player: Player) -> None:
        self._wake.set()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch(player), name="player-changes")
                group.create_task(self._rereading.run(player), name="player-tracks")
                group.create_task(self._serve(player), name="player-queue")
        except BaseExceptionGroup as failures:
            ours, others = failures.split(MoodspeakerError)
            if ours is None or others is not None:
                raise
            raise first_of(ours) from failures

    async def _watch(self, player: Player) -> None:
        async for changed in player.changes():
            self._rereading.told(changed)
            if not changed or changed - ABOUT_TRACKS:
                self._wake.set()
        raise PlayerLost("the player tells no changes any more")

    async def _know(self, tracks: Sequence[Track]) -> None:
        await self._watcher.know(tracks)
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
            status = await self._look(player)
            await self._fill(player, status)
            if self._on_status is not None:
                await self._on_status(player, status)

    async def _fill(self, player: Player, status: PlayerStatus) -> None:
        actions = self._plan(status)
        starts = any(isinstance(action, Play) for action in actions)
        if starts and self._starts.full(self._clock()):
            return
        if await self._editor.act(player, actions, self._wanted):
            self._starts.count(self._clock())

    async def _look(self, player: Player) -> PlayerStatus:
        return await self._watcher.look(player, self._pace.settle_s, judging=self._following)

    @asynccontextmanager
    async def _asked(self, what: str) -> AsyncIterator[tuple[Player, PlayerStatus]]:
        """A person's own button: alone with the player, and woken after it."""
        player = self._player
        if player is None:
            raise PlayerLost(f"cannot {what}: no connection to the player")
        async with self._turn:
            yield player, await self._look(player)
        self._wake.set()

    def _plan(self, status: PlayerStatus) -> tuple[Action, ...]:
        return plan(
            status,
            self._editor.own,
            self._wanted,
            self._tracks_ahead,
            heard=self._editor.heard,
            following=self._following,
            held=self._holds.reason is not None,
        )

    async def _begin(self, player: Player, status: PlayerStatus, way: Beginning) -> None:
        actions = way(
            status,
            self._editor.own,
            self._wanted,
            self._tracks_ahead,
            heard=self._editor.heard,
            following=self._following,
        )
        if not await self._editor.act(player, actions, self._wanted):
            raise PlayerRefused("there is no track to go on to", "add music to the player")


def first_of(failures: BaseExceptionGroup[MoodspeakerError]) -> MoodspeakerError:
    """The first error in it, however deep."""
    error = failures.exceptions[0]
    return first_of(error) if isinstance(error, BaseExceptionGroup) else error
