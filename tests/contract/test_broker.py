"""What every broker adapter does: the fake in memory and a real mosquitto."""

from __future__ import annotations

import asyncio
import subprocess
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from fakes.broker import FakeBroker
from fakes.broker_bench import FROZEN_LIMIT_S, Bench, FakeBench, RealBench, Relay
from moodspeaker.demo.servers import HOST, Server, find_program, free_port, private_mosquitto
from moodspeaker.errors import BrokerDenied, BrokerLost
from moodspeaker.home.link import MqttConnector, MqttSettings
from moodspeaker.home.tls import TlsSettings
from moodspeaker.types import Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from moodspeaker.ports import Broker, BrokerConnector

LIMIT_S = 30.0
WILL = Message("speaker/availability", b"offline", retain=True)
NO_WILL = Message("nobody/availability", b"offline")


@pytest.fixture(params=["fake", "mosquitto"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    """A broker in memory, then a real one."""
    if request.param == "fake":
        yield FakeBench()
        return
    server = private_mosquitto(tmp_path / "mosquitto")
    await server.start()
    relay = Relay(server.port)
    await relay.start()
    yield RealBench(server, relay)
    await relay.stop()
    await server.stop()


async def test_messages_arrive_in_the_order_they_were_published(bench: Bench) -> None:
    async with bench.connector()(WILL) as speaker, bench.connector()(NO_WILL) as onlooker:
        await onlooker.subscribe(["a/#", "b"])
        for number in range(20):
            await speaker.publish(Message("b" if number % 2 else "a/c", b"%d" % number))
        received = await first(onlooker, 20)
    assert [message.payload for message in received] == [b"%d" % number for number in range(20)]


async def test_only_the_topics_subscribed_to_arrive(bench: Bench) -> None:
    async with bench.connector()(WILL) as speaker, bench.connector()(NO_WILL) as onlooker:
        await onlooker.subscribe(["speaker/set/#"])
        for topic in ("speaker/settings", "other/set/x", "speaker/set/x"):
            await speaker.publish(Message(topic, b"1"))
        received = await first(onlooker, 1)
    assert received == [Message("speaker/set/x", b"1")]


async def test_the_retained_flag_marks_only_what_was_there_before(bench: Bench) -> None:
    async with bench.connector()(WILL) as speaker, bench.connector()(NO_WILL) as onlooker:
        await speaker.publish(Message("t/old", b"1", retain=True))
        await onlooker.subscribe(["t/#"])
        await speaker.publish(Message("t/new", b"2", retain=True))
        received = await first(onlooker, 2)
    assert received == [Message("t/old", b"1", retain=True), Message("t/new", b"2")]


async def test_an_empty_retained_message_clears_its_topic(bench: Bench) -> None:
    async with bench.connector()(WILL) as speaker, bench.connector()(NO_WILL) as onlooker:
        await speaker.publish(Message("t/old", b"1", retain=True))
        await speaker.publish(Message("t/old", b"", retain=True))
        await speaker.publish(Message("t/kept", b"2", retain=True))
        await onlooker.subscribe(["t/#"])
        received = await first(onlooker, 1)
    assert received == [Message("t/kept", b"2", retain=True)]


async def test_a_lost_connection_publishes_the_will(bench: Bench) -> None:
    async with bench.connector()(WILL) as speaker, bench.connector()(NO_WILL) as onlooker:
        await onlooker.subscribe([WILL.topic])
        await speaker.publish(Message(WILL.topic, b"online", retain=True))
        await bench.cut()
        received = await first(onlooker, 2)
        with pytest.raises(BrokerLost):
            await first(speaker, 1)
    assert [message.payload for message in received] == [b"online", b"offline"]


async def test_a_clean_goodbye_keeps_the_will_back(bench: Bench) -> None:
    speaker, onlooker = bench.connector(), bench.connector()
    async with onlooker(NO_WILL) as watching:
        await watching.subscribe([WILL.topic, "done"])
        with pytest.raises(RuntimeError):
            async with speaker(WILL):
                raise RuntimeError("a bug of ours")
        await watching.publish(Message("done", b""))
        received = await first(watching, 1)
    assert received == [Message("done", b"")]


async def test_a_dead_broker_ends_messages_and_publications(bench: Bench) -> None:
    async with bench.connector()(WILL) as speaker:
        await speaker.subscribe(["t"])
        await bench.kill()
        with pytest.raises(BrokerLost):
            await first(speaker, 1)
        async with asyncio.timeout(LIMIT_S):
            with pytest.raises(BrokerLost):
                await speaker.publish(Message("t", b""))


async def test_a_dead_broker_refuses_connections(bench: Bench) -> None:
    bench.connector()
    connector = bench.connector()
    await bench.kill()
    with pytest.raises(BrokerLost, match=r":\d+"):
        await enter(connector)


async def test_a_frozen_broker_fails_a_publication_within_the_limit(bench: Bench) -> None:
    async with asyncio.timeout(LIMIT_S), bench.connector()(WILL) as speaker:
        bench.hurry(speaker)
        bench.freeze()
        with pytest.raises(BrokerLost):
            await speaker.publish(Message("t", b""))
        bench.thaw()


async def test_a_frozen_broker_fails_a_connection_within_the_limit(bench: Bench) -> None:
    connector = bench.connector(FROZEN_LIMIT_S)
    bench.freeze()
    with pytest.raises(BrokerLost):
        await enter(connector)
    bench.thaw()


async def test_a_connector_connects_again_after_a_loss(bench: Bench) -> None:
    connector = bench.connector()
    async with connector(WILL) as speaker:
        await bench.cut()
        with pytest.raises(BrokerLost):
            await first(speaker, 1)
    async with connector(WILL) as speaker:
        await speaker.subscribe(["t"])
        await speaker.publish(Message("t", b"again"))
        assert await first(speaker, 1) == [Message("t", b"again")]


async def test_the_fake_refuses_a_login_when_told() -> None:
    broker = FakeBroker()
    broker.denied = True
    with pytest.raises(BrokerDenied):
        await enter(broker)


@pytest.mark.parametrize("login", [None, ("speaker", "wrong"), ("nobody", "right")])
async def test_mosquitto_refuses_a_wrong_login(
    locked: Server, login: tuple[str, str] | None
) -> None:
    user, password = login or (None, None)
    settings = MqttSettings(HOST, "speaker", locked.port, user, password, timeout_s=LIMIT_S)
    with pytest.raises(BrokerDenied, match=rf"{HOST}:{locked.port}") as refused:
        await enter(MqttConnector(settings))
    assert "password_file" in refused.value.remedy
    assert "wrong" not in str(refused.value)


async def test_mosquitto_takes_the_right_login(locked: Server) -> None:
    settings = MqttSettings(HOST, "speaker", locked.port, "speaker", "right", timeout_s=LIMIT_S)
    async with MqttConnector(settings)(WILL) as speaker:
        await speaker.publish(Message("t", b""))


@pytest.fixture
async def locked(tmp_path: Path) -> AsyncIterator[Server]:
    """A mosquitto that knows one user: speaker, with the password right."""
    passwords, conf, port = tmp_path / "passwords", tmp_path / "locked.conf", free_port()
    program = find_program("mosquitto_passwd")
    subprocess.run([program, "-b", "-c", passwords, "speaker", "right"], check=True)  # noqa: ASYNC221
    conf.write_text(
        f"listener {port} {HOST}\nuser root\nallow_anonymous false\npassword_file {passwords}\n"
    )
    server = Server("mosquitto", ("mosquitto", "-c", str(conf)), port)
    await server.start()
    yield server
    await server.stop()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "", "a" * 70])
