"""The service's process: started, its log read, counted, ended."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from chaos.leaks import holdings
from chaos.onlooker import Onlooker

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from chaos.leaks import Holdings

LOG_PIPE_BYTES = 4096
LOG_NAME = "service.log"


class Speaker:
    """`log` holds the process's lines with the monotonic time of each."""

    def __init__(self, folder: Path, socket: Path) -> None:
        self.folder = folder
        self.disk = folder / "disk"
        self.state = self.disk / "state"
        self.config = folder / "speaker.yaml"
        self.knobs_path = folder / "knobs.json"
        self.onlooker = Onlooker(socket)
        self.log: list[tuple[float, str]] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self._process: Process | None = None
        self._jobs: list[asyncio.Task[None]] = []

    @property
    def process(self) -> Process:
        """The service's, once it was started."""
        assert self._process is not None
        return self._process

    @property
    def pid(self) -> int:
        """The service's."""
        return self.process.pid

    def send(self, number: int) -> None:
        """A signal to the service."""
        self.process.send_signal(number)

    def lines(self, after_s: float) -> list[str]:
        """The log since then."""
        return [line for at_s, line in self.log if at_s >= after_s]

    async def holdings(self) -> Holdings:
        """What the service holds now."""
        return await holdings(self.pid, self.folder)

    @property
    def argv(self) -> tuple[str, ...]:
        """The service's."""
        return (
            *(sys.executable, "-m", "chaos.speaker_process"),
            *(str(self.knobs_path), str(self.config)),
        )

    @property
    def environment(self) -> dict[str, str]:
        """The service's."""
        tests = Path(__file__).resolve().parents[1]
        return {
            **os.environ,
            "MOODSPEAKER_STATE_DIR": str(self.state),
            "MOODSPEAKER_CONTROL": str(self.onlooker.path),
            "PYTHONPATH": f"{tests}:{tests.parent / 'daemon'}",
        }

    async def start(self) -> None:
        """Starts the process, and watches it."""
        ours, theirs = os.pipe()
        fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, LOG_PIPE_BYTES)
        nothing = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(
            *self.argv, stdin=nothing, stdout=nothing, stderr=theirs, env=self.environment
        )
        os.close(theirs)
        self._jobs = [
            asyncio.create_task(self._read_log(ours)),
            asyncio.create_task(self.onlooker.run()),
        ]

    async def forget_log(self) -> None:
        """The reader of the log leaves, and its end of the pipe with it."""
        await cancelled(self._jobs[0])

    async def end(self) -> None:
        """Kills the process if it still runs; the log is left in the folder."""
        self.reading.set()
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        for job in self._jobs:
            await cancelled(job)
        lines = (f"{at_s:.2f} {line}\n" for at_s, line in self.log)
        (self.folder / LOG_NAME).write_text("".join(lines))

    async def _read_log(self, descriptor: int) -> None:
        # For ever, while `reading` is set: a full pipe is a fault of its own.
        loop, reader = asyncio.get_running_loop(), asyncio.StreamReader(limit=2**16)
        with os.fdopen(descriptor, "rb") as pipe:
            transport, _ = await loop.connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(reader), pipe
            )
            try:
                while line := (await reader.readline()).decode("utf-8", "replace"):
                    self.log.append((time.monotonic(), line.rstrip()))
                    if not self.reading.is_set():
                        transport.pause_reading()
                        await self.reading.wait()
                        transport.resume_reading()
            finally:
                transport.close()


async def cancelled(job: asyncio.Task[None]) -> None:
    """Ended, and waited for."""
    job.cancel()
    with suppress(asyncio.CancelledError):
        await job
