"""The vision thread as a task: its end, good or bad, is the task's end."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.vision.governor import Governor
    from moodspeaker.vision.thread import VisionThread

JOIN_LIMIT_S = 2.0


class VisionRunner:
    """Runs a `VisionThread` under asyncio."""

    def __init__(self, thread: VisionThread, timeout_s: float) -> None:
        self.thread = thread
        self._timeout_s = timeout_s
        self._ended = False

    def renew(self, governor: Governor, timeout_s: float) -> None:
        """Camera and model are opened anew, by what is wanted now."""
        self._timeout_s = timeout_s
        self.thread.renew(governor)

    async def run(self) -> None:
        """Returns when the thread returns, raises what it raised; cancelling stops it."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[None] = loop.create_future()

        def body() -> None:
            error: BaseException | None = None
            try:
                self.thread.run()
            except BaseException as caught:  # noqa: BLE001 - a dead thread must end the process
                error = caught
            deliver(loop, outcome, error)

        threading.Thread(target=body, name="vision", daemon=True).start()
        try:
            await asyncio.shield(outcome)
        finally:
            self._ended = True
            self.thread.stop()
            # A thread that hangs in a driver is left behind; it cannot be ended from outside.
            await asyncio.wait([outcome], timeout=JOIN_LIMIT_S)

    def alive(self) -> bool:
        """Whether the thread still turns; one that has ended in order counts too."""
        silent_s = time.monotonic() - self.thread.heartbeat_s
        return self._ended or silent_s < 2 * self._timeout_s


def deliver(
    loop: asyncio.AbstractEventLoop, outcome: asyncio.Future[None], error: BaseException | None
) -> None:
    """From the thread: sets the future, unless the loop is gone already."""

    def settle() -> None:
        if outcome.done():
            return
        if error is None:
            outcome.set_result(None)
        else:
            outcome.set_exception(error)

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        return
