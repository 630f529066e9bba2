"""The volume keeper as a task: it looks when something changed, and when a step is due."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from moodspeaker.errors import PlayerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.player.volume import VolumeKeeper
    from moodspeaker.ports import Player
    from moodspeaker.types import PlayerStatus

FAREWELL_LIMIT_S = 1.0
"""The service's end is not kept waiting: its next start gives back what is left."""
MOVE_LIMIT_S = 5.0
"""Nobody comes back to a player that was left for another one."""


class VolumeRunner:
    """Owned by the event loop. `remember` hears of the person's volume while it is held lower."""

    def __init__(self, volume: VolumeKeeper, remember: Callable[[int | None], None]) -> None:
        self._volume = volume
        self._remember = remember
        self._memo = volume.memo
        self._player: Player | None = None
        self._changed = asyncio.Event()
        self._turn = asyncio.Lock()
        self._due_s: float | None = None
        self._leaving = False

    async def seen(self, player: Player, _: PlayerStatus) -> None:
        """The queue keeper has just looked.

        What it saw may be older than our last step, which would look like a person's.
        """
        if not self._leaving:
            self._player = player
            self._changed.set()

    def look(self) -> None:
        """Something else is wanted."""
        self._changed.set()

    async def run(self) -> None:
        """Ends only by cancellation."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._due_s):
                    await self._changed.wait()
            self._changed.clear()
            # A step that is under way comes before the goodbye, not after it.
            async with self._turn:
                await self._attend()

    async def farewell(self) -> None:
        """The person's volume again, for the service ends."""
        await self._give_back(FAREWELL_LIMIT_S)

    async def move(self, reconnect: Callable[[], None]) -> None:
        """The same, and then `reconnect`: of another player's volume nothing is known yet."""
        await self._give_back(MOVE_LIMIT_S)
        reconnect()
        self._volume.forget()
        self._tell(None)
        self._leaving = False

    async def _give_back(self, limit_s: float) -> None:
        player, self._player, self._leaving = self._player, None, True
        if player is None:
            return
        with suppress(PlayerError, TimeoutError):
            async with asyncio.timeout(limit_s), self._turn:
                await self._volume.restore(player)
                self._tell(None)

    async def _attend(self) -> None:
        player = self._player
        if player is None:
            # A step that was due at the last one is due no more.
            self._due_s = None
            return
        try:
            self._due_s = await self._volume.attend(player, await player.status())
        except PlayerError:
            # The queue keeper notices the same, and comes back with a new one.
            self._player = self._due_s = None
        self._tell(self._volume.memo)

    def _tell(self, memo: int | None) -> None:
        if memo != self._memo:
            self._memo = memo
            self._remember(memo)
