"""`moodspeaker ctl` and `watch` as processes beside `moodspeaker run`, without any broker."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import pytest

from fakes.camera import grey
from fakes.metronome import Stopwatch
from moodspeaker.demo.servers import free_port

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path

LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left."""

    status: int
    out: str
    err: str


class Machine:
    """A folder with a config; what runs here shares one state folder and one socket."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "state" / "c.sock"
        self.config = folder / "speaker.yaml"
        self.environment = {
            **os.environ,
            "MOODSPEAKER_STATE_DIR": str(folder / "state"),
            "MOODSPEAKER_CONTROL": str(self.socket),
            "COLUMNS": "80",
        }
        cv2.imwrite(str(folder / "wall.png"), grey())
        self.config.write_text(
            f"camera: {{kind: file, source: {folder / 'wall.png'}}}\n"
            f"mpd: {{port: {free_port()}}}\nmqtt: {{enabled: false}}\n"
        )

    async def start(self, *words: str, stdout: int = asyncio.subprocess.PIPE) -> Process:
        """`moodspeaker` with these words."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "moodspeaker", *words),
            stdout=stdout,
            stderr=asyncio.subprocess.PIPE,
            env=self.environment,
        )

    async def run(self, *words: str) -> Done:
        """It, to its end."""
        process = await self.start(*words)
        async with asyncio.timeout(LIMIT_S):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Done(process.returncode, out.decode(), err.decode())

    async def listens(self) -> bool:
        """Whether somebody takes connections on the socket, whose file is there before that."""
        try:
            _, writer = await asyncio.open_unix_connection(self.socket)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        writer.close()
        await writer.wait_closed()
        return True

    @asynccontextmanager
    async def service(self) -> AsyncIterator[Process]:
        """The service, once it listens; killed at the end if it still runs."""
        process = await self.start("run", "--config", str(self.config))
        try:
            async with asyncio.timeout(LIMIT_S):
                while not await self.listens():
                    await asyncio.sleep(0.05)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine of its own."""
    return Machine(tmp_path)


async def test_a_mood_chosen_by_ctl_is_what_watch_shows(machine: Machine) -> None:
    async with machine.service():
        assert await machine.run("ctl", "mood", "happy") == Done(0, "", "")
        refused = await machine.run("ctl", "mood", "hapy")
        assert (refused.status, "did you mean happy?" in refused.err) == (1, True)
        seen = await machine.run("watch", "--once")
        assert (seen.status, seen.out.split()[0]) == (0, "HAPPY")
        told = await machine.run("watch", "--once", "--json")
        topics = {k: v for line in told.out.splitlines() for k, v in json.loads(line).items()}
        assert topics["state"]["manual_mood"] == "happy"
        assert topics["tuning"]["enter_threshold"]


async def test_the_service_ends_in_time_beside_a_watcher_and_takes_its_socket_away(
    machine: Machine,
) -> None:
    async with machine.service() as service:
        watcher = await machine.start("watch")
        assert watcher.stdout
        async with asyncio.timeout(LIMIT_S):
            await watcher.stdout.readline()
            watch = Stopwatch()
            service.send_signal(signal.SIGTERM)
            assert await service.wait() == 0
        assert watch.fair_s < 5
        _, err = await watcher.communicate()
        assert watcher.returncode == 1
        assert b"moodspeaker has ended" in err
    assert not machine.socket.exists()
    done = await machine.run("ctl", "next")
    assert done.status == 1
    assert f"no moodspeaker is running here (no socket {machine.socket})" in done.err


async def test_a_killed_service_s_socket_does_not_stand_in_the_way(machine: Machine) -> None:
    async with machine.service() as service:
        service.kill()
        await service.wait()
    assert machine.socket.exists()
    assert "nobody listens" in (await machine.run("ctl", "next")).err
    async with machine.service():
        assert await machine.run("ctl", "mood", "sad") == Done(0, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_on_a_terminal_it_draws_in_place_and_gives_the_screen_back(
    machine: Machine, number: int
) -> None:
    ours, theirs = pty.openpty()
    async with machine.service():
        watcher = await machine.start("watch", stdout=theirs)
        os.close(theirs)
        screen = await read_until(ours, "model")
        watcher.send_signal(number)
        async with asyncio.timeout(LIMIT_S):
            await watcher.communicate()
        screen += await asyncio.to_thread(rest_of, ours)
    os.close(ours)
    assert watcher.returncode == 0
    assert screen.startswith(b"\x1b[?1049h")
    assert screen.endswith(b"\x1b[?7h\x1b[?25h\x1b[?1049l")


async def read_until(descriptor: int, word: str) -> bytes:
    """What a terminal got, up to this word."""
    screen = b""
    async with asyncio.timeout(LIMIT_S):
        while word.encode() not in screen:
            screen += await asyncio.to_thread(os.read, descriptor, 65536)
    return screen


def rest_of(descriptor: int) -> bytes:
    """All that a terminal still got, which comes in pieces, once nobody writes to it any more."""
    screen = b""
    # Its end is an error.
    with suppress(OSError):
        while more := os.read(descriptor, 65536):
            screen += more
    return screen
