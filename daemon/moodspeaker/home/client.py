"""aiomqtt's client, with limits where it has none and nothing left behind.

It reaches into aiomqtt 2.5, which setup.cfg pins below 3.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from moodspeaker.home.limits import LARGEST_PACKET
from moodspeaker.home.sieve import Sieve
from moodspeaker.home.sieved_socket import SievedSocket
from moodspeaker.types import Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from paho.mqtt.client import MQTTMessage

T = TypeVar("T")
LEAVE_LIMIT_S = 1.0


class ClosedUnanswered(aiomqtt.MqttError):
    """The broker closed the connection instead of answering our CONNECT."""


class BoundedClient(aiomqtt.Client):
    """A client that connects and leaves in bounded time, and whose messages go to `received`.

    `known` and `dropped` are the sieve's: see `Sieve`. `ended` is called once the connection is
    over. aiomqtt connects in a thread that outlives a cancelled `async with`, and keeps a
    connection whose CONNACK never came: both would stay, with our client id, until the
    keepalive runs out.
    """

    def __init__(
        self,
        hostname: str,
        port: int,
        *,
        timeout: float,
        known: Callable[[str], bool],
        dropped: Callable[[int, str], None],
        received: Callable[[Message], None],
        ended: Callable[[], None],
        **options: Any,
    ) -> None:
        super().__init__(hostname, port, timeout=timeout, **options)
        self._client.connect_timeout = timeout
        self._sieve = Sieve(known, LARGEST_PACKET, dropped, self._acknowledge)
        # paho has no place for a socket of ours.
        self._create_socket: Callable[[], Any] = self._client._create_socket  # noqa: SLF001
        self._client._create_socket = self._sieved_socket  # type: ignore[method-assign] # noqa: SLF001
        self._thread = threading.get_ident()
        self._given_up = False
        self._received = received
        self._ended = ended
        self._answers: dict[int, asyncio.Future[str | None]] = {}

    @property
    def lost(self) -> BaseException | None:
        """Why the connection is over, where that is known."""
        over = self._disconnected
        return over.exception() if over.done() and not over.cancelled() else None

    async def send(self, message: Message, qos: int) -> str | None:
        """Publishes with QoS 1 or 2; the broker's refusal in words, None when it took it.

        MQTT 3.1.1 has no refusals. Raises MqttError, ValueError for a topic with a wildcard.
        """
        info = self._client.publish(message.topic, message.payload, qos, message.retain)
        if info.rc:
            raise aiomqtt.MqttCodeError(info.rc, "could not publish") from self.lost
        answer = self._loop.create_future()
        self._answers[info.mid] = answer
        try:
            return await self._wait_for(answer, None)
        finally:
            del self._answers[info.mid]

    async def __aenter__(self) -> Self:
        """Connects within the time limit. Raises MqttError, ValueError or TimeoutError."""
        over: asyncio.Future[None] = self._disconnected
        try:
            async with asyncio.timeout(self.timeout):
                await super().__aenter__()
        except BaseException:
            self._give_up()
            raise
        if over.done():
            # aiomqtt forgets a connection that ends in the same moment as it begins.
            self._give_up()
            raise aiomqtt.MqttError("it let us in and hung up at once") from over.exception()
        self._disconnected.add_done_callback(self._on_end)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Says goodbye within `LEAVE_LIMIT_S`; however that goes, the connection is gone."""
        if self._disconnected.done() and not self._disconnected.cancelled():
            # asyncio complains of an exception that nobody has looked at.
            self._disconnected.exception()
        try:
            with suppress(TimeoutError, aiomqtt.MqttError):
                async with asyncio.timeout(LEAVE_LIMIT_S):
                    await super().__aexit__(exc_type, exc, tb)
        finally:
            self._cut()

    async def _wait_for(self, fut: Awaitable[T], timeout: float | None) -> T:
        # Not asyncio.wait_for: up to Python 3.11 it loses a cancellation that arrives together
        # with the result, and a task that was told to end would live on.
        try:
            async with asyncio.timeout(self.timeout if timeout is None else timeout):
                return await fut
        except TimeoutError:
            raise aiomqtt.MqttError("Operation timed out") from None

    def _on_message(self, client: Any, userdata: Any, message: MQTTMessage) -> None:  # noqa: ARG002
        # A topic that is not UTF-8 would end the connection.
        with suppress(UnicodeDecodeError):
            self._received(Message(message.topic, bytes(message.payload), message.retain))

    def _on_publish(
        self, client: Any, userdata: Any, mid: int, reason_code: ReasonCode, properties: Any
    ) -> None:
        answer = self._answers.get(mid)
        if answer is None:
            super()._on_publish(client, userdata, mid, reason_code, properties)
        elif not answer.done():
            answer.set_result(str(reason_code) if reason_code.is_failure else None)

    def _on_disconnect(
        self,
        client: Any,
        userdata: Any,
        flags: Any,
        reason_code: ReasonCode,
        properties: Any = None,
    ) -> None:
        super()._on_disconnect(client, userdata, flags, reason_code, properties)
        # aiomqtt would wait for a CONNACK until its time limit.
        if not self._connected.done() and not self._given_up:
            self._connected.set_exception(
                ClosedUnanswered("it closed the connection without an answer")
            )

    def _on_socket_register_write(
        self,
        client: Any,  # noqa: ARG002
        userdata: Any,  # noqa: ARG002
        sock: Any,
    ) -> None:
        # aiomqtt lets the loop watch a descriptor that may be closed, or another's, by then.
        if threading.get_ident() == self._thread:
            self._watch_writing(sock)
        else:
            self._loop.call_soon_threadsafe(self._watch_writing, sock)

    def _watch_writing(self, sock: Any) -> None:
        if sock.fileno() >= 0:
            self._loop.add_writer(sock.fileno(), self._write_on)

    def _write_on(self) -> None:
        over: asyncio.Future[None] = self._disconnected
        try:
            self._client.loop_write()
        except (OSError, ValueError) as error:
            if not over.done():
                over.set_exception(error)

    def _on_end(self, over: asyncio.Future[None]) -> None:  # noqa: ARG002 - told by `lost`
        # aiomqtt would wait for a SUBACK until its time limit.
        waiting: list[asyncio.Future[Any]] = [*self._pending_subscribes.values()]
        for answer in (*waiting, *self._answers.values()):
            if not answer.done():
                answer.set_exception(aiomqtt.MqttError("the connection ended before its answer"))
        self._ended()

    def _sieved_socket(self) -> Any:
        connection = self._create_socket()
        # Else a second small message waits for the first one's acknowledgement, 40 ms and more.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return SievedSocket(connection, self._sieve)

    def _acknowledge(self, packet_id: int) -> None:
        self._client._send_puback(packet_id)  # noqa: SLF001 - nothing public does it

    def _client_connect(self) -> None:
        super()._client_connect()
        if self._given_up:
            self._client.disconnect()

    def _give_up(self) -> None:
        # aiomqtt's callbacks ask the future for its exception, which raises on a cancelled one.
        self._given_up = True
        self._connected = asyncio.Future()
        self._client.disconnect()

    def _cut(self) -> None:
        connection: Any = self._client.socket()
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
