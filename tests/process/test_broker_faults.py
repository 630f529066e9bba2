"""What a broker can do to the service, with a real mosquitto. The table is printed at the end."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from fakes.locked_broker import LockedBroker, authority, signed, tls_options
from fakes.metronome import Stopwatch
from fakes.service_house import LIMIT_S, TOPICS, House, answer, house, until
from moodspeaker.demo.servers import HOST

if TYPE_CHECKING:
    from pathlib import Path

ONLINE: dict[str, object] = {TOPICS.availability: "online"}
RETAINED = (TOPICS.discovery, TOPICS.state, TOPICS.track, TOPICS.tuning, TOPICS.diagnostics)
EVERYTHING: dict[str, object] = ONLINE | dict.fromkeys(RETAINED)
HOSTILE = {
    "10 MB": bytes(10_000_000),
    "70 kB": bytes(70_000),
    "no UTF-8": b"\xff\xfe\x80",
    "deep JSON": b'{"a":' * 10_000,
    "NaN": b"NaN",
    "negative": b"-5",
    "unknown mood": b"jealous",
}
NOISE = 100_000
ROWS: list[tuple[str, str, str]] = []


@pytest.fixture(scope="module", autouse=True)
def table(request: pytest.FixtureRequest) -> Iterator[None]:
    """Prints what happened and how soon."""
    yield
    capture = request.config.pluginmanager.getplugin("capturemanager")
    lines = [f"| {fault} | {seen} | {soon} |" for fault, seen, soon in ROWS]
    with capture.global_and_fixture_disabled():
        print("\n| fault | what the speaker does | how soon |", "|---|---|---|", *lines, sep="\n")


def row(fault: str, seen: str, soon: str) -> None:
    """One line of the table."""
    ROWS.append((fault, seen.partition(" mqtt: ")[2] or seen, soon))


async def test_a_broker_that_comes_back_empty_is_told_everything_again(tmp_path: Path) -> None:
    broker = LockedBroker(tmp_path / "broker")
    await broker.start()
    async with house(broker, tmp_path) as home:
        async with home.owner("moodspeaker/#", "homeassistant/#") as owner:
            await until(owner, EVERYTHING)
        killed_s = time.monotonic()
        await broker.kill()
        told_s, line = await home.says("mqtt: ", killed_s)
        row("killed", line, f"told after {told_s - killed_s:.2f} s")
        await asyncio.sleep(3)
        await broker.start()
        back = Stopwatch()
        async with home.owner("moodspeaker/#", "homeassistant/#") as owner:
            await until(owner, EVERYTHING)
        took_s = back.fair_s
        row("back, empty", "discovery, state, track, tuning, online", f"{took_s:.1f} s")
    await broker.stop()
    assert took_s < 6


async def test_a_changed_password_is_told_and_taken_when_it_is_mended(tmp_path: Path) -> None:
    broker = LockedBroker(tmp_path / "broker")
    await broker.start()
    async with house(broker, tmp_path) as home:
        async with home.owner("moodspeaker/#") as owner:
            await until(owner, ONLINE)
        broker.set_password("speaker", "new")
        changed_s = time.monotonic()
        broker.reload()
        await asyncio.sleep(1)
        await broker.kill()
        await broker.start()
        told_s, line = await home.says("mqtt: ", changed_s)
        row("restarted with another password", line, f"told after {told_s - changed_s:.1f} s")
        # The first line is of the lost connection, repeats are for debugging.
        await asyncio.sleep(3)
        mended = Stopwatch()
        home.password_file.write_text("new\n")
        home.reload()
        _, line = await home.says("mqtt: connected again", mended.began_s)
        took_s = mended.fair_s
        row("password file mended, reload", line, f"{took_s:.2f} s")
    await broker.stop()
    assert took_s < 5


async def test_a_wrong_password_is_told_at_once(tmp_path: Path) -> None:
    broker = LockedBroker(tmp_path / "broker")
    broker.set_password("speaker", "new")
    await broker.start()
    began_s = time.monotonic()
    async with house(broker, tmp_path) as home:
        told_s, line = await home.says("refused our login")
        row("wrong password at the start", line, f"{told_s - began_s:.1f} s from the start")
        assert "mqtt.password_file" in line
    await broker.stop()


async def test_an_untrusted_certificate_is_told_and_taken_when_trusted(tmp_path: Path) -> None:
    ours, theirs = authority(tmp_path, "ours"), authority(tmp_path, "theirs")
    server, client = signed(tmp_path, "server", theirs), signed(tmp_path, "client", theirs)
    broker = LockedBroker(tmp_path / "broker", options=tls_options(server, theirs))
    await broker.start()
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(ours.certificate.read_bytes())
    keys = {"client_cert": client.certificate, "client_key": client.key}
    began_s = time.monotonic()
    async with house(broker, tmp_path, tls="true", ca_file=trusted, **keys) as home:
        # A try that took too long may have been told before.
        told_s, line = await home.says("mqtt.ca_file")
        row("certificate untrusted", line, f"{told_s - began_s:.1f} s from the start")
        assert "mqtt: " in line
        mended = Stopwatch()
        trusted.write_bytes(theirs.certificate.read_bytes())
        _, line = await home.says("mqtt: connected again", mended.began_s)
        took_s = mended.fair_s
        row("authority's file mended", line, f"{took_s:.1f} s")
    await broker.stop()
    assert took_s < 6


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_a_denied_topic_is_told_with_its_remedy(tmp_path: Path, version: str) -> None:
    rules = "topic readwrite moodspeaker/test/set/#\ntopic write homeassistant/#"
    broker = LockedBroker(tmp_path / "broker", rules)
    await broker.start()
    began_s = time.monotonic()
    async with house(broker, tmp_path, version=version, timeout_s=2) as home:
        told_s, line = await home.says("(ACL)")
        row(f"topics denied, MQTT {version}", line, f"{told_s - began_s:.1f} s from the start")
        assert "the MQTT broker " in line
        broker.set_rules("topic readwrite #")
        broker.reload()
        async with home.owner("moodspeaker/#") as owner:
            taken = await answer(owner, "mood", b"sad")
        assert taken["ok"]
        assert sum("(ACL)" in text for _, text in home.log) < 6
    await broker.stop()


@pytest.mark.parametrize("version", ["5", "3.1.1"])
@pytest.mark.parametrize("entity", ["unknown", "mood"])
async def test_after_noise_a_command_is_answered_within_a_second(
    tmp_path: Path, version: str, entity: str
) -> None:
    broker = LockedBroker(tmp_path / "broker")
    await broker.start()
    async with house(broker, tmp_path, version=version) as home:
        await settled(home)
        before, _ = home.memory_mb()
        began_s = time.monotonic()
        await asyncio.to_thread(make_noise, broker.port, TOPICS.command(entity))
        noise_s = time.monotonic() - began_s
        async with home.owner(TOPICS.result) as owner:
            asked = Stopwatch()
            taken = await answer(owner, "margin", b"0.2")
            took_s = asked.fair_s
        after, most = home.memory_mb()
        row(
            f"{NOISE} messages to `set/{entity}` in {noise_s:.1f} s, MQTT {version}",
            f"RSS {before:.0f} MB, then {after:.0f}, at most {most:.0f}; "
            f"{len(home.log)} lines of log",
            f"a command after it: {took_s * 1e3:.0f} ms",
        )
        assert taken["ok"]
        assert took_s < 1
        assert most - before < 30
    await broker.stop()


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_hostile_payloads_change_nothing(tmp_path: Path, version: str) -> None:
    broker = LockedBroker(tmp_path / "broker")
    await broker.start()
    async with house(broker, tmp_path, version=version) as home:
        async with home.owner("moodspeaker/#") as owner:
            was = await until(owner, {TOPICS.state: None})
        await settled(home)
        before, _ = home.memory_mb()
        async with home.owner(TOPICS.result) as owner:
            for payload in HOSTILE.values():
                await owner.publish(TOPICS.command("mood"), payload, qos=1)
            asked = Stopwatch()
            refused = await answer(owner, "margin", b"-7")
            took_s = asked.fair_s
        async with home.owner(TOPICS.state) as owner:
            now = await until(owner, {TOPICS.state: None})
        _, most = home.memory_mb()
        row(
            f"hostile payloads ({', '.join(HOSTILE)}), MQTT {version}",
            f"mood stays {now[TOPICS.state]['mood']}; RSS {before:.0f} MB, at most {most:.0f}",
            f"a command after them: {took_s * 1e3:.0f} ms",
        )
        assert not refused["ok"]
        assert now[TOPICS.state]["manual_mood"] == was[TOPICS.state]["manual_mood"] == "auto"
        assert took_s < 1
    await broker.stop()


async def settled(home: House) -> None:
    """Until the model is loaded, which takes the most memory of all."""
    async with home.owner(TOPICS.state) as owner, asyncio.timeout(LIMIT_S):
        async for message in owner.messages:
            if json.loads(bytes(message.payload))["model_health"] == "ok":
                return


def make_noise(port: int, topic: str) -> None:
    """As fast as mosquitto_pub can."""
    login = ("-h", HOST, "-p", str(port), "-u", "owner", "-P", "right")
    lines = b"noise\n" * NOISE
    subprocess.run(("mosquitto_pub", *login, "-t", topic, "-l"), input=lines, check=True)
