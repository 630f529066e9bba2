"""Drives `moodspeaker demo --json` as a user would: a process, its events, the servers' ports."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

from fakes.memory import memory_or

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable

EVENT_LIMIT_S = 180.0
Event = dict[str, Any]


class Demo:
    """A running demo and everything it has told so far; `at` is when it was heard."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.events: list[Event] = []

    async def until(self, wanted: Callable[[Event], bool], limit_s: float = EVENT_LIMIT_S) -> Event:
        """The next event that is wanted; fails after the limit, or when the demo ends."""
        assert self.process.stdout
        async with asyncio.timeout(limit_s):
            while line := await self.process.stdout.readline():
                event = self._note(line)
                if wanted(event):
                    return event
        raise AssertionError(f"the demo ended without it; last: {self.events[-5:]}")

    async def finish(self, limit_s: float = EVENT_LIMIT_S) -> int:
        """Reads on to the end; the exit status."""
        assert self.process.stdout
        async with asyncio.timeout(limit_s):
            async for line in self.process.stdout:
                self._note(line)
            return await self.process.wait()

    def _note(self, line: bytes) -> Event:
        event: Event = {**json.loads(line), "at": time.monotonic()}
        self.events.append(event)
        return event

    def of(self, kind: str) -> list[Event]:
        """All events of one kind so far."""
        return [event for event in self.events if event["event"] == kind]


@asynccontextmanager
async def demo(folder: Path, *options: str) -> AsyncIterator[Demo]:
    """A demo with `options`; it is ended with the context, whatever happens."""
    argv = [sys.executable, "-m", "moodspeaker", "demo", "--json", *options]
    argv += ["--config", str(runtime_config(folder))]
    process = await asyncio.create_subprocess_exec(
        *argv, stdout=asyncio.subprocess.PIPE, limit=2**20, env={**os.environ, **in_memory_too()}
    )
    try:
        yield Demo(process)
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(30):
                    await process.communicate()
            except TimeoutError:
                # It may have ended in that moment.
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


def in_memory_too() -> dict[str, str]:
    """What an environment needs for a demo whose MPD never waits for the disk."""
    return {"TMPDIR": str(memory_or(Path(gettempdir())))}


def runtime_config(folder: Path) -> Path:
    """A config that pins the TFLite runtime these tests were asked to use."""
    path = folder / "runtime.yaml"
    runtime = os.environ.get("MOODSPEAKER_TEST_RUNTIME", "auto")
    path.write_text(f"vision: {{runtime: {runtime}}}\n", encoding="utf-8")
    return path


async def output_of(*argv: str, limit_s: float = 90.0) -> str:
    """What a command prints; used to ask mpc and mosquitto_sub rather than ourselves."""
    process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(limit_s):
        out, _ = await process.communicate()
    return out.decode()


async def queue_of(port: int) -> list[str]:
    """MPD's queue, as mpc sees it."""
    text = await output_of("mpc", "-h", "127.0.0.1", "-p", str(port), "playlist", "-f", "%file%")
    return text.split()


async def retained(port: int, topic: str, count: int) -> dict[str, str]:
    """The first `count` messages that the broker holds for `topic`, as mosquitto_sub sees them."""
    argv = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-t", topic, "-v"]
    text = await output_of(*argv, "-C", str(count), "-W", "60")
    return dict(line.split(" ", 1) for line in text.splitlines())


def pids_listening(port: int) -> list[int]:
    """The processes that hold a listening loopback port, from /proc."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {f"socket:[{r[9]}]" for r in rows if r[1].endswith(f":{port:04X}") and r[3] == "0A"}
    found = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) in inodes:
                found.append(int(link.parts[2]))
        except OSError:
            continue
    return sorted(set(found))
