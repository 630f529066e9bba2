"""A real `moodspeaker run` under strace, with its broker, its MPD and a person at hand."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiomqtt

from fakes.service_house import TOPICS, answer, decoded
from moodspeaker.demo.servers import HOST
from privacy.calls import Call, read_calls
from privacy.places import Places
from privacy.strace import traced, traced_pid

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

LIMIT_S = 180.0
CONFIG = """\
device: {{id: {device}}}
camera: {{kind: file, source: {source}, at_end: loop, fps_active: 3, fps_idle: 3}}
mood: {{smoothing_s: 2, hold_s: 1, dwell_s: 2, changes_per_hour: 240}}
mpd: {{host: localhost, port: {mpd}}}
mqtt: {{host: {host}, port: {broker}}}
privacy: {{score_log: true, score_log_every_s: 0.5}}
library: {{music_dir: {music}}}
"""


@dataclass(frozen=True, slots=True)
class Servers:
    """Ports on loopback, and the music that the MPD plays."""

    mpd: int
    broker: int
    music: Path


@dataclass(slots=True)
class Watched:
    """A service that runs; `log` is what it prints, `messages` what its broker got of it."""

    folder: Path
    servers: Servers
    process: Process
    client: aiomqtt.Client
    pid: int = 0
    log: list[str] = field(default_factory=list)
    messages: list[tuple[str, Any]] = field(default_factory=list)
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def places(self) -> Places:
        """Where its config lets it write and talk to."""
        state = self.folder / "state"
        hosts = ((HOST, self.servers.mpd), ("::1", self.servers.mpd), (HOST, self.servers.broker))
        return Places(state, state / "control.sock", self.folder / "notify", frozenset(hosts))

    async def says(self, part: str) -> None:
        """The log has said so, or does now."""
        await self.until(lambda: any(part in line for line in self.log))

    def told(self, entity: str) -> list[Any]:
        """What has come on `B/entity`: JSON, and for `preview` bytes."""
        topic = f"moodspeaker/{TOPICS.device_id}/{entity}"
        return [value for name, value in self.messages if name == topic]

    async def tells(self, entity: str, wanted: Callable[[Any], bool], count: int = 1) -> None:
        """So many messages on `B/entity` that are wanted have come."""
        await self.until(lambda: sum(map(bool, map(wanted, self.told(entity)))) >= count)

    async def until(self, seen: Callable[[], bool]) -> None:
        """Fails after the limit, with the end of the log."""
        try:
            async with asyncio.timeout(LIMIT_S), self._more:
                await self._more.wait_for(seen)
        except TimeoutError:
            raise AssertionError("\n".join(self.log[-40:])) from None

    async def does(self, entity: str, payload: str) -> None:
        """Obeys a command that is given over MQTT."""
        async with aiomqtt.Client(HOST, self.servers.broker, timeout=LIMIT_S) as person:
            await person.subscribe(TOPICS.result, qos=1)
            result = await answer(person, entity, payload.encode())
        assert result["ok"], result

    def signal(self, number: signal.Signals) -> None:
        """To the service, not to its tracer."""
        os.kill(self.pid, number)

    async def ends(self) -> int:
        """Its exit status, which strace passes on."""
        async with asyncio.timeout(LIMIT_S):
            return await self.process.wait()

    def calls(self) -> tuple[Call, ...]:
        """All that it and its children did so far."""
        return read_calls(self.folder / "trace")

    async def read_log(self) -> None:
        """For ever: a full pipe would stop the service."""
        assert self.process.stdout
        while line := await self.process.stdout.readline():
            async with self._more:
                self.log.append(line.decode(errors="replace").rstrip())
                self._more.notify_all()

    async def read_messages(self) -> None:
        """For ever."""
        async for message in self.client.messages:
            payload = bytes(message.payload)
            picture = str(message.topic).endswith("/preview")
            async with self._more:
                self.messages.append((str(message.topic), payload if picture else decoded(payload)))
                self._more.notify_all()


@asynccontextmanager
async def watched(
    folder: Path, servers: Servers, pictures: Path, program: tuple[str, ...] = ("-m", "moodspeaker")
) -> AsyncIterator[Watched]:
    """The service, once it is READY; killed at the end if it still runs."""
    config = folder / "speaker.yaml"
    ports = {"mpd": servers.mpd, "broker": servers.broker, "music": servers.music}
    about = {"device": TOPICS.device_id, "source": pictures, "host": HOST}
    config.write_text(CONFIG.format(**ports, **about), encoding="utf-8")
    argv = (sys.executable, *program, "run", "--config", str(config))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(folder / "notify"))
        systemd.setblocking(False)
        options = {"timeout": LIMIT_S, "max_queued_incoming_messages": 0}
        async with aiomqtt.Client(HOST, servers.broker, **options) as client:
            await client.subscribe("moodspeaker/#", qos=1)
            process = await started(argv, folder)
            service = Watched(folder, servers, process, client)
            async with reading(service):
                await ready(service, systemd)
                service.pid = traced_pid(process.pid)
                yield service


async def ready(service: Watched, systemd: socket.socket) -> None:
    """It has told systemd; fails, with its log, where it ends before that."""
    hearing = asyncio.ensure_future(asyncio.get_running_loop().sock_recv(systemd, 100))
    ending = asyncio.ensure_future(service.process.wait())
    tasks = {hearing, ending}
    await asyncio.wait(tasks, timeout=LIMIT_S, return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if not hearing.done():
        hearing.cancel()
        raise AssertionError("\n".join(["never READY", *service.log]))


async def started(argv: tuple[str, ...], folder: Path) -> Process:
    """As systemd starts it, in a folder of its own, traced."""
    return await asyncio.create_subprocess_exec(
        *traced(argv, folder / "trace"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "MOODSPEAKER_STATE_DIR": str(folder / "state"),
            "MOODSPEAKER_CONTROL": str(folder / "state" / "control.sock"),
            "NOTIFY_SOCKET": str(folder / "notify"),
            "WATCHDOG_USEC": "4000000",
            # Else the first run of a fresh checkout writes its bytecode, outside of the state.
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )


@asynccontextmanager
async def reading(service: Watched) -> AsyncIterator[None]:
    """Log and messages are read meanwhile; then the process is ended, whatever happened."""
    tasks = [asyncio.create_task(service.read_log()), asyncio.create_task(service.read_messages())]
    try:
        yield
    finally:
        if service.process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(service.pid or service.process.pid, signal.SIGKILL)
            await service.process.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
