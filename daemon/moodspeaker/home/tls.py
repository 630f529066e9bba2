"""TLS towards the broker: the files it needs, and what its errors mean."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import aiomqtt

from moodspeaker.errors import BrokerLost

NO_QUESTION = ""
"""An encrypted key would else be asked for on the terminal, and block."""
NAME_CODES = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
DATE_CODES = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
WRONG_NAME = "mqtt.host has to be a name that the broker's certificate holds"
UNTRUSTED = "mqtt.ca_file has to be the authority that signed the broker's certificate"
OUTDATED = "renew the broker's certificate (certfile of mosquitto); is this clock right: date"
UNCLEAR = "do mqtt.ca_file, mqtt.client_cert and mqtt.client_key fit the broker?"
SIGNS = (
    (
        ("wrong version number", "record layer failure"),
        "that port does not speak TLS: 8883 is usual, or mqtt.tls: false",
    ),
    (
        ("pem lib", "key values mismatch", "bad decrypt"),
        "mqtt.client_cert and mqtt.client_key have to be a pair, PEM, the key unencrypted",
    ),
    (
        ("certificate required", "handshake failure", "alert unknown ca", "bad certificate"),
        "the broker wants a certificate of ours: mqtt.client_cert and mqtt.client_key",
    ),
)


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """PEM files. Without `ca_file` the system's authorities are trusted."""

    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None


def parameters(tls: TlsSettings) -> aiomqtt.TLSParameters:
    """What aiomqtt is to use. Raises BrokerLost naming the file that cannot be read."""
    return aiomqtt.TLSParameters(
        ca_certs=_readable("ca_file", tls.ca_file),
        certfile=_readable("client_cert", tls.client_cert),
        keyfile=_readable("client_key", tls.client_key),
        keyfile_password=NO_QUESTION,
    )


def remedy(error: BaseException | None) -> str | None:
    """What to do about an error of TLS; None where it is none."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in DATE_CODES:
            return OUTDATED
        return WRONG_NAME if error.verify_code in NAME_CODES else UNTRUSTED
    if not isinstance(error, ssl.SSLError):
        return None
    text = str(error).replace("_", " ").lower()
    return next((told for signs, told in SIGNS if any(sign in text for sign in signs)), UNCLEAR)


def _readable(key: str, path: str | None) -> str | None:
    if path is None:
        return None
    try:
        with Path(path).expanduser().open("rb"):
            return str(Path(path).expanduser())
    except OSError as error:
        raise BrokerLost(
            f"mqtt.{key} {path} cannot be read: {error.strerror}", "check the path and its rights"
        ) from error
