"""A broker, in memory or real, and the ways to harm it: what the contract tests run on."""

from __future__ import annotations

import asyncio
import itertools
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from fakes.broker import FakeBroker
from moodspeaker.demo.servers import HOST, Server
from moodspeaker.home.link import MqttBroker, MqttConnector, MqttSettings

if TYPE_CHECKING:
    from moodspeaker.ports import Broker, BrokerConnector

CALL_LIMIT_S = 20.0
FROZEN_LIMIT_S = 2.0
"""For calls to a broker that is frozen then: each has to come to this limit."""


class Bench(Protocol):
    """A broker and the ways to harm it."""

    def connector(self, limit_s: float = CALL_LIMIT_S) -> BrokerConnector:
        """Connects as a client of its own; `limit_s` is for each call."""

    async def cut(self) -> None:
        """Breaks the connections of the first connector without a goodbye."""

    async def kill(self) -> None:
        """Ends the broker without warning."""

    def hurry(self, broker: Broker) -> None:
        """From now on its calls have `FROZEN_LIMIT_S`; connecting was not to be cut short."""

    def freeze(self) -> None:
        """The broker stays connected and says nothing."""

    def thaw(self) -> None:
        """The broker goes on."""


class FakeBench:
    """The fake, and an onlooker on it that `cut` spares."""

    def __init__(self) -> None:
        self.broker = FakeBroker()

    def connector(self, limit_s: float = CALL_LIMIT_S) -> BrokerConnector:
        return self.broker

    async def cut(self) -> None:
        await self.broker.lose(self.broker.connections[0])

    async def kill(self) -> None:
        await self.broker.kill()

    def hurry(self, broker: Broker) -> None:
        """It is impatient as it is."""

    def freeze(self) -> None:
        self.broker.frozen = True

    def thaw(self) -> None:
        self.broker.frozen = False


class Relay:
    """A TCP relay that can be cut, as a network can."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        await self.cut()

    async def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(HOST, self._target)
        self._writers += [writer, forth]
        with suppress(ConnectionError):
            await asyncio.gather(pump(reader, forth), pump(back, writer))


class RealBench:
    """mosquitto behind a relay; the first connector goes through the relay."""

    def __init__(self, server: Server, relay: Relay) -> None:
        self._server = server
        self._relay = relay
        self._clients = itertools.count()

    def connector(self, limit_s: float = CALL_LIMIT_S) -> BrokerConnector:
        number = next(self._clients)
        port = self._server.port if number else self._relay.port
        settings = MqttSettings(HOST, f"client-{number}", port, timeout_s=limit_s)
        return MqttConnector(settings)

    async def cut(self) -> None:
        await self._relay.cut()

    async def kill(self) -> None:
        assert self._server.process is not None
        self._server.process.kill()
        await self._server.process.wait()

    def hurry(self, broker: Broker) -> None:
        assert isinstance(broker, MqttBroker)
        broker._client.timeout = FROZEN_LIMIT_S

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._server.process is not None
        self._server.process.send_signal(number)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copies until the end, and passes the end on."""
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
