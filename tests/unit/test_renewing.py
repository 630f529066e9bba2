"""Connections, camera and model that are let go of and taken anew while all else goes on."""

from __future__ import annotations

import asyncio
import logging
from random import Random
from typing import TYPE_CHECKING

import pytest

from fakes.camera import FakeCamera, Step, grey
from fakes.vision import FakeDetector, FakeEmotionModel, sure
from moodspeaker.app.live_settings import LiveSettings
from moodspeaker.app.shortage import shortages
from moodspeaker.config.load import load_config
from moodspeaker.config.schema import MpdSection
from moodspeaker.errors import BrokerLost, CameraAbsent, ModelError
from moodspeaker.runtime.backoff import ExponentialBackoff
from moodspeaker.runtime.supervisor import Supervisor
from moodspeaker.types import Emotion, Observation, Track, TrackTable
from moodspeaker.vision.governor import Governor, Pace
from moodspeaker.vision.looker import Limits, Looker
from moodspeaker.vision.thread import VisionHooks, VisionThread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

LIMIT_S = 30.0


class Connection:
    """Stays up until it is ended, and says goodbye then."""

    def __init__(self, farewell: Exception | None = None) -> None:
        self.events: list[str] = []
        self.health: list[str] = []
        self.farewell = farewell
        self.up = asyncio.Event()
        self.supervisor = Supervisor(
            "mqtt",
            self.attempt,
            ExponentialBackoff(4.0, Random(1)),
            lambda _, text: self.health.append(text),
        )

    async def attempt(self, up: Callable[[], None]) -> None:
        """One connection."""
        self.events.append("hello")
        up()
        self.up.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.events.append("goodbye")
            if self.farewell:
                raise self.farewell

    async def until_up(self) -> None:
        """The next connection."""
        async with asyncio.timeout(LIMIT_S):
            await self.up.wait()
        self.up.clear()


@pytest.fixture
async def connection() -> AsyncIterator[Connection]:
    """Connected, and ended afterwards."""
    made = Connection()
    task = asyncio.create_task(made.supervisor.run())
    await made.until_up()
    yield made
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_renewed_connection_says_goodbye_and_is_no_trouble(connection: Connection) -> None:
    connection.supervisor.renew()
    await connection.until_up()
    assert connection.events == ["hello", "goodbye", "hello"]
    assert connection.health == ["ok", "ok"]


async def test_twice_at_once_is_once(connection: Connection) -> None:
    connection.supervisor.renew()
    connection.supervisor.renew()
    await connection.until_up()
    assert connection.events == ["hello", "goodbye", "hello"]


async def test_one_that_is_renewed_still_ends_when_it_is_asked_to() -> None:
    made = Connection()
    task = asyncio.create_task(made.supervisor.run())
    await made.until_up()
    made.supervisor.renew()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, LIMIT_S)
    assert made.events == ["hello", "goodbye"]


async def test_one_that_is_lost_while_it_is_renewed_is_tried_again() -> None:
    made = Connection(BrokerLost("gone"))
    task = asyncio.create_task(made.supervisor.run())
    await made.until_up()
    made.supervisor.renew()
    await made.until_up()
    assert made.health == ["ok", "gone", "ok"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, LIMIT_S)


class Eyes:
    """A vision thread in this thread, over cameras one after the other."""

    def __init__(self, *cameras: FakeCamera) -> None:
        self.cameras = list(cameras)
        self.models: list[ModelError | None] = []
        self.loaded = 0
        self.health: list[tuple[str, str]] = []
        self.seen = 0
        self.then: Callable[[int], None] = lambda _: None
        self.thread = VisionThread(
            self._watch, self._camera, pace(1000.0), NoWait(), VisionHooks(self._look, self._told)
        )

    def _watch(self) -> Looker:
        error = self.models.pop(0) if self.models else None
        if error:
            raise error
        self.loaded += 1
        return Looker(FakeDetector(), FakeEmotionModel(sure(Emotion.HAPPY)), Limits(0.5, 20))

    def _camera(self) -> FakeCamera:
        return self.cameras.pop(0) if len(self.cameras) > 1 else self.cameras[0]

    def _look(self, _: Observation) -> None:
        self.seen += 1
        self.then(self.seen)

    def _told(self, part: str, text: str) -> None:
        self.health.append((part, text))


class NoWait(ExponentialBackoff):
    """Tries again at once."""

    def __init__(self) -> None:
        super().__init__(0.0, Random(1))

    def failed(self, *, denied: bool = False) -> float:
        return 0.0


def pace(fps: float) -> Governor:
    """The same with and without a face."""
    return Governor(Pace(fps, fps, 1.0))


def test_renewed_eyes_open_the_other_camera_and_load_the_model_again() -> None:
    first, second = (FakeCamera([Step(grey())]) for _ in range(2))
    eyes = Eyes(first, second)

    def then(seen: int) -> None:
        if seen == 2:
            eyes.thread.renew(pace(500.0))
        elif seen == 4:
            eyes.thread.stop()

    eyes.then = then
    eyes.thread.run()
    assert (first.closed, second.opened, eyes.loaded) == (1, 1, 2)
    assert eyes.health == [("model", "ok"), ("camera", "ok")] * 2


def test_without_a_model_a_camera_that_is_missing_too_is_told() -> None:
    absent = FakeCamera([], open_error=CameraAbsent("no camera"))
    eyes = Eyes(absent, FakeCamera([Step(grey())]))
    eyes.models = [ModelError("no model"), ModelError("no model")]
    eyes.then = lambda _: eyes.thread.stop()
    eyes.thread.run()
    told = [("model", "no model"), ("camera", "no camera"), ("model", "no model"), ("camera", "ok")]
    assert eyes.health[:4] == told


def test_a_camera_that_waits_for_a_model_is_not_kept_open() -> None:
    camera = FakeCamera([Step(grey())])
    eyes = Eyes(camera)
    eyes.models = [ModelError("no model")]
    eyes.then = lambda _: eyes.thread.stop()
    eyes.thread.run()
    assert (camera.opened, camera.closed) == (2, 2)


def test_a_reload_takes_what_is_live_and_names_what_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "speaker.yaml"
    path.write_text("mqtt: {port: 1}\n")
    live = LiveSettings(load_config(path), path, tmp_path)
    live.load()
    path.write_text("mqtt: {port: 2, enabled: false}\ncamera: {fps_active: 9}\nlog: {level: debug}")
    live.reread()
    assert (live.base.mqtt.port, live.base.mqtt.enabled) == (2, True)
    assert live.base.camera.fps_active == 9
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == [
        "changed, but in force only after a restart: mqtt.enabled, log.level"
    ]


@pytest.mark.parametrize(
    ("tracks", "short"),
    [
        ((), {"library"}),
        ((Track("a"),), {"labels"}),
        ((Track("a"), Track("b", moods=("sad",))), set()),
    ],
)
def test_a_library_says_what_it_lacks(tracks: tuple[Track, ...], short: set[str]) -> None:
    said = shortages(TrackTable.of(tracks), MpdSection())
    assert {part for part, text in said.items() if text != "ok"} == short
    assert all("127.0.0.1:6600" in said[part] for part in short)
