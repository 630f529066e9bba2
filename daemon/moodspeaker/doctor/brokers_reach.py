"""Why the MQTT broker cannot be reached or does not let us in, and what to do about it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from moodspeaker.doctor.credentials import CredentialUnseen
from moodspeaker.doctor.finding import wrong
from moodspeaker.errors import BrokerDenied, BrokerError, MoodspeakerError
from moodspeaker.home.client import ClosedUnanswered

if TYPE_CHECKING:
    from moodspeaker.config.schema import MqttSection
    from moodspeaker.doctor.finding import Finding

NAME = "broker"
MOST_CAUSES = 10
SEEN_BY_ROOT = (
    "`sudo moodspeaker doctor` while the service runs; its unit needs LoadCredential=NAME:FILE"
    " (sudo systemctl edit moodspeaker), or name a file with a / in its path"
)


def unreachable(error: MoodspeakerError, section: MqttSection) -> Finding:
    """What prevented or ended the connection."""
    if isinstance(error, BrokerDenied):
        return wrong(NAME, f"not let in: {error.what}", login_remedy(section))
    if isinstance(error, CredentialUnseen):
        return wrong(NAME, f"not tried: {error.what}", SEEN_BY_ROOT)
    if not isinstance(error, BrokerError):
        remedy = "write the password there, readable by the service, or unset mqtt.password_file"
        return wrong(
            NAME, f"no password: {error.what}", f"{remedy} (sudo chown root:moodspeaker, chmod 640)"
        )
    return wrong(NAME, error.what, remedy_of(error, section))


def login_remedy(section: MqttSection) -> str:
    """By what the config has."""
    made = "mosquitto_passwd /etc/mosquitto/passwd NAME"
    if section.username is None:
        return f"set mqtt.username and mqtt.password_file to a login of the broker ({made})"
    if section.password_file is None:
        return f"set mqtt.password_file: {section.username!r} has a password ({made})"
    return (
        f"compare mqtt.username and {section.password_file} with the broker's login"
        f" (sudo {made.replace('NAME', section.username)} sets it anew)"
    )


def remedy_of(error: BrokerError, section: MqttSection) -> str:
    """By what the connection met; the adapter's own words for the rest."""
    cause = root_of(error)
    if isinstance(cause, (ConnectionResetError, ClosedUnanswered)):
        return hung_up(section)
    if isinstance(cause, socket.gaierror):
        return f"mqtt.host: is {section.host!r} spelt right? Try: getent hosts {section.host}"
    if isinstance(cause, ConnectionRefusedError):
        return (
            "systemctl status mosquitto; does a `listener` of /etc/mosquitto/conf.d/ fit mqtt.host"
            " and mqtt.port?"
        )
    return error.remedy or "see its log: journalctl -u mosquitto"


def hung_up(section: MqttSection) -> str:
    """Nothing was said: mostly one side speaks TLS and the other does not."""
    if section.tls:
        return "does that port speak TLS? 8883 is usual, 1883 goes with mqtt.tls: false"
    return "does that port want TLS? 8883 goes with mqtt.tls: true; see journalctl -u mosquitto"


def root_of(error: BaseException) -> BaseException:
    """What began it: the adapters hide causes in contexts."""
    for _ in range(MOST_CAUSES):
        before = error.__cause__ or error.__context__
        if before is None:
            break
        error = before
    return error
