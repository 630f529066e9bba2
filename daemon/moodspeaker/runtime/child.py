"""One command of our own in the background, which never outlives this process."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable, Sequence

NICED = ("nice", "-n", "19")
LEAVE_S = 1.5
"""From asking it to end to killing it; two seconds are promised."""


class Child:
    """Runs `argv` niced, in a process group of its own, never twice at a time.

    Its standard input is a pipe that stays empty and ends when this process ends, by whatever
    means: the command has to watch for that. The kernel's own way (PR_SET_PDEATHSIG) would need
    code between fork and exec, which is not safe beside other threads.

    `ended` is called with its exit status, below zero for a signal, but not after `stop`.
    """

    def __init__(self, argv: Sequence[str], ended: Callable[[int], None]) -> None:
        self._argv = (*NICED, *argv)
        self._ended = ended
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def running(self) -> bool:
        """From `start` until it has ended."""
        return self._watch is not None and not self._watch.done()

    async def start(self) -> bool:
        """False where it runs already. Raises MoodspeakerError where no process can be made."""
        async with self._turn:
            if self.running:
                return False
            self._process = await started(self._argv)
            self._stopping = False
            self._watch = asyncio.create_task(self._wait(self._process))
            return True

    async def stop(self) -> None:
        """Ends it, if it runs: asked to first, then killed with all its own children."""
        async with self._turn:
            if self._watch is None or self._process is None or self._watch.done():
                return
            self._stopping = True
            signal_group(self._process, signal.SIGTERM)
            done, _ = await asyncio.wait({self._watch}, timeout=LEAVE_S)
            if not done:
                signal_group(self._process, signal.SIGKILL)
                await self._watch

    async def _wait(self, process: Process) -> None:
        status = await process.wait()
        if not self._stopping:
            self._ended(status)


async def started(argv: Sequence[str]) -> Process:
    """Raises MoodspeakerError."""
    try:
        return await asyncio.create_subprocess_exec(
            *argv, stdin=asyncio.subprocess.PIPE, process_group=0
        )
    except OSError as error:
        raise MoodspeakerError(
            f"{argv[0]} cannot be started: {error.strerror}", "is there enough memory?"
        ) from error


def signal_group(process: Process, number: signal.Signals) -> None:
    """To the process and to all that it started; nothing once it has ended."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
