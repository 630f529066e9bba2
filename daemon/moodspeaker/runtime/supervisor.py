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


class Renewed(Exception):
    """An attempt was ended to begin another one."""


class Supervisor:
    """Runs `attempt` again and again. `attempt` calls its argument once it is up.

    The first failure of a kind is a warning, repeats are for debugging, recovery is told.
    `health` gets `ok` or what is wrong. `retry_now` cuts a wait short, `renew` a connection too.
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
        self._life: asyncio.Future[None] | None = None
        self._renewing = False

    def retry_now(self) -> None:
        """Something has changed (a reload, say): do not wait any longer."""
        self._hurry.set()

    def renew(self) -> None:
        """What it connects to has changed: it ends in order what there is, and begins anew."""
        log.info("%s: connecting anew, by other settings", self.name, extra={"about": self.name})
        self._backoff.succeeded()
        self._hurry.set()
        if self._life is not None:
            self._renewing = True
            self._life.cancel()

    async def run(self) -> None:
        """Ends only by cancellation."""
        while True:
            self._hurry.clear()
            try:
                await self._live()
                delay_s = self._down(MoodspeakerError(f"{self.name}: the connection ended"))
            except Renewed:
                continue
            except MoodspeakerError as error:
                # Not kept while we wait: its traceback holds all of the lost connection.
                delay_s = self._down(error)
            await self._wait(delay_s)

    async def _live(self) -> None:
        """One attempt, in a task of its own so that it can be ended alone. Raises Renewed."""
        self._life = asyncio.ensure_future(self._attempt(self._up))
        self._renewing = False
        try:
            await self._life
        except (asyncio.CancelledError, MoodspeakerError) as ended:
            # An attempt that fails while it is cancelled must not keep us from ending.
            if asked_to_end():
                raise asyncio.CancelledError from ended
            if self._renewing and isinstance(ended, asyncio.CancelledError):
                raise Renewed from None
            raise
        finally:
            self._life = None

    def _up(self) -> None:
        if self._failing:
            log.info("%s: connected again", self.name, extra={"about": self.name})
        self._failing = None
        self._backoff.succeeded()
        self._health(self.name, "ok")

    def _down(self, error: MoodspeakerError) -> float:
        """How long to wait, in seconds."""
        level = logging.DEBUG if self._failing is type(error) else logging.WARNING
        log.log(level, "%s: %s", self.name, error, extra={"about": self.name})
        self._failing = type(error)
        self._health(self.name, str(error))
        return self._backoff.failed(denied=isinstance(error, Denied))

    async def _wait(self, delay_s: float) -> None:
        try:
            async with asyncio.timeout(delay_s):
                await self._hurry.wait()
        except TimeoutError:
            return


def asked_to_end() -> bool:
    """Whether the running task has been cancelled."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
