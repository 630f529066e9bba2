"""MQTT 5 first, 3.1.1 where it is refused; certificates, access rules and giants, all real."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from fakes.locked_broker import ALL, LockedBroker, authority, signed, tls_options
from fakes.metronome import Stopwatch
from fakes.old_broker import Manner, OldBroker
from moodspeaker.app import parts
from moodspeaker.config.schema import MqttSection
from moodspeaker.demo.servers import HOST
from moodspeaker.errors import BrokerDenied, BrokerLost
from moodspeaker.home.echo import LEAST_S
from moodspeaker.home.link import MqttConnector, MqttSettings
from moodspeaker.home.protocols import Choice, Protocols
from moodspeaker.home.rights import Rights
from moodspeaker.home.tls import TlsSettings
from moodspeaker.home.topics import Topics
from moodspeaker.types import Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from moodspeaker.demo.servers import Server
    from moodspeaker.home.link import MqttBroker

LIMIT_S = 30.0
DELAYED_S = 0.03
"""An acknowledgement that is delayed comes after 40 ms."""
MOST_TRIES = 100
WILL = Message("speaker/availability", b"offline", retain=True)
ONLINE = Message(WILL.topic, b"online", retain=True)


@pytest.mark.parametrize("manner", list(Manner))
async def test_a_broker_that_refuses_version_5_gets_3_1_1_from_then_on(
    mosquitto: Server, manner: Manner
) -> None:
    old = OldBroker(mosquitto.port, manner)
    await old.start()
    connector = MqttConnector(MqttSettings(HOST, "speaker", old.port, timeout_s=LIMIT_S))
    watch = Stopwatch()
    for _ in range(2):
        async with connector(WILL) as speaker:
            await speaker.publish(ONLINE)
    await old.stop()
    assert old.levels == [5, 4, 4]
    assert watch.fair_s < LIMIT_S / 2


async def test_version_5_alone_does_not_fall_back(mosquitto: Server) -> None:
    old = OldBroker(mosquitto.port, Manner.SAYS_SO)
    await old.start()
    settings = MqttSettings(HOST, "speaker", old.port, timeout_s=LIMIT_S)
    with pytest.raises(BrokerLost, match=r"(?s)version.*mqtt\.version"):
        await enter(MqttConnector(settings, Protocols("5", time.monotonic)))
    await old.stop()


async def test_a_wrong_password_is_no_reason_to_fall_back(tmp_path: Path) -> None:
    async with locked(tmp_path) as broker:
        protocols = Protocols("auto", time.monotonic)
        login = ("speaker", "wrong")
        settings = MqttSettings(HOST, "speaker", broker.port, *login, timeout_s=LIMIT_S)
        with pytest.raises(BrokerDenied):
            await enter(MqttConnector(settings, protocols))
        assert protocols.other is not None


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_a_giant_is_left_out_and_the_next_command_arrives(
    mosquitto: Server, version: Choice
) -> None:
    async with speaking(mosquitto.port, version) as speaker, onlooking(mosquitto.port) as onlooker:
        await speaker.subscribe(["set/#"])
        await onlooker.publish(Message("set/mood", bytes(10_000_000)))
        await onlooker.publish(Message("set/mood", b"sad"))
        assert await first(speaker) == Message("set/mood", b"sad")


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_no_rights_are_missed_where_all_are_given(tmp_path: Path, version: Choice) -> None:
    async with online(tmp_path, version, ALL) as (rights, told):
        await asyncio.sleep(LEAST_S + 0.5)
        async with asyncio.timeout(LIMIT_S):
            # Where this machine stood still for so long, it is taken back at once.
            while rights.problem is not None:
                await told.get()


async def test_a_denied_publication_is_told_at_once_in_version_5(tmp_path: Path) -> None:
    told = await problem(tmp_path, "5", "topic read #")
    assert told is not None
    assert "refuses us speaker/availability: Not authorized" in told
    assert "ACL" in told


@pytest.mark.parametrize("rules", ["topic read #", "topic write #"])
async def test_a_silent_denial_is_told_because_nothing_comes_back(
    tmp_path: Path, rules: str
) -> None:
    told = await problem(tmp_path, "3.1.1", rules)
    assert told is not None
    assert "does not send back what we publish on speaker/availability" in told


async def test_the_echo_is_not_among_the_messages(mosquitto: Server) -> None:
    async with speaking(mosquitto.port, "5") as speaker:
        await speaker.subscribe(["t"])
        await speaker.publish(ONLINE)
        await speaker.publish(Message("t", b"1"))
        assert await first(speaker) == Message("t", b"1")


async def test_an_answer_waits_for_no_delayed_acknowledgement(mosquitto: Server) -> None:
    times_s = []
    async with speaking(mosquitto.port, "5") as speaker, onlooking(mosquitto.port) as onlooker:
        await speaker.subscribe(["set/#"])
        await onlooker.subscribe(["state"])
        for _ in range(MOST_TRIES):
            began_s = time.monotonic()
            await onlooker.publish(Message("set/mood", b"sad"))
            await first(speaker)
            await speaker.publish(Message("result", b"ok"))
            await speaker.publish(Message("state", b"sad"))
            await first(onlooker)
            times_s.append(time.monotonic() - began_s)
            if times_s[-1] < DELAYED_S:
                break
    # Each of them would have to wait for it; on a busy machine some are slow for other reasons.
    assert min(times_s) < DELAYED_S


async def test_another_client_with_our_id_is_named(mosquitto: Server) -> None:
    async with speaking(mosquitto.port, "5") as speaker, speaking(mosquitto.port, "5"):
        with pytest.raises(BrokerLost, match=r"(?s)closed the connection.*the id speaker"):
            await first(speaker)


async def test_a_dead_broker_fails_a_waiting_publication_before_its_limit(tmp_path: Path) -> None:
    async with locked(tmp_path) as broker:
        settings = MqttSettings(HOST, "speaker", broker.port, "speaker", "right", timeout_s=60)
        async with MqttConnector(settings)(WILL) as speaker:
            await broker.kill()
            async with asyncio.timeout(LIMIT_S):
                with pytest.raises(BrokerLost):
                    await speaker.publish(ONLINE)


async def test_a_client_certificate_opens_a_broker_that_wants_one(tmp_path: Path) -> None:
    ours = authority(tmp_path, "ours")
    server, client = signed(tmp_path, "server", ours), signed(tmp_path, "client", ours)
    async with locked(tmp_path, ALL, *tls_options(server, ours)) as broker:
        pair = TlsSettings(str(ours.certificate), str(client.certificate), str(client.key))
        await enter(MqttConnector(over_tls(broker, pair)))
        with pytest.raises(BrokerLost):
            await enter(MqttConnector(over_tls(broker, TlsSettings(str(ours.certificate)))))
        mixed = TlsSettings(str(ours.certificate), str(client.certificate), str(server.key))
        with pytest.raises(BrokerLost, match="a pair"):
            await enter(MqttConnector(over_tls(broker, mixed)))


async def test_a_certificate_for_another_name_is_told_from_an_untrusted_one(tmp_path: Path) -> None:
    ours, theirs = authority(tmp_path, "ours"), authority(tmp_path, "theirs")
    server = signed(tmp_path, "server", ours, "DNS:elsewhere")
    async with locked(tmp_path, ALL, *tls_options(server)) as broker:
        with pytest.raises(BrokerLost, match=r"mqtt\.host has to be"):
            await enter(MqttConnector(over_tls(broker, TlsSettings(str(ours.certificate)))))
        with pytest.raises(BrokerLost, match=r"mqtt\.ca_file has to be"):
            await enter(MqttConnector(over_tls(broker, TlsSettings(str(theirs.certificate)))))


async def test_tls_towards_a_port_without_it_says_so(mosquitto: Server) -> None:
    settings = MqttSettings(HOST, "speaker", mosquitto.port, tls=TlsSettings(), timeout_s=LIMIT_S)
    with pytest.raises(BrokerLost, match=r"mqtt\.tls"):
        await enter(MqttConnector(settings))


async def test_a_flood_over_tls_loses_no_command(tmp_path: Path) -> None:
    ours = authority(tmp_path, "ours")
    server = signed(tmp_path, "server", ours)
    async with locked(tmp_path, ALL, *tls_options(server)) as broker:
        settings = over_tls(broker, TlsSettings(str(ours.certificate)))
        known = {"set/mood"}.__contains__
        async with MqttConnector(settings, known=known)(WILL) as speaker:
            await speaker.subscribe(["set/#"])
            for number in range(3):
                await asyncio.gather(
                    *(speaker.publish(Message("set/x", bytes(3000))) for _ in range(200))
                )
                await speaker.publish(Message("set/mood", b"%d" % number))
            async with asyncio.timeout(LIMIT_S):
                moods = [m.payload async for m in until_last(speaker) if m.topic == "set/mood"]
        assert moods == [b"0", b"1", b"2"]


async def test_a_password_may_be_a_credential_of_systemd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "broker").write_text("right\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    async with locked(tmp_path) as broker:
        login = {"port": broker.port, "username": "speaker", "password_file": "broker"}
        section = MqttSection.model_validate({**login, "timeout_s": LIMIT_S})
        async with parts.BrokerConnection(section, Topics("test"))(WILL) as speaker:
            await speaker.publish(ONLINE)


async def problem(folder: Path, version: Choice, rules: str) -> str | None:
    """What is told first of a speaker with these rights, once it is online."""
    async with online(folder, version, rules) as (_, told), asyncio.timeout(LIMIT_S):
        return await told.get()


@asynccontextmanager
async def online(
    folder: Path, version: Choice, rules: str
) -> AsyncIterator[tuple[Rights, asyncio.Queue[str | None]]]:
    """A speaker with these rights that has said so, and what is told of them."""
    told: asyncio.Queue[str | None] = asyncio.Queue()
    async with locked(folder, rules) as broker:
        settings = MqttSettings(HOST, "speaker", broker.port, "speaker", "right", timeout_s=LIMIT_S)
        rights = Rights(told.put_nowait)
        async with MqttConnector(settings, Protocols(version, time.monotonic), rights)(WILL) as one:
            # Connecting was not to be cut short.
            one._echo._limit_s = LEAST_S
            await one.subscribe(["set/#"])
            await one.publish(ONLINE)
            yield rights, told


async def until_last(speaker: MqttBroker) -> AsyncIterator[Message]:
    """Messages up to the one that says 2."""
    async for message in speaker.messages():
        yield message
        if message.payload == b"2":
            return


def over_tls(broker: LockedBroker, settings: TlsSettings) -> MqttSettings:
    """With the right login."""
    return MqttSettings(HOST, "tls", broker.port, "speaker", "right", settings, timeout_s=LIMIT_S)


@asynccontextmanager
async def locked(folder: Path, rules: str = ALL, *options: str) -> AsyncIterator[LockedBroker]:
    """A broker with a login, running."""
    broker = LockedBroker(folder / "broker", rules, options)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


@asynccontextmanager
async def speaking(port: int, version: Choice) -> AsyncIterator[MqttBroker]:
    """The speaker's own connection."""
    connector = MqttConnector(
        MqttSettings(HOST, "speaker", port, timeout_s=LIMIT_S), Protocols(version, time.monotonic)
    )
    async with connector(WILL) as speaker:
        yield speaker


@asynccontextmanager
async def onlooking(port: int) -> AsyncIterator[MqttBroker]:
    """Somebody else's."""
    settings = MqttSettings(HOST, "onlooker", port, timeout_s=LIMIT_S)
    async with MqttConnector(settings)(Message("gone", b"")) as other:
        yield other


async def first(broker: MqttBroker) -> Message:
    """The next message."""
    async with asyncio.timeout(LIMIT_S):
        async for message in broker.messages():
            return message
    raise AssertionError("no message")


async def enter(connector: MqttConnector) -> None:
    """Connects, publishes and leaves again, within the limit."""
    async with asyncio.timeout(LIMIT_S), connector(WILL) as broker:
        await broker.publish(ONLINE)
