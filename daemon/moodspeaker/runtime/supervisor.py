"""Keeps one connection alive for ever: try, live, wait, try again."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from moodspeaker.errors import Denied, MoodspeakerError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from moodspeaker.ports import Backoff

log = logging.getLogger(__name__)


class Supervisor:
    """Runs `attempt` again and again. `attempt` calls its argument once it is up.

    The first failure of a kind is a warning, repeats are for debugging, recovery is told.
    `health` gets `ok` or what is wrong. `retry_now` cuts a wait short.
    """

    def __init__(
        self,
        name: str,
        attempt: Callable[[Callable[[], None]], Awaitable[None]],
        backoff: Backoff,
        health: Callable[[str, str], None],
    ) -> None:
        self.name = name
        self._attempt = attempt
        self._backoff = backoff
        self._health = health
        self._failing: type[MoodspeakerError] | None = None
        self._hurry = asyncio.Event()

    def retry_now(self) -> None:
        """Something has changed (a reload, say): do not wait any longer."""
        self._hurry.set()

    async def run(self) -> None:
        """Ends only by cancellation."""
        while True:
            self._hurry.clear()
            try:
                await self._attempt(self._up)
                lost = MoodspeakerError(f"{self.name}: the connection ended")
            except MoodspeakerError as error:
                lost = error
            self._down(lost)
            delay_s = self._backoff.failed(denied=isinstance(lost, Denied))
            await self._wait(delay_s)

    def _up(self) -> None:
        if self._failing:
            log.info("%s: connected again", self.name)
        self._failing = None
        self._backoff.succeeded()
        self._health(self.name, "ok")

    def _down(self, error: MoodspeakerError) -> None:
        level = logging.DEBUG if self._failing is type(error) else logging.WARNING
        log.log(level, "%s: %s", self.name, error)
        self._failing = type(error)
        self._health(self.name, str(error))

    async def _wait(self, delay_s: float) -> None:
        try:
            async with asyncio.timeout(delay_s):
                await self._hurry.wait()
        except TimeoutError:
            return
