"""TLS towards the broker: what is wrong and what to do; and its keys in the config."""

from __future__ import annotations

import socket
import ssl

import pytest

from moodspeaker.config.schema import MqttSection
from moodspeaker.errors import BrokerLost
from moodspeaker.home import tls


@pytest.mark.parametrize("key", ["ca_file", "client_cert", "client_key"])
def test_a_file_of_tls_that_cannot_be_read_is_named(key: str) -> None:
    settings = tls.TlsSettings(**{key: "/no/such/file"})
    with pytest.raises(BrokerLost, match=rf"mqtt\.{key} /no/such/file cannot be read: No such"):
        tls.parameters(settings)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "8883"),
        ("[SSL] PEM lib (_ssl.c:3874)", "a pair"),
        ("[SSL: KEY_VALUES_MISMATCH] key values mismatch", "a pair"),
        ("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert", "mqtt.client_cert"),
        ("[SSL: SOMETHING_NEW]", "mqtt.ca_file"),
    ],
)
def test_an_error_of_tls_has_a_remedy(text: str, remedy: str) -> None:
    assert remedy in str(tls.remedy(ssl.SSLError(1, text)))


@pytest.mark.parametrize(
    ("code", "remedy"),
    [(62, "mqtt.host"), (64, "mqtt.host"), (18, "ca_file"), (10, "renew"), (9, "clock")],
)
def test_wrong_names_authorities_and_dates_are_told_apart(code: int, remedy: str) -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    assert remedy in str(tls.remedy(error))


def test_other_errors_are_none_of_tls() -> None:
    assert tls.remedy(socket.gaierror("no such host")) is None


@pytest.mark.parametrize(
    "section",
    [
        {"client_cert": "c", "tls": True},
        {"client_key": "k", "tls": True},
        {"client_cert": "c", "client_key": "k"},
        {"version": 4},
        {"version": "5.0"},
    ],
)
def test_a_config_that_could_not_work_is_refused(section: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"client_cert|version"):
        MqttSection.model_validate(section)


@pytest.mark.parametrize("version", ["auto", 5, "3.1.1"])
def test_the_version_is_written_as_people_do(version: object) -> None:
    assert MqttSection.model_validate({"version": version}).version == version
