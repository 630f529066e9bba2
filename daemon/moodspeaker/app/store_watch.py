"""Notices what a command beside the service has written to the label store."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from moodspeaker.library.notebook import Version

LOOK_S = 5.0
GAP_S = 300.0
"""An analysis writes for hours, and to lay out a large library takes seconds."""


class StoreWatch:
    """Calls `relist` once others have written and paused, at most every `GAP_S`.

    `others` gives another value after each write of theirs, None without a store.
    """

    def __init__(
        self,
        others: Callable[[], Awaitable[Version | None]],
        relist: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._others = others
        self._relist = relist
        self._monotonic = monotonic
        self._taken: Version | None = None
        self._seen: Version | None = None
        self._next_s = 0.0

    async def run(self) -> None:
        """For the whole life of the service."""
        self._taken = self._seen = await self._others()
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """One look."""
        now, before = await self._others(), self._seen
        self._seen = now
        if now in (None, self._taken) or now != before or self._monotonic() < self._next_s:
            return
        self._taken = now
        self._next_s = self._monotonic() + GAP_S
        self._relist()
