"""Where an observation crosses from the vision thread to the event loop: the newest wins."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types import Observation


class NewestSlot:
    """Holds one observation. `put` is for the vision thread, `take` for the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._newest: Observation | None = None
        self._filled = asyncio.Event()

    def put(self, observation: Observation) -> None:
        """Replaces what nobody took; harmless once the loop has closed."""
        with self._lock:
            was_empty, self._newest = self._newest is None, observation
        if was_empty and not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(self._filled.set)
            except RuntimeError:
                # It closed in between: nobody will take this.
                return

    async def take(self) -> Observation:
        """Waits for the next one."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            with self._lock:
                newest, self._newest = self._newest, None
            if newest is not None:
                return newest
