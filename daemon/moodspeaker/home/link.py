"""A connection to a real MQTT broker.

MQTT 3.1.1, which every broker speaks. The two things of MQTT 5 that would help here are no
help yet: mosquitto acknowledges a publication that its ACL denies in both, and aiomqtt does
not show the reason code.
"""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiomqtt
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.reasoncodes import ReasonCode

from moodspeaker.errors import BrokerDenied, BrokerError, BrokerLost
from moodspeaker.home.client import BoundedClient
from moodspeaker.types import Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from contextlib import AbstractAsyncContextManager

LOG = logging.getLogger(__name__)
QOS = 1
INCOMING_KEPT = 256
NOT_AUTHORISED = (4, 5, 134, 135)  # MQTT 3.1.1 and 5


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """Where the broker is and how to log in.

    `timeout_s` limits connecting and every call; a broker that says nothing counts as lost
    after twice `keepalive_s`. `tls` without `ca_file` trusts the system's authorities.
    """

    host: str
    client_id: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: str | None = None
    timeout_s: float = 5.0
    keepalive_s: int = 15


class MqttConnector:
    """Opens connections; a new client each time, so that nothing old is left in a queue."""

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings

    def __call__(self, will: Message) -> AbstractAsyncContextManager[MqttBroker]:
        """A connection with that last will. Raises BrokerLost or BrokerDenied.

        Leaving the context is a clean goodbye: the broker then does not send the will.
        """
        return _connection(self._settings, will)


class MqttBroker:
    """A connected broker."""

    def __init__(self, client: aiomqtt.Client, settings: MqttSettings) -> None:
        self._client = client
        self._settings = settings

    async def publish(self, message: Message) -> None:
        """At least once, within the time limit. Raises BrokerLost.

        A broker whose access rules deny the topic says nothing about it.
        """
        try:
            await self._client.publish(message.topic, message.payload, QOS, message.retain)
        except (aiomqtt.MqttError, ValueError) as error:
            raise _lost(self._settings, error) from error

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Logs what the broker refuses. Raises BrokerLost."""
        wanted = [(topic, QOS) for topic in topics]
        try:
            codes = await self._client.subscribe(wanted)
        except (aiomqtt.MqttError, ValueError) as error:
            raise _lost(self._settings, error) from error
        for (topic, _), code in zip(wanted, codes, strict=False):
            if isinstance(code, ReasonCode) and code.is_failure:
                LOG.warning("the MQTT broker does not let us subscribe to %s: %s", topic, code)

    async def messages(self) -> AsyncIterator[Message]:
        """Incoming messages in order. Raises BrokerLost when the connection breaks.

        At most `INCOMING_KEPT` wait; those that come after them are dropped with a warning.
        """
        try:
            async for message in self._client.messages:
                yield Message(str(message.topic), message.payload, message.retain)
        except aiomqtt.MqttError as error:
            raise _lost(self._settings, error) from error


@asynccontextmanager
async def _connection(settings: MqttSettings, will: Message) -> AsyncIterator[MqttBroker]:
    client = _client(settings, will)
    try:
        await client.__aenter__()
    except (aiomqtt.MqttError, ValueError, TimeoutError) as error:
        raise _refused(settings, error) from error
    try:
        yield MqttBroker(client, settings)
    finally:
        await client.__aexit__(None, None, None)


def _client(settings: MqttSettings, will: Message) -> BoundedClient:
    return BoundedClient(
        settings.host,
        settings.port,
        timeout=settings.timeout_s,
        identifier=settings.client_id,
        username=settings.username,
        password=settings.password,
        protocol=aiomqtt.ProtocolVersion.V311,
        keepalive=settings.keepalive_s,
        will=aiomqtt.Will(will.topic, will.payload, QOS, will.retain),
        tls_params=aiomqtt.TLSParameters(ca_certs=settings.ca_file) if settings.tls else None,
        max_queued_incoming_messages=INCOMING_KEPT,
    )


def _refused(settings: MqttSettings, error: Exception) -> BrokerError:
    if isinstance(error, MqttConnectError) and _code(error) in NOT_AUTHORISED:
        return BrokerDenied(
            f"the MQTT broker at {settings.host}:{settings.port} refused our login: {error}",
            "check mqtt.username and mqtt.password_file",
        )
    return BrokerLost(
        f"no MQTT broker at {settings.host}:{settings.port}: {str(error) or 'no answer'}",
        "is it running, and do mqtt.host, mqtt.port and mqtt.tls fit it?",
    )


def _lost(settings: MqttSettings, error: Exception) -> BrokerLost:
    return BrokerLost(
        f"lost the MQTT broker at {settings.host}:{settings.port}: {error}",
        "if this repeats, see its log: another client may use the same id",
    )


def _code(error: MqttConnectError) -> int | None:
    return error.rc.value if isinstance(error.rc, ReasonCode) else error.rc
