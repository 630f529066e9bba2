"""A running service and its broker, watched from outside: by its log, its messages, its memory."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiomqtt
import cv2

from fakes.camera import grey
from fakes.locked_broker import OWNER, SPEAKER, yaml_of
from moodspeaker.demo.servers import HOST, free_port
from moodspeaker.home.topics import Topics

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from fakes.locked_broker import LockedBroker

LIMIT_S = 60.0
AGAIN_S = 20.0
"""What comes while the service has no connection is lost; so late it is said once more."""
TOPICS = Topics("test")


class House:
    """`log` holds the service's lines with the monotonic time of each."""

    def __init__(self, broker: LockedBroker, folder: Path, process: Process) -> None:
        self.broker = broker
        self.password_file = folder / "password"
        self.process = process
        self.log: list[tuple[float, str]] = []
        self._more = asyncio.Condition()

    async def read_log(self) -> None:
        """For ever: a full pipe would stop the service."""
        assert self.process.stderr
        while line := (await self.process.stderr.readline()).decode():
            async with self._more:
                self.log.append((time.monotonic(), line.rstrip()))
                self._more.notify_all()

    async def says(self, part: str, after_s: float = 0.0) -> tuple[float, str]:
        """(when, the line) of the first line with `part`, waited for."""

        def found() -> tuple[float, str] | None:
            return next((e for e in self.log if e[0] >= after_s and part in e[1]), None)

        async with asyncio.timeout(LIMIT_S), self._more:
            await self._more.wait_for(lambda: found() is not None)
        entry = found()
        assert entry is not None
        return entry

    def reload(self) -> None:
        """As `systemctl reload` does."""
        self.process.send_signal(signal.SIGHUP)

    def memory_mb(self) -> tuple[float, float]:
        """(now, most ever), MiB resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        words = dict(line.split(":", 1) for line in status.splitlines())
        return int(words["VmRSS"].split()[0]) / 1024, int(words["VmHWM"].split()[0]) / 1024

    @asynccontextmanager
    async def owner(self, *topics: str, **options: Any) -> AsyncIterator[aiomqtt.Client]:
        """The owner's connection, subscribed."""
        login: dict[str, Any] = {"username": OWNER, "password": "right", "timeout": LIMIT_S}
        login |= options
        async with aiomqtt.Client(HOST, self.broker.port, **login) as client:
            for topic in topics:
                await client.subscribe(topic, qos=1)
            yield client


@asynccontextmanager
async def house(
    broker: LockedBroker, folder: Path, *, mpd: int | None = None, **mqtt: object
) -> AsyncIterator[House]:
    """The service on that broker, which may be down; `mqtt` are further keys of the section."""
    cv2.imwrite(str(folder / "wall.png"), grey())
    (folder / "password").write_text("right\n")
    login = {"port": broker.port, "username": SPEAKER, "password_file": folder / "password"}
    config = folder / "speaker.yaml"
    config.write_text(
        f"device: {{id: {TOPICS.device_id}}}\n"
        f"camera: {{kind: file, source: {folder / 'wall.png'}}}\n"
        f"mpd: {{port: {mpd or free_port()}}}\n"
        f"mqtt: {yaml_of(login | mqtt)}\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "moodspeaker", "run", "--config", str(config)),
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "MOODSPEAKER_STATE_DIR": str(folder / "state")},
    )
    one = House(broker, folder, process)
    reading = asyncio.create_task(one.read_log())
    try:
        yield one
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading


async def until(client: aiomqtt.Client, wanted: dict[str, object]) -> dict[str, Any]:
    """Messages by topic until each of `wanted` has come; None as a value: whatever it says."""
    got: dict[str, Any] = {}
    async with asyncio.timeout(LIMIT_S):
        async for message in client.messages:
            topic, value = str(message.topic), decoded(bytes(message.payload))
            if wanted.get(topic, value) in (None, value):
                got[topic] = value
            if wanted.keys() <= got.keys():
                break
    return got


def decoded(payload: bytes) -> Any:
    """JSON where it is some, else text."""
    text = payload.decode()
    with suppress(ValueError):
        return json.loads(text)
    return text


async def answer(client: aiomqtt.Client, entity: str, payload: bytes) -> dict[str, Any]:
    """Gives a command and waits for the answer to it, and for no other entity's."""
    async with asyncio.timeout(LIMIT_S):
        while True:
            await client.publish(TOPICS.command(entity), payload, qos=1)
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_S):
                    return await result_of(client, entity)


async def result_of(client: aiomqtt.Client, entity: str) -> dict[str, Any]:
    """The next one of that entity."""
    async for message in client.messages:
        result = decoded(bytes(message.payload))
        if str(message.topic) == TOPICS.result and result["entity"] == entity:
            return dict(result)
    raise AssertionError("no answer")
