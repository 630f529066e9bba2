"""What is announced, what is taken back, and who hears of pictures."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

from fakes.broker import A_STATE, LIMIT_S, FakeBroker
from fakes.home_bench import Clock, Prompt, Speaker
from moodspeaker.home.discovery import DeviceInfo
from moodspeaker.home.session import Home
from moodspeaker.home.topics import Topics
from moodspeaker.types import Message

TOPICS = Topics("kitchen")


@pytest.fixture
def speaker() -> Speaker:
    """A speaker that knows its state and is not connected."""
    speaker = Speaker()
    speaker.home.update(A_STATE)
    return speaker


async def test_the_observer_hears_of_everything_that_went_out(speaker: Speaker) -> None:
    async with speaker.connected():
        await speaker.send("next", b"PRESS")
    unheard = (TOPICS.command("next"), TOPICS.preview)
    assert speaker.told == [m for m in speaker.broker.published if m.topic not in unheard]


async def test_nobody_but_the_broker_hears_of_a_picture(speaker: Speaker) -> None:
    async with speaker.connected():
        speaker.home.picture(b"jpeg")
        await speaker.broker.wait_for(lambda m: m.payload == b"jpeg")
    assert TOPICS.preview not in [message.topic for message in speaker.told]


async def test_pictures_end_before_it_says_offline(speaker: Speaker) -> None:
    async with speaker.connected():
        speaker.home.picture(b"jpeg")
        await speaker.broker.wait_for(lambda m: m.payload == b"jpeg")
    assert speaker.broker.published[-2:] == [
        Message(TOPICS.preview, b""),
        Message(TOPICS.availability, b"offline", retain=True),
    ]


async def test_what_a_former_run_announced_is_removed_by_its_platform_alone(
    speaker: Speaker,
) -> None:
    speaker.home.withdraw({"gone": "sensor", "mood": "sensor"})
    assert speaker.home.announced is None
    async with speaker.connected():
        told = components_in(speaker)
    assert told["gone"] == {"platform": "sensor"}
    assert told["mood"]["name"] == "Mood"
    assert speaker.home.announced is not None
    assert speaker.home.announced == {
        key: made["platform"] for key, made in told.items() if key != "gone"
    }


async def test_what_goes_away_while_it_runs_is_removed(speaker: Speaker) -> None:
    async with speaker.connected():
        after = len(speaker.broker.published)
        speaker.home.announce(DeviceInfo("Kitchen", "1.0", pictures=False))
        await speaker.broker.wait_for_topic(TOPICS.discovery, after=after)
        await speaker.send("next", b"PRESS")
        told = components_in(speaker)
    assert told["preview"] == {"platform": "switch"}
    assert told["preview_picture"] == {"platform": "image"}
    assert speaker.home.announced is not None
    assert not {"preview", "preview_picture"} & set(speaker.home.announced)


async def test_what_changes_while_it_is_told_counts_only_once_it_is_told_too() -> None:
    known: list[dict[str, str] | None] = []

    def published(message: Message) -> None:
        if message.topic == TOPICS.discovery:
            known.append(home.announced)
            home.announce(DeviceInfo("Kitchen", "1.0", pictures=False))

    home = Home(
        FakeBroker(),
        TOPICS,
        DeviceInfo("Kitchen", "1.0"),
        Speaker().handle,
        clock=Clock(),
        rng=Prompt(),
        published=published,
    )
    up = asyncio.Event()
    attempt = asyncio.create_task(home.attempt(up.set))
    async with asyncio.timeout(LIMIT_S):
        await up.wait()
    attempt.cancel()
    with suppress(asyncio.CancelledError):
        await attempt
    assert known == [None, None]
    assert home.announced is not None
    assert "preview" not in home.announced


async def test_the_same_device_is_not_announced_twice(speaker: Speaker) -> None:
    speaker.home.withdraw({"gone": "sensor"})
    async with speaker.connected():
        speaker.home.announce(DeviceInfo("Kitchen", "1.0"))
        await speaker.send("next", b"PRESS")
    assert len(speaker.broker.on(TOPICS.discovery)) == 1


def components_in(speaker: Speaker) -> dict[str, Any]:
    """The components that the broker retains."""
    message = json.loads(speaker.broker.retained[TOPICS.discovery])
    return dict(message["components"])
