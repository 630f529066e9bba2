"""Pictures over a real broker, and a reload by command."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiomqtt
import pytest

from fakes.speaker_bench import LIMIT_S, QUICK_MOOD, Bench
from moodspeaker.app.preview import PreviewRefused
from moodspeaker.errors import ConfigError
from moodspeaker.home import session
from moodspeaker.home.commands import Reload, SetCamera, SetPreview
from moodspeaker.runtime.announced_file import AnnouncedFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from moodspeaker.demo.servers import Server

JPEG = b"\xff\xd8\xff"
B = "moodspeaker/test"


@pytest.fixture
def told(bench: Bench, mosquitto: Server) -> Bench:
    """The bench, on a real broker."""
    return Bench(bench.config_path.parent, bench.camera, QUICK_MOOD, mosquitto.port)


class Onlooker:
    """What arrives at somebody who listens to pictures and availability, in order."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._news = asyncio.Event()

    async def listen(self, client: aiomqtt.Client) -> None:
        """Until it is cancelled."""
        async for message in client.messages:
            self.heard.append(bytes(message.payload))
            self._news.set()

    async def until(self, wanted: Callable[[], object]) -> None:
        """Waits until it is true of what was heard."""
        async with asyncio.timeout(LIMIT_S):
            while not wanted():
                self._news.clear()
                await self._news.wait()

    @property
    def pictures(self) -> list[bytes]:
        """Those that are none but text left out."""
        return [payload for payload in self.heard if payload.startswith(JPEG)]


@asynccontextmanager
async def onlooker(broker: Server) -> AsyncIterator[Onlooker]:
    """Listens for the length of a `with`."""
    made = Onlooker()
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe(f"{B}/preview", 1)
        await client.subscribe(f"{B}/availability", 1)
        task = asyncio.create_task(made.listen(client))
        yield made
        task.cancel()


async def test_a_preview_is_seen_while_it_is_on_and_ends_empty(
    told: Bench, mosquitto: Server
) -> None:
    async with onlooker(mosquitto) as looking, told.running() as service:
        await looking.until(lambda: b"" in looking.heard)
        await told.witness.until("mood", "happy")
        assert not looking.pictures
        await service.handle(SetPreview(True))
        await looking.until(lambda: len(looking.pictures) >= 2)
        await told.witness.hears(lambda: told.witness.last("state")["preview"] == "ON")
        await service.handle(SetPreview(False))
        await looking.until(lambda: looking.heard[-1] == b"")
        await told.witness.hears(lambda: told.witness.last("state")["preview"] == "OFF")


async def test_a_service_that_ends_leaves_no_picture(
    told: Bench, mosquitto: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Longer than this machine stands still in the middle of a goodbye.
    monkeypatch.setattr(session, "FAREWELL_LIMIT_S", LIMIT_S)
    async with onlooker(mosquitto) as looking:
        async with told.running() as service:
            await told.witness.until("mood", "happy")
            await service.handle(SetPreview(True))
            await looking.until(lambda: looking.pictures)
        await looking.until(lambda: looking.heard[-2:] == [b"", b"offline"])


async def test_no_picture_is_written_anywhere(told: Bench, mosquitto: Server) -> None:
    async with onlooker(mosquitto) as looking, told.running() as service:
        await told.witness.until("mood", "happy")
        await service.handle(SetPreview(True))
        await looking.until(lambda: looking.pictures)
    ours = [told.config_path, *told.state_dir.rglob("*")]
    files = [path for path in ours if path.is_file()]
    assert not [path for path in files if JPEG in path.read_bytes()]
    assert not [line for line in told.witness.told if line[1].endswith("/preview")]


async def test_the_camera_takes_its_preview_along(bench: Bench) -> None:
    async with bench.running() as service:
        await bench.witness.until("mood", "happy")
        await service.handle(SetPreview(True))
        await service.handle(SetCamera(False))
        assert not service._speaker.preview
        with pytest.raises(PreviewRefused, match="switched off"):
            await service.handle(SetPreview(True))


async def test_a_reload_by_command_is_done_or_refused_with_the_problem(bench: Bench) -> None:
    async with bench.running() as service:
        good = bench.config_path.read_text()
        bench.config_path.write_text(good + "\nmood_typo: 1\n")
        with pytest.raises(ConfigError, match="mood_typo"):
            await service.handle(Reload())
        assert bench.witness.told[-1][:2] == ("health", "config")
        bench.config_path.write_text(good.replace("dwell_s: 0", "dwell_s: 9"))
        await service.handle(Reload())
        assert service._speaker.engine.settings.dwell_s == 9
        assert ("health", "config", "ok") in bench.witness.told


async def test_what_was_announced_is_kept(told: Bench) -> None:
    async with told.running():
        await told.witness.hears(lambda: told.witness.last("state"))
        async with asyncio.timeout(LIMIT_S):
            while not AnnouncedFile(told.state_dir).load():
                await asyncio.sleep(0.05)
    assert AnnouncedFile(told.state_dir).load()["mood"] == "sensor"
