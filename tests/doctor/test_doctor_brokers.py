"""Whether the doctor sees what a broker denies, and who else is there; it disturbs nobody."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from fakes.doctor_broker import (
    ANNOUNCE,
    ANSWER_S,
    BIRTH,
    OWN,
    TOPICS,
    config_for,
    findings_on,
)
from fakes.locked_broker import LockedBroker
from moodspeaker.demo.servers import HOST
from moodspeaker.doctor.examined_broker import Look
from moodspeaker.errors import BrokerError
from moodspeaker.home import link
from moodspeaker.home.echo import Echo
from moodspeaker.home.link import MqttConnector, MqttSettings
from moodspeaker.types import Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from moodspeaker.demo.servers import Server
    from moodspeaker.home.link import MqttBroker
    from moodspeaker.home.rights import Rights

WILL = Message(TOPICS.availability, b"offline", retain=True)
LAST = Message("onlooker/last", b"")
VERSIONS = pytest.mark.parametrize("version", [5, "3.1.1"])


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is denied is not waited for as long as an answer is."""

    def echo(topic: str, rights: Rights, _: float, loop: asyncio.AbstractEventLoop) -> Echo:
        return Echo(topic, rights, 0.0, loop)

    monkeypatch.setattr(link, "Echo", echo)


@pytest.fixture
def midway(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until it is set the doctor, who has subscribed, does not look on."""
    event, begin = asyncio.Event(), Look._round_trip

    async def until_set(look: Look, broker: MqttBroker) -> None:
        await begin(look, broker)
        await event.wait()

    monkeypatch.setattr(Look, "_round_trip", until_set)
    return event


@VERSIONS
async def test_a_good_broker_with_the_recommended_rules_is_fine(
    locked: LockedBroker, login: dict[str, object], version: object
) -> None:
    await locked.start()
    told = await findings_on(config_for(locked.port, version=version, **login))
    assert all(finding.ok for finding in told.values()), told
    names = ["broker", "broker rights", "broker discovery", "broker identity", "home assistant"]
    assert list(told) == names
    assert f"speaks MQTT {version}" in told["broker"].detail
    assert "came back after" in told["broker rights"].detail
    assert "not known" in told["home assistant"].detail


async def test_an_examination_leaves_nothing_behind_and_touches_no_topic_of_the_speaker(
    mosquitto: Server,
) -> None:
    async with client(mosquitto.port, "onlooker") as onlooker:
        await onlooker.subscribe(["#"])
        await findings_on(config_for(mosquitto.port))
        topics = {message.topic for message in await so_far(onlooker)}
    assert topics == {f"{TOPICS.base}/doctor", TOPICS.discovery}
    async with client(mosquitto.port, "later") as later:
        await later.subscribe(["#"])
        assert await so_far(later) == []


async def test_an_announced_speaker_is_not_spoken_over(mosquitto: Server) -> None:
    announcement = Message(TOPICS.discovery, json.dumps({"device": {}}).encode(), retain=True)
    async with client(mosquitto.port, "other") as other:
        await other.publish(announcement)
        heard = asyncio.create_task(collect(other))
        await other.subscribe([TOPICS.discovery])
        told = (await findings_on(config_for(mosquitto.port)))["broker discovery"]
        heard.cancel()
    assert told.ok
    assert "is announced" in told.detail
    assert [message.retain for message in await heard] == [True]


async def test_a_broker_that_is_switched_off_is_a_choice() -> None:
    told = await findings_on(config_for(1, enabled=False))
    assert [finding.ok for finding in told.values()] == [True]
    assert "mqtt.enabled" in told["broker"].detail


@VERSIONS
@pytest.mark.parametrize(
    "rules",
    [
        f"topic read {TOPICS.base}/#\n{ANNOUNCE}\n{BIRTH}",
        f"topic write {TOPICS.base}/#\n{ANNOUNCE}\n{BIRTH}",
        "topic readwrite moodspeaker/cellar/#",
    ],
    ids=["not written", "not read", "another speaker's"],
)
@pytest.mark.usefixtures("hasty")
async def test_rules_that_keep_us_out_are_told_with_the_line_that_lets_us_in(
    locked: LockedBroker, login: dict[str, object], version: object, rules: str
) -> None:
    locked.set_rules(rules)
    await locked.start()
    told = (await findings_on(config_for(locked.port, version=version, **login)))["broker rights"]
    assert not told.ok
    assert OWN in told.remedy
    assert "acl_file" in told.remedy


async def test_an_announcement_that_is_denied_is_told_with_the_line_that_allows_it(
    locked: LockedBroker, login: dict[str, object]
) -> None:
    locked.set_rules(f"{OWN}\n{BIRTH}")
    await locked.start()
    told = await findings_on(config_for(locked.port, **login))
    assert told["broker rights"].ok
    assert not told["broker discovery"].ok
    assert ANNOUNCE in told["broker discovery"].remedy


async def test_what_mqtt_3_does_not_show_is_not_told_as_wrong(
    locked: LockedBroker, login: dict[str, object]
) -> None:
    locked.set_rules(f"{OWN}\n{BIRTH}")
    await locked.start()
    told = (await findings_on(config_for(locked.port, version="3.1.1", **login)))[
        "broker discovery"
    ]
    assert told.ok
    assert "does not show" in told.detail


async def test_a_running_speaker_is_not_disturbed(mosquitto: Server) -> None:
    async with speaker(mosquitto.port) as running:
        told = await findings_on(config_for(mosquitto.port), runs_here=True)
        await running.publish(Message(TOPICS.state, b"{}"))
    assert told["broker identity"].ok
    assert "and stays" in told["broker identity"].detail


@pytest.mark.parametrize(("runs_here", "ok"), [(False, False), (True, True), (None, True)])
async def test_a_speaker_of_our_id_on_another_machine_is_told(
    mosquitto: Server, runs_here: bool | None, ok: bool
) -> None:
    async with speaker(mosquitto.port):
        told = (await findings_on(config_for(mosquitto.port), runs_here=runs_here))[
            "broker identity"
        ]
    assert told.ok is ok
    assert ok or "device.id" in told.remedy


@pytest.mark.parametrize(("times", "ok"), [(1, True), (2, False), (3, False)])
async def test_two_speakers_that_throw_each_other_out_are_told(
    mosquitto: Server, midway: asyncio.Event, times: int, ok: bool
) -> None:
    async with client(mosquitto.port, "both") as both:
        await both.publish(Message(TOPICS.availability, b"online", retain=True))
        await both.subscribe([f"{TOPICS.base}/doctor"])
        finding = asyncio.create_task(findings_on(config_for(mosquitto.port), runs_here=True))
        # It has subscribed before it says anything.
        await anext(both.messages())
        for _ in range(times):
            await both.publish(WILL)
            await both.publish(Message(TOPICS.availability, b"online", retain=True))
        midway.set()
        told = (await finding)["broker identity"]
    assert told.ok is ok
    assert ok or "device.id" in told.remedy


async def test_two_real_speakers_of_one_id_are_told(
    mosquitto: Server, midway: asyncio.Event
) -> None:
    both = [asyncio.create_task(stubborn(mosquitto.port)) for _ in range(2)]
    async with client(mosquitto.port, "onlooker") as onlooker:
        await onlooker.subscribe([f"{TOPICS.base}/doctor"])
        finding = asyncio.create_task(findings_on(config_for(mosquitto.port), runs_here=True))
        await anext(onlooker.messages())
        await onlooker.subscribe([TOPICS.availability])
        left = 0
        async for message in onlooker.messages():
            left += message.payload == b"offline" and not message.retain
            if left == 2:
                break
        midway.set()
        told = (await finding)["broker identity"]
    for one in both:
        one.cancel()
    await asyncio.gather(*both, return_exceptions=True)
    assert not told.ok
    assert "comes and goes" in told.detail


async def test_a_home_assistant_that_says_so_is_seen(mosquitto: Server) -> None:
    async with client(mosquitto.port, "home") as home:
        await home.publish(Message(TOPICS.birth, b"online", retain=True))
        told = (await findings_on(config_for(mosquitto.port)))["home assistant"]
    assert "'online'" in told.detail


@asynccontextmanager
async def client(port: int, name: str, will: Message | None = None) -> AsyncIterator[MqttBroker]:
    settings = MqttSettings(HOST, name, port, timeout_s=ANSWER_S)
    async with MqttConnector(settings)(will or Message(f"{name}/gone", b"")) as broker:
        yield broker


@asynccontextmanager
async def speaker(port: int) -> AsyncIterator[MqttBroker]:
    """What a running service does on the broker, under its client id."""
    async with client(port, f"moodspeaker-{TOPICS.device_id}", WILL) as broker:
        await broker.publish(Message(TOPICS.availability, b"online", retain=True))
        yield broker
        await broker.publish(WILL)


async def stubborn(port: int) -> None:
    """A speaker that comes back whenever it is thrown out."""
    while True:
        with suppress(BrokerError):
            async with speaker(port) as broker:
                async for _ in broker.messages():
                    pass
        await asyncio.sleep(0.1)


async def so_far(broker: MqttBroker) -> list[Message]:
    """What has come; who hears everything hears its own last word last."""
    heard: list[Message] = []
    await broker.publish(LAST)
    async for message in broker.messages():
        if message == LAST:
            break
        heard.append(message)
    return heard


async def collect(broker: MqttBroker) -> list[Message]:
    """What comes until it is cancelled."""
    heard = []
    with suppress(asyncio.CancelledError):
        async for message in broker.messages():
            heard.append(message)
    return heard
