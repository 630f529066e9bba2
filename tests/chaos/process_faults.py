"""What the system, a log reader and other programs can do to the process itself."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from chaos.fault import LeftOut, fault
from chaos.leaks import children

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import AsyncIterator

    from chaos.house import House

STOPPED_S = 10.0
HOGGED_S = 10.0
HOGS = 4
FEW = 3
"""All of these are taken; what is open stays open."""
CLIENTS = 50
CHILD_LIMIT_S = 30.0
LONG_BYTES = 1_000_000
BUSY = "while True: pass"


@fault("service stopped (SIGSTOP) for 10 s", deaf=True, mute=True, quick=True)
async def stopped(house: House) -> AsyncIterator[None]:
    """Longer than every time limit; what is queued plays on."""
    house.send(signal.SIGSTOP)
    await asyncio.sleep(STOPPED_S)
    yield
    house.send(signal.SIGCONT)


@fault("labelling child stopped (SIGSTOP), then killed", lasts_s=2.0)
async def child_stopped(house: House) -> AsyncIterator[None]:
    """The analysis of the library waits, and nothing else does."""
    answer = await house.ctl("relabel")
    assert answer["ok"], answer
    child = await child_of(house)
    os.kill(child, signal.SIGSTOP)
    yield
    os.kill(child, signal.SIGKILL)
    await childless(house)


@fault("labelling child killed", "log: the analysis of the library ended")
async def child_killed(house: House) -> AsyncIterator[None]:
    """Told, and it may be started again."""
    answer = await house.ctl("relabel")
    assert answer["ok"], answer
    os.kill(await child_of(house), signal.SIGKILL)
    yield
    await childless(house)


@fault("log reader stops reading", lasts_s=6.0)
async def log_unread(house: House) -> AsyncIterator[None]:
    """The pipe is full at once: every bad reload is told."""
    house.reading.clear()
    good = house.config.read_text()
    house.config.write_text("mood: {dwell: 3}\n")
    for _ in range(150):
        house.send(signal.SIGHUP)
        await asyncio.sleep(0.01)
    house.config.write_text(good)
    house.send(signal.SIGHUP)
    await asyncio.sleep(0.5)
    yield
    house.reading.set()


@fault(f"{CLIENTS} clients that say nothing", deaf=True, quick=True, lasts_s=1.0)
async def silent_clients(house: House) -> AsyncIterator[None]:
    """They take every place there is, and no more than that."""
    async with clients(house, CLIENTS):
        answer = await house.ctl("margin", "0.1")
        assert not answer["ok"], "there is room for everybody"
        assert "clients are connected already" in answer["error"], answer
        yield


@fault("clients that send garbage")
async def garbage_clients(house: House) -> AsyncIterator[None]:
    """Each is told what is wrong and hung up on."""
    said = (
        b"\xff\xfe\n",
        b"{}\n",
        b"[" * 50_000 + b"\n",
        b'{"entity": 5, "payload": []}\n',
        b'{"watch": true}\nmore\n',
        b"x" * LONG_BYTES + b"\n",
        b"GET / HTTP/1.1\r\n\r\n",
    )
    for _ in range(5):
        async with clients(house, len(said)) as open_now:
            for text, (_, writer) in zip(said, open_now, strict=True):
                writer.write(text)
            for reader, writer in open_now:
                with suppress(OSError, TimeoutError):
                    async with asyncio.timeout(3):
                        await writer.drain()
                        await reader.read(-1)
    yield


@fault("10 clients that look on and never read", lasts_s=8.0)
async def unread_clients(house: House) -> AsyncIterator[None]:
    """They are let go of when they have left too much unread."""
    async with clients(house, 10) as open_now:
        for _, writer in open_now:
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(b'{"watch": true}\n')
        yield


@fault("half a request, for 3 s", lasts_s=3.0)
async def half_request(house: House) -> AsyncIterator[None]:
    """The rest never comes."""
    async with clients(house, 3) as open_now:
        for _, writer in open_now:
            writer.write(b'{"entity": "mar')
        yield


@fault("no descriptors left (RLIMIT_NOFILE)", "mpd: ", deaf=True, quick=True, lasts_s=5.0)
async def no_descriptors(house: House) -> AsyncIterator[None]:
    """Connections are cut, and none can be made again."""
    limit_descriptors(house, FEW)
    house.to_mpd.cut()
    house.to_broker.cut()
    yield
    limit_descriptors(house, 1024)


@fault(f"{HOGS} busy loops beside it for {HOGGED_S:g} s", lasts_s=HOGGED_S, answers_s=2.0)
async def hogged(house: House) -> AsyncIterator[None]:
    """As important to the system as the service is."""
    start = asyncio.create_subprocess_exec
    hogs = [await start(sys.executable, "-c", BUSY) for _ in range(HOGS)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            await hog.wait()


@asynccontextmanager
async def clients(
    house: House, count: int
) -> AsyncIterator[list[tuple[StreamReader, StreamWriter]]]:
    """Connections to the control socket."""
    path = str(house.onlooker.path)
    found = [await asyncio.open_unix_connection(path, limit=LONG_BYTES) for _ in range(count)]
    try:
        yield found
    finally:
        for _, writer in found:
            writer.transport.abort()


async def child_of(house: House) -> int:
    """The service's child process, once there is one."""
    async with asyncio.timeout(CHILD_LIMIT_S):
        while not (found := children(house.pid)):
            await asyncio.sleep(0.02)
    return found[0]


async def childless(house: House) -> None:
    """Until there is none."""
    until_s = time.monotonic() + CHILD_LIMIT_S
    while children(house.pid):
        assert time.monotonic() < until_s, f"still there: {children(house.pid)}"
        await asyncio.sleep(0.05)


def limit_descriptors(house: House, most: int) -> None:
    """Of the running process. Raises LeftOut."""
    argv = ["prlimit", "--pid", str(house.pid), f"--nofile={most}:"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LeftOut(f"{' '.join(argv)}: {done.stderr.strip()}")


PROCESS_FAULTS = (
    stopped,
    child_stopped,
    child_killed,
    log_unread,
    silent_clients,
    garbage_clients,
    unread_clients,
    half_request,
    no_descriptors,
    hogged,
)
