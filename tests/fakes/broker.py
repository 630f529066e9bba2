"""An MQTT broker in memory, with the faults that real ones have."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from moodspeaker.errors import BrokerDenied, BrokerLost
from moodspeaker.types import Emotion, Message, Mood, Scores, Source, SpeakerState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from contextlib import AbstractAsyncContextManager

LIMIT_S = 30.0

A_STATE = SpeakerState(
    mood=Mood.HAPPY,
    confidence=0.5,
    scores=Scores.from_mapping({Emotion.HAPPY: 0.5, Emotion.SAD: 0.5}),
    valence=0.4,
    arousal=0.2,
    intensity=0.3,
    faces=1,
    presence=True,
    source=Source.CAMERA,
    manual_mood=None,
    override_until=None,
    following=True,
    camera=True,
    camera_health="ok",
    model_health="ok",
    preview=False,
    held_by=None,
    reason="happy for 3 s",
    since=1_700_000_000.0,
    problem=None,
    version="1.0",
)
"""What a speaker might say, for tests to start from."""


class FakeBroker:
    """The broker itself. It is a `BrokerConnector`: calling it opens a connection.

    `published` holds what connections published, in order, last wills included, and
    `retained` what is retained. `down` refuses connections, `denied` refuses the login, and
    `frozen` lets every call run into its time limit (which has passed at once).
    """

    def __init__(self) -> None:
        self.published: list[Message] = []
        self.retained: dict[str, bytes] = {}
        self.connections: list[FakeConnection] = []
        self.down = False
        self.denied = False
        self.frozen = False
        self._changed = asyncio.Condition()

    def __call__(self, will: Message) -> AbstractAsyncContextManager[FakeConnection]:
        """A connection with that last will. Raises BrokerLost or BrokerDenied."""
        return self._connection(will)

    @asynccontextmanager
    async def _connection(self, will: Message) -> AsyncIterator[FakeConnection]:
        if self.down or self.frozen:
            raise BrokerLost("no MQTT broker at fake:1883", "switch it on")
        if self.denied:
            raise BrokerDenied("the MQTT broker at fake:1883 refused our login", "be somebody else")
        connection = FakeConnection(self, will)
        self.connections.append(connection)
        try:
            yield connection
        finally:
            if connection in self.connections:
                self.connections.remove(connection)

    async def lose_connections(self) -> None:
        """Breaks every connection; their last wills are published."""
        for connection in tuple(self.connections):
            await self.lose(connection)

    async def lose(self, connection: FakeConnection) -> None:
        """Breaks one connection; its last will is published."""
        self.connections.remove(connection)
        connection.break_off()
        await self.deliver(connection.will)

    async def kill(self) -> None:
        """The broker dies: no will is published, nothing retained survives."""
        self.down = True
        lost, self.connections = self.connections, []
        self.retained.clear()
        for connection in lost:
            connection.break_off()

    async def deliver(self, message: Message) -> None:
        """Publishes in the name of some client."""
        self.published.append(message)
        if message.retain:
            self._retain(message)
        for connection in self.connections:
            connection.receive(replace(message, retain=False))
        async with self._changed:
            self._changed.notify_all()

    async def wait_for(
        self, wanted: Callable[[Message], bool], *, after: int = 0, limit_s: float = LIMIT_S
    ) -> Message:
        """The first such message among `published[after:]`, waited for within the limit."""

        def found() -> Message | None:
            return next((m for m in self.published[after:] if wanted(m)), None)

        async with asyncio.timeout(limit_s), self._changed:
            await self._changed.wait_for(lambda: found() is not None)
        message = found()
        assert message is not None
        return message

    async def wait_for_topic(self, topic: str, *, after: int = 0) -> Message:
        """The first message on that topic among `published[after:]`."""
        return await self.wait_for(lambda message: message.topic == topic, after=after)

    def on(self, topic: str) -> list[Message]:
        """What was published on that topic, in order."""
        return [message for message in self.published if message.topic == topic]

    def _retain(self, message: Message) -> None:
        if message.payload:
            self.retained[message.topic] = message.payload
        else:
            self.retained.pop(message.topic, None)


class FakeConnection:
    """One connection to the fake; a `Broker`."""

    def __init__(self, broker: FakeBroker, will: Message) -> None:
        self.will = will
        self._broker = broker
        self._filters: set[str] = set()
        self._incoming: asyncio.Queue[Message | None] = asyncio.Queue()
        self._broken = False

    async def publish(self, message: Message) -> None:
        """Raises BrokerLost."""
        self._check()
        await self._broker.deliver(message)

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Raises BrokerLost."""
        self._check()
        for topic in topics:
            self._filters.add(topic)
            for name, payload in self._broker.retained.items():
                if matches(topic, name):
                    self._incoming.put_nowait(Message(name, payload, retain=True))

    async def messages(self) -> AsyncIterator[Message]:
        """Raises BrokerLost when the connection is broken off."""
        while (message := await self._incoming.get()) is not None:
            yield message
        raise BrokerLost("lost the MQTT broker at fake:1883")

    def receive(self, message: Message) -> None:
        """Takes the message if it was subscribed to."""
        if any(matches(topic, message.topic) for topic in self._filters):
            self._incoming.put_nowait(message)

    def break_off(self) -> None:
        """The connection is over."""
        self._broken = True
        self._incoming.put_nowait(None)

    def _check(self) -> None:
        if self._broken or self._broker.frozen:
            raise BrokerLost("lost the MQTT broker at fake:1883")


def matches(topic_filter: str, topic: str) -> bool:
    """Whether an MQTT filter with `+` and `#` covers the topic."""
    wanted, given = topic_filter.split("/"), topic.split("/")
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(given) or level not in ("+", given[index]):
            return False
    return len(wanted) == len(given)
