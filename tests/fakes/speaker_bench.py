"""A service in this process, with a fake camera, and somebody who listens to what it tells."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.app.observer import Observer
from moodspeaker.app.service import Service
from moodspeaker.config.load import parse_config
from moodspeaker.demo.servers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from fakes.camera import FakeCamera
    from moodspeaker.types import Decision, Message, Mood, Observation

LIMIT_S = 30.0
LIVELY = np.random.default_rng(1).integers(0, 255, (480, 640)).astype(np.uint8)
QUICK_MOOD = "mood: {smoothing_s: 0.1, hold_s: 0, dwell_s: 0, absence_s: 60}"
"""A face is believed at once, and also after this machine has stood still for a while."""
QUICK_ABSENCE = QUICK_MOOD.replace("60", "1")


class Witness(Observer):
    """Remembers, and lets a test wait for what it wants to see."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []
        self._news = asyncio.Event()

    def note(self, *what: str) -> None:
        self.told.append(what)
        self._news.set()

    def observed(self, observation: Observation, decision: Decision) -> None:
        self.note("observed", decision.mood)

    def mood_changed(self, before: Mood, after: Mood, reason: str) -> None:
        self.note("mood", after)

    def health(self, part: str, text: str) -> None:
        self.note("health", part, text)

    def published(self, message: Message) -> None:
        self.note("published", message.topic, message.payload.decode())

    async def until(self, *what: str) -> None:
        """Waits until something that begins with this has been told."""
        await self.hears(lambda: what in [told[: len(what)] for told in self.told])

    async def hears(self, wanted: Callable[[], object]) -> None:
        """Waits until `wanted` is true of what has been told."""
        async with asyncio.timeout(LIMIT_S):
            while not wanted():
                self._news.clear()
                await self._news.wait()

    def all(self, topic: str) -> list[dict[str, Any]]:
        """Every message whose topic ends so, as JSON."""
        told = [t for t in self.told if t[0] == "published" and t[1].endswith(f"/{topic}")]
        return [json.loads(payload) for _, _, payload in told]

    def last(self, topic: str) -> dict[str, Any]:
        """The newest of them; empty before there is one."""
        return (self.all(topic) or [{}])[-1]


class Bench:
    """A service with a fake camera that shows one face, happy."""

    def __init__(
        self, folder: Path, camera: FakeCamera, text: str = QUICK_MOOD, broker: int | None = None
    ) -> None:
        self.config_path = folder / "speaker.yaml"
        mqtt = "{enabled: false}" if broker is None else f"{{port: {broker}}}"
        ports = f"device: {{id: test}}\nmpd: {{port: {free_port()}}}\nmqtt: {mqtt}\n"
        # A machine that is busy with other tests must not make it look less often.
        eyes = "" if "camera:" in text else "camera: {busy_load: 100}\n"
        self.config_path.write_text(ports + eyes + text)
        self.state_dir = folder / "state"
        self.camera = camera
        self.witness = Witness()
        config = parse_config(self.config_path.read_text(), "speaker.yaml")
        self.service = Service(config, self.state_dir, self.config_path, self.witness)

    def running(self) -> AbstractAsyncContextManager[Service]:
        """The service, ended in order afterwards."""
        return run(self.service)


def run(service: Service) -> AbstractAsyncContextManager[Service]:
    """Runs it for the length of a `with`; an error of its own comes out of it."""

    @asynccontextmanager
    async def context() -> AsyncIterator[Service]:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(service.run(stop))
            await asyncio.sleep(0)
            yield service
            stop.set()

    return context()
