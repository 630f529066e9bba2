"""Whether the doctor sees why a broker cannot be reached or does not let us in."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from fakes.doctor_broker import config_for, findings_on
from fakes.locked_broker import CURVE, LockedBroker, Pair, authority, openssl, signed, tls_options
from fakes.old_broker import Manner, OldBroker
from moodspeaker.demo.servers import HOST, free_port
from moodspeaker.doctor.examined_broker import Look

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.demo.servers import Server
    from moodspeaker.home.link import MqttBroker


SHORT_S = 0.5


async def test_a_broker_that_is_down_is_told_with_how_to_see_to_it() -> None:
    told = (await findings_on(config_for(free_port())))["broker"]
    assert not told.ok
    assert "systemctl status mosquitto" in told.remedy
    assert "mqtt.port" in told.remedy


async def test_an_unknown_host_is_told_by_name() -> None:
    told = (await findings_on(config_for(1883, host="no-such-host.invalid")))["broker"]
    assert not told.ok
    assert "mqtt.host" in told.remedy
    assert "getent hosts no-such-host.invalid" in told.remedy


async def test_a_port_that_says_nothing_is_told_in_time() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, HOST, 0)
    config = config_for(server.sockets[0].getsockname()[1], timeout_s=SHORT_S)
    told = (await findings_on(config))["broker"]
    server.close()
    assert not told.ok
    assert "mqtt.port" in told.remedy


@pytest.mark.parametrize("manner", list(Manner))
async def test_a_broker_that_knows_no_mqtt_5_is_told(mosquitto: Server, manner: Manner) -> None:
    old = OldBroker(mosquitto.port, manner)
    await old.start()
    told = await findings_on(config_for(old.port))
    await old.stop()
    assert told["broker"].ok
    assert "MQTT 3.1.1, for it does not speak 5" in told["broker"].detail
    assert told["broker rights"].ok


async def test_a_broker_that_hangs_up_midway_is_told(
    mosquitto: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Look._round_trip

    async def cut_short(look: Look, broker: MqttBroker) -> None:
        await begin(look, broker)
        assert mosquitto.process is not None
        mosquitto.process.kill()

    monkeypatch.setattr(Look, "_round_trip", cut_short)
    told = (await findings_on(config_for(mosquitto.port)))["broker"]
    assert not told.ok
    assert told.remedy


async def test_a_wrong_password_is_told_with_its_file(
    locked: LockedBroker, login: dict[str, object], tmp_path: Path
) -> None:
    await locked.start()
    (tmp_path / "mqtt-password").write_text("wrong")
    told = (await findings_on(config_for(locked.port, **login)))["broker"]
    assert not told.ok
    assert str(login["password_file"]) in told.remedy
    assert "mosquitto_passwd /etc/mosquitto/passwd speaker" in told.remedy


async def test_a_login_that_is_missing_is_told_with_its_keys(locked: LockedBroker) -> None:
    await locked.start()
    told = (await findings_on(config_for(locked.port)))["broker"]
    assert not told.ok
    assert "set mqtt.username and mqtt.password_file" in told.remedy


async def test_a_password_that_is_missing_is_told_with_its_key(locked: LockedBroker) -> None:
    await locked.start()
    told = (await findings_on(config_for(locked.port, username="speaker")))["broker"]
    assert told.remedy.startswith("set mqtt.password_file")


async def test_a_password_file_that_is_not_there_is_told() -> None:
    keys: dict[str, object] = {"username": "speaker", "password_file": "/no/such"}
    told = (await findings_on(config_for(1, **keys)))["broker"]
    assert "mqtt.password_file /no/such" in told.detail
    assert "chmod 640" in told.remedy


async def test_a_credential_of_the_service_is_used_where_it_can_be_read(
    locked: LockedBroker, tmp_path: Path
) -> None:
    (tmp_path / "mqtt").write_text("right")
    await locked.start()
    config = config_for(locked.port, username="speaker", password_file="mqtt")  # noqa: S106
    told = await findings_on(config, credentials=tmp_path)
    assert all(finding.ok for finding in told.values())


async def test_a_credential_that_we_cannot_read_is_told_as_one(tmp_path: Path) -> None:
    config = config_for(1, username="speaker", password_file="mqtt")  # noqa: S106
    told = (await findings_on(config, credentials=tmp_path))["broker"]
    assert "credential" in told.detail
    assert "sudo moodspeaker doctor" in told.remedy
    assert "LoadCredential=" in told.remedy


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        ("none", ""),
        ("untrusted", "mqtt.ca_file"),
        ("wrong name", "mqtt.host"),
        ("expired", "renew the broker's certificate"),
        ("no such file", "check the path"),
        ("plain", "mqtt.tls: false"),
    ],
)
async def test_what_is_wrong_with_tls_is_told_apart(
    tmp_path: Path, login: dict[str, object], fault: str, remedy: str
) -> None:
    ours, theirs = authority(tmp_path, "ours"), authority(tmp_path, "theirs")
    san = "DNS:elsewhere" if fault == "wrong name" else f"IP:{HOST}"
    make = expired if fault == "expired" else signed
    pair = make(tmp_path, "server", theirs if fault == "untrusted" else ours, san)
    options = () if fault == "plain" else tls_options(pair)
    broker = LockedBroker(tmp_path / "locked", options=options)
    await broker.start()
    ca_file = "/no/such" if fault == "no such file" else str(ours.certificate)
    told = (await findings_on(config_for(broker.port, tls=True, ca_file=ca_file, **login)))[
        "broker"
    ]
    await broker.stop()
    assert told.ok is (fault == "none")
    assert remedy in told.remedy


async def test_a_port_that_wants_tls_is_told(tmp_path: Path, login: dict[str, object]) -> None:
    pair = signed(tmp_path, "server", authority(tmp_path, "ours"))
    broker = LockedBroker(tmp_path / "locked", options=tls_options(pair))
    await broker.start()
    told = (await findings_on(config_for(broker.port, **login)))["broker"]
    await broker.stop()
    assert not told.ok
    assert "mqtt.tls: true" in told.remedy


def expired(folder: Path, name: str, by: Pair, san: str) -> Pair:
    """A certificate whose time is over."""
    pair = signed(folder, name, by, san)
    subject = ("-subj", f"/CN={name}", "-addext", f"subjectAltName={san}")
    request = folder / "request.pem"
    curve = [word for word in CURVE if word not in ("-days", "2")]
    openssl("req", *curve, *subject, "-keyout", pair.key, "-out", request)
    issuer = ("-CA", by.certificate, "-CAkey", by.key, "-CAcreateserial")
    names = ("-copy_extensions", "copy", "-days", "-1")
    openssl("x509", "-req", "-in", request, *issuer, *names, "-out", pair.certificate)
    return pair