async def test_a_host_that_does_not_exist_is_a_lost_broker(host: str) -> None:
    with pytest.raises(BrokerLost, match=r"mqtt\.host"):
        await enter(MqttConnector(MqttSettings(host, "speaker")))


async def test_a_missing_authority_file_is_a_lost_broker(mosquitto: Server) -> None:
    settings = MqttSettings(HOST, "speaker", mosquitto.port, tls=TlsSettings("/no/such/file"))
    with pytest.raises(BrokerLost, match="No such file"):
        await enter(MqttConnector(settings))


async def test_a_broker_behind_tls_takes_us_when_we_trust_its_authority(tls: TlsBroker) -> None:
    trusting = TlsSettings(str(tls.certificate))
    settings = MqttSettings(HOST, "speaker", tls.port, tls=trusting, timeout_s=LIMIT_S)
    async with MqttConnector(settings)(WILL) as speaker:
        await speaker.subscribe(["t"])
        await speaker.publish(Message("t", b"hidden"))
        assert await first(speaker, 1) == [Message("t", b"hidden")]


async def test_a_broker_that_nobody_vouches_for_is_refused(tls: TlsBroker) -> None:
    settings = MqttSettings(HOST, "speaker", tls.port, tls=TlsSettings(), timeout_s=LIMIT_S)
    with pytest.raises(BrokerLost, match="certificate verify failed"):
        await enter(MqttConnector(settings))


