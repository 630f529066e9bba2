"""A connection to a real MQTT broker, by MQTT 5 where it speaks that, else by 3.1.1."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiomqtt
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from moodspeaker.errors import BrokerDenied, BrokerError, BrokerLost
from moodspeaker.home import tls
from moodspeaker.home.client import BoundedClient, ClosedUnanswered
from moodspeaker.home.drop_log import DropLog
from moodspeaker.home.echo import Echo
from moodspeaker.home.inbox import Inbox, everything
from moodspeaker.home.limits import LARGEST_PACKET
from moodspeaker.home.protocols import Protocols
from moodspeaker.home.rights import Rights

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from contextlib import AbstractAsyncContextManager

    from moodspeaker.types import Message

LOG = logging.getLogger(__name__)
QOS = 1
NOT_AUTHORISED = (4, 5, 134, 135, 138, 140)  # MQTT 3.1.1 and 5
UNKNOWN_VERSION = (1, 132)
NO_REASON = (4, 7, 128)  # paho's for a connection that has ended


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """Where the broker is and how to log in.

    `timeout_s` limits connecting and every call; a broker that says nothing counts as lost
    after twice `keepalive_s`. `tls` None: not encrypted.
    """

    host: str
    client_id: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: tls.TlsSettings | None = None
    timeout_s: float = 5.0
    keepalive_s: int = 15


class MqttConnector:
    """Opens connections; a new client each time, so that nothing old is left in a queue.

    `protocols` and `rights` remember from one connection to the next. `known` tells the topics
    that we read from all else that our filters match: see `Inbox`.
    """

    def __init__(
        self,
        settings: MqttSettings,
        protocols: Protocols | None = None,
        rights: Rights | None = None,
        known: Callable[[str], bool] = everything,
    ) -> None:
        self._settings = settings
        self._protocols = protocols or Protocols("auto", time.monotonic)
        self._rights = rights or Rights()
        self._known = known

    def __call__(self, will: Message) -> AbstractAsyncContextManager[MqttBroker]:
        """A connection with that last will. Raises BrokerLost or BrokerDenied.

        Leaving the context is a clean goodbye: the broker then does not send the will. What we
        publish on the will's topic has to come back, which shows that our messages get through;
        `messages` leaves it out.
        """
        return self._connection(will)

    @asynccontextmanager
    async def _connection(self, will: Message) -> AsyncIterator[MqttBroker]:
        drops = DropLog(asyncio.get_running_loop())
        broker = await self._connect(will, drops)
        try:
            yield broker
        finally:
            await broker.leave()
            drops.tell()

    async def _connect(self, will: Message, drops: DropLog) -> MqttBroker:
        best, other = self._protocols.best, self._protocols.other
        try:
            return await self._enter(will, drops, best)
        except aiomqtt.MqttError as error:
            if other is None or not _doubts_version(error):
                raise _refused(self._settings, error) from error
        try:
            broker = await self._enter(will, drops, other)
        except aiomqtt.MqttError as error:
            raise _refused(self._settings, error) from error
        self._protocols.fell_back()
        LOG.info("the MQTT broker does not take MQTT 5: 3.1.1 it is")
        return broker

    async def _enter(
        self, will: Message, drops: DropLog, version: aiomqtt.ProtocolVersion
    ) -> MqttBroker:
        """Raises MqttError, and BrokerLost for a file of TLS."""
        settings, loop = self._settings, asyncio.get_running_loop()
        inbox = Inbox(self._known, drops.count, loop.time)
        echo = Echo(will.topic, self._rights, settings.timeout_s, loop)

        def received(message: Message) -> None:
            if message.topic == echo.topic:
                echo.arrived(retain=message.retain)
            else:
                inbox.put(message)

        client = BoundedClient(
            settings.host,
            settings.port,
            timeout=settings.timeout_s,
            known=self._known,
            dropped=drops.count,
            received=received,
            ended=inbox.close,
            **_options(settings, will, version),
        )
        try:
            await client.__aenter__()
        except (ValueError, TimeoutError) as error:
            raise aiomqtt.MqttError(str(error)) from error
        if version is not aiomqtt.ProtocolVersion.V5:
            self._rights.silent()
        return MqttBroker(client, settings, inbox, echo, self._rights)


class MqttBroker:
    """A connected broker."""

    def __init__(
        self,
        client: BoundedClient,
        settings: MqttSettings,
        inbox: Inbox,
        echo: Echo,
        rights: Rights,
    ) -> None:
        self._client = client
        self._settings = settings
        self._inbox = inbox
        self._echo = echo
        self._rights = rights

    async def publish(self, message: Message) -> None:
        """At least once, within the time limit. Raises BrokerLost.

        A topic that the broker's access rules deny is a problem that `Rights` tells; the
        connection goes on.
        """
        try:
            refusal = await self._client.send(message, QOS)
        except (aiomqtt.MqttError, ValueError) as error:
            raise self._lost(error) from error
        self._rights.publication(message.topic, refusal)
        if message.topic == self._echo.topic and refusal is None:
            self._echo.published()

    async def subscribe(self, topics: Iterable[str]) -> None:
        """What the broker refuses is a problem that `Rights` tells. Raises BrokerLost."""
        wanted = [(topic, QOS) for topic in (*topics, self._echo.topic)]
        try:
            codes = await self._client.subscribe(wanted)
        except (aiomqtt.MqttError, ValueError) as error:
            raise self._lost(error) from error
        for (topic, _), code in zip(wanted, codes, strict=False):
            if isinstance(code, ReasonCode):
                self._rights.subscription(topic, str(code) if code.is_failure else None)
        self._echo.begin()

    async def messages(self) -> AsyncIterator[Message]:
        """Incoming messages in order. Raises BrokerLost when the connection breaks.

        Of a flood the newest of every known topic are kept: see `Inbox`.
        """
        while (message := await self._inbox.get()) is not None:
            yield message
        raise self._lost(aiomqtt.MqttError("the connection ended"))

    async def leave(self) -> None:
        """A clean goodbye, in bounded time."""
        self._echo.end()
        await self._client.__aexit__(None, None, None)

    def _lost(self, error: Exception) -> BrokerLost:
        why: object = self._client.lost or error
        if isinstance(why, aiomqtt.MqttCodeError) and _code(why) in NO_REASON:
            why = "it closed the connection"
        settings = self._settings
        return BrokerLost(
            f"lost the MQTT broker at {settings.host}:{settings.port}: {why}",
            f"if this repeats, see its log: another client may use the id {settings.client_id}",
        )


def _options(
    settings: MqttSettings, will: Message, version: aiomqtt.ProtocolVersion
) -> dict[str, Any]:
    five = version is aiomqtt.ProtocolVersion.V5
    return {
        "identifier": settings.client_id,
        "username": settings.username,
        "password": settings.password,
        "protocol": version,
        "clean_start" if five else "clean_session": True,
        "properties": _connect_properties() if five else None,
        "keepalive": settings.keepalive_s,
        "will": aiomqtt.Will(will.topic, will.payload, QOS, will.retain),
        "tls_params": tls.parameters(settings.tls) if settings.tls else None,
    }


def _connect_properties() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 0
    properties.MaximumPacketSize = LARGEST_PACKET
    return properties


def _doubts_version(error: aiomqtt.MqttError) -> bool:
    """Old brokers say so, or just hang up."""
    if isinstance(error, MqttConnectError):
        return _code(error) in UNKNOWN_VERSION
    return isinstance(error, ClosedUnanswered)


def _refused(settings: MqttSettings, error: Exception) -> BrokerError:
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, MqttConnectError) and _code(error) in NOT_AUTHORISED:
        return BrokerDenied(
            f"the MQTT broker at {where} refused our login: {error}",
            "check mqtt.username and mqtt.password_file",
        )
    return BrokerLost(
        f"no MQTT broker at {where}: {str(error) or 'no answer'}",
        # aiomqtt hides the cause, which is still the context.
        tls.remedy(error.__context__)
        or "is it running, and do mqtt.host, mqtt.port, mqtt.tls and mqtt.version fit it?",
    )


def _code(error: aiomqtt.MqttCodeError) -> int | None:
    return error.rc.value if isinstance(error.rc, ReasonCode) else error.rc
