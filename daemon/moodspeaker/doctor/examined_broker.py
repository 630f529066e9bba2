"""One look at the MQTT broker.

Nothing stays on the broker: what is published is not retained, and the last will goes to a topic
that nobody else reads.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from moodspeaker.doctor.broker_connection import SUFFIX, Answers, DoctorsConnection
from moodspeaker.errors import BrokerLost
from moodspeaker.types import Message

if TYPE_CHECKING:
    from moodspeaker.config.schema import MqttSection
    from moodspeaker.home.link import MqttBroker
    from moodspeaker.home.topics import Topics

NO_ANNOUNCEMENT = b"moodspeaker doctor asks whether this may be written"
"""No JSON, so Home Assistant only notes in its log that it left this out."""
QUIET_S = 0.3
"""What the broker had kept has come when nothing more came for so long."""


@dataclass(slots=True)
class Seen:
    """What one connection showed.

    `kept` has the retained payloads by topic, the availability as it was last. `back_s` is None
    where our own message did not come back. `announced` tells whether an announcement may be
    written, None: not known. `left` counts how often the speaker was told to be gone meanwhile.
    """

    version: str
    kept: dict[str, bytes] = field(default_factory=dict)
    unwritable: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    back_s: float | None = None
    announced: bool | None = None
    left: int = 0

    def online(self, topics: Topics) -> bool:
        """Whether the speaker is on the broker already."""
        return self.kept.get(topics.availability) == b"online"


class Look:
    """What is done with one connection; a speaker that is there is watched for `watch_s`."""

    def __init__(self, topics: Topics, answers: Answers, version: str, watch_s: float) -> None:
        self._topics = topics
        self._answers = answers
        self._watch_s = watch_s
        self._echoed = asyncio.Event()
        self.seen = Seen(version, unwritable=answers.unwritable, unreadable=answers.unreadable)

    async def run(self, broker: MqttBroker) -> None:
        """Raises BrokerLost."""
        topics = self._topics
        await broker.subscribe(
            (topics.commands, topics.birth, topics.availability, topics.discovery)
        )
        listener = asyncio.create_task(self._listen(broker), name="doctor-listens")
        try:
            await self._talk(broker)
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)
        if not listener.cancelled():
            # It only ends by itself when the connection has.
            await listener

    async def _talk(self, broker: MqttBroker) -> None:
        await self._round_trip(broker)
        await asyncio.sleep(QUIET_S)
        if self._topics.discovery in self.seen.kept:
            self.seen.announced = True
        else:
            self.seen.announced = await self._may_announce(broker)
        # Two that share an id are off as often as on.
        if self.seen.online(self._topics) or self.seen.left:
            await asyncio.sleep(self._watch_s)

    async def _round_trip(self, broker: MqttBroker) -> None:
        began_s = monotonic()
        topic = probe_topic(self._topics)
        await broker.publish(Message(topic, b"doctor"))
        if topic not in self._answers.unwritable and await self._answers.back:
            self.seen.back_s = monotonic() - began_s

    async def _may_announce(self, broker: MqttBroker) -> bool | None:
        """By a message that is no announcement; None where nothing shows it."""
        topic = self._topics.discovery
        await broker.publish(Message(topic, NO_ANNOUNCEMENT))
        if topic in self._answers.unwritable:
            return False
        if self.seen.version == "5":
            return True
        try:
            async with asyncio.timeout(QUIET_S):
                await self._echoed.wait()
        except TimeoutError:
            # Its rule may be to write alone.
            return None
        return True

    async def _listen(self, broker: MqttBroker) -> None:
        async for message in broker.messages():
            availability = message.topic == self._topics.availability
            if message.retain or availability:
                self.seen.kept[message.topic] = message.payload
            elif message.payload == NO_ANNOUNCEMENT:
                self._echoed.set()
            if availability and not message.retain and message.payload == b"offline":
                self.seen.left += 1
        raise BrokerLost("the MQTT broker closed the connection")


def probe_topic(topics: Topics) -> str:
    """Among the speaker's own, and read by nobody else."""
    return f"{topics.base}/{SUFFIX}"


async def look(section: MqttSection, topics: Topics, watch_s: float) -> Seen:
    """Connects, looks and leaves. Raises MoodspeakerError."""
    answers = Answers()
    connection = DoctorsConnection(section, topics, answers)
    will = Message(probe_topic(topics), b"", retain=False)
    async with connection(will) as broker:
        looking = Look(topics, answers, connection.version, watch_s)
        await looking.run(broker)
        return looking.seen