@dataclass(frozen=True, slots=True)
class TlsBroker:
    """A mosquitto that speaks TLS, and the certificate to trust."""

    port: int
    certificate: Path


@pytest.fixture
async def tls(tmp_path: Path) -> AsyncIterator[TlsBroker]:
    """A mosquitto with a certificate of its own making."""
    key, certificate, conf = (tmp_path / name for name in ("key.pem", "cert.pem", "tls.conf"))
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj"
    names = ("/CN=broker", "-addext", f"subjectAltName=IP:{HOST}", "-keyout", str(key))
    argv = ("openssl", *request.split(), *names, "-out", str(certificate))
    subprocess.run(argv, check=True, capture_output=True)  # noqa: ASYNC221
    port = free_port()
    conf.write_text(
        f"listener {port} {HOST}\nuser root\nallow_anonymous true\n"
        f"keyfile {key}\ncertfile {certificate}\n"
    )
    server = Server("mosquitto", ("mosquitto", "-c", str(conf)), port)
    await server.start()
    yield TlsBroker(port, certificate)
    await server.stop()


async def test_giving_up_a_mute_peer_leaves_no_connection_and_no_task(mute: MutePeer) -> None:
    before = asyncio.all_tasks()
    connecting = asyncio.create_task(
        enter(MqttConnector(MqttSettings(HOST, "speaker", mute.port, timeout_s=LIMIT_S)))
    )
    async with asyncio.timeout(LIMIT_S):
        await mute.asked.wait()
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        await mute.left.wait()
        while asyncio.all_tasks() - before - mute.tasks:
            await asyncio.sleep(0)


class MutePeer:
    """Accepts connections, reads, and never answers."""

    def __init__(self) -> None:
        self.asked, self.left = asyncio.Event(), asyncio.Event()
        self.tasks: set[asyncio.Task[None] | None] = set()
        self.port = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[MutePeer]:
        async with await asyncio.start_server(self._serve, HOST, 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.current_task())
        with suppress(ConnectionError):
            while await reader.read(1000):
                self.asked.set()
        self.left.set()
        writer.close()


@pytest.fixture
async def mute() -> AsyncIterator[MutePeer]:
    """A peer that never says a word."""
    async with MutePeer().serving() as peer:
        yield peer


async def first(broker: Broker, count: int) -> list[Message]:
    """The next messages, that many."""
    received: list[Message] = []
    async with asyncio.timeout(LIMIT_S):
        async for message in broker.messages():
            received.append(message)
            if len(received) == count:
                break
    return received


async def enter(connector: BrokerConnector) -> None:
    """Connects and leaves again, within the limit."""
    async with asyncio.timeout(LIMIT_S), connector(WILL):
        pass
