"""aiomqtt's client, with limits where it has none and nothing left behind.

It reaches into aiomqtt 2.5, which setup.cfg pins below 3.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

import aiomqtt

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from types import TracebackType

T = TypeVar("T")
LEAVE_LIMIT_S = 1.0


class BoundedClient(aiomqtt.Client):
    """A client that connects and leaves in bounded time.

    aiomqtt connects in a thread that outlives a cancelled `async with`, and keeps a
    connection whose CONNACK never came: both would stay, with our client id, until the
    keepalive runs out.
    """

    def __init__(self, hostname: str, port: int, *, timeout: float, **options: Any) -> None:
        super().__init__(hostname, port, timeout=timeout, **options)
        self._client.connect_timeout = timeout
        self._given_up = False

    async def __aenter__(self) -> Self:
        """Connects within the time limit. Raises MqttError, ValueError or TimeoutError."""
        try:
            async with asyncio.timeout(self.timeout):
                return await super().__aenter__()
        except BaseException:
            self._give_up()
            raise

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

    def _client_connect(self) -> None:
        super()._client_connect()
        if self._given_up:
            self._client.disconnect()

    def _give_up(self) -> None:
        # aiomqtt's callbacks ask the future for its exception, which raises on a cancelled one.
        self._connected = asyncio.Future()
        self._given_up = True
        self._client.disconnect()

    def _cut(self) -> None:
        connection = self._client.socket()
        if isinstance(connection, socket.socket):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
