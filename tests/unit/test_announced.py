"""What was announced is remembered, and what went away is taken back."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from fakes.broker import FakeBroker
from moodspeaker.app.announced import Announced
from moodspeaker.errors import BrokerLost
from moodspeaker.home.discovery import DeviceInfo
from moodspeaker.home.session import Home
from moodspeaker.home.topics import Topics
from moodspeaker.runtime.announced_file import FILE_NAME, AnnouncedFile

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.home.commands import Command

TOPICS = Topics("kitchen")


async def refuse(command: Command) -> None:
    """Nobody sends any."""


async def run_once(folder: Path, broker: FakeBroker, *, pictures: bool = True) -> dict[str, Any]:
    """One life of a speaker: what it announced."""
    device = DeviceInfo("Kitchen", "1.0", pictures=pictures)
    home = Home(broker, TOPICS, device, refuse, clock=lambda: 0.0, rng=Random(1))
    announced = Announced(AnnouncedFile(folder), home)
    announced.load()
    await announced.keep()
    up = asyncio.Event()
    attempt = asyncio.create_task(home.attempt(up.set))
    waiting = asyncio.create_task(up.wait())
    await asyncio.wait((attempt, waiting), timeout=30, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    await announced.keep()
    attempt.cancel()
    with suppress(asyncio.CancelledError, BrokerLost):
        await attempt
    return json.loads(broker.retained.get(TOPICS.discovery, b'{"components":{}}'))["components"]  # type: ignore[no-any-return]


async def test_a_renamed_entity_is_removed_once(tmp_path: Path) -> None:
    broker = FakeBroker()
    first = await run_once(tmp_path, broker)
    platforms = {key: component["platform"] for key, component in first.items()}
    # As if the mood had been called "feeling" in that version.
    AnnouncedFile(tmp_path).save({"feeling": platforms.pop("mood"), **platforms})
    second = await run_once(tmp_path, broker)
    assert second == {**first, "feeling": {"platform": "sensor"}}
    assert await run_once(tmp_path, broker) == first


async def test_what_the_config_no_longer_allows_is_removed_once(tmp_path: Path) -> None:
    broker = FakeBroker()
    await run_once(tmp_path, broker)
    second = await run_once(tmp_path, broker, pictures=False)
    assert second["preview_picture"] == {"platform": "image"}
    assert "preview_picture" not in await run_once(tmp_path, broker, pictures=False)


async def test_nothing_is_forgotten_before_the_broker_has_heard_of_it(tmp_path: Path) -> None:
    broker = FakeBroker()
    AnnouncedFile(tmp_path).save({"feeling": "sensor"})
    broker.down = True
    await run_once(tmp_path, broker)
    assert AnnouncedFile(tmp_path).load() == {"feeling": "sensor"}


async def test_the_same_list_is_not_written_again(tmp_path: Path) -> None:
    broker = FakeBroker()
    await run_once(tmp_path, broker)
    before = (tmp_path / FILE_NAME).stat().st_ino, (tmp_path / FILE_NAME).stat().st_mtime_ns
    await run_once(tmp_path, broker)
    assert (
        (tmp_path / FILE_NAME).stat().st_ino,
        (tmp_path / FILE_NAME).stat().st_mtime_ns,
    ) == before


async def test_without_mqtt_there_is_nothing_to_keep(tmp_path: Path) -> None:
    announced = Announced(AnnouncedFile(tmp_path), None)
    announced.load()
    await announced.keep()
    assert not list(tmp_path.iterdir())


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    AnnouncedFile(tmp_path / "new").save({"mood": "sensor"})
    assert AnnouncedFile(tmp_path / "new").load() == {"mood": "sensor"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"mood": 1}', "\udcff", "[" * 100_000])
def test_a_damaged_file_means_nothing_and_is_told(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE_NAME).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert AnnouncedFile(tmp_path).load() == {}
    assert FILE_NAME in caplog.text


def test_a_file_that_cannot_be_written_is_told_and_no_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("in the way")
    AnnouncedFile(tmp_path / "state").save({})
    assert "cannot be written" in caplog.text
