"""The speaker at home: says what it does, and takes commands, over MQTT."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from moodspeaker.errors import BrokerError, BrokerLost
from moodspeaker.home.announcement import Announcement
from moodspeaker.home.obeying import refusal
from moodspeaker.home.outbox import Outbox
from moodspeaker.home.payloads import OFFLINE, result_payload
from moodspeaker.types import Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from random import Random

    from moodspeaker.home.commands import Command
    from moodspeaker.home.discovery import DeviceInfo
    from moodspeaker.home.topics import Topics
    from moodspeaker.ports import Broker, BrokerConnector
    from moodspeaker.types import NowPlaying, SpeakerState

LOG = logging.getLogger(__name__)
FAREWELL_LIMIT_S = 2.0
BIRTH_DELAY_S = (0.2, 2.0)  # spreads the answers of many devices to one Home Assistant
ENTITY_LENGTH = 100


def no_observer(message: Message) -> None:
    """Tells nobody."""


class Home:
    """One speaker on one broker.

    `handle` does a command and raises a MoodspeakerError to refuse it; it gets
    `COMMAND_LIMIT_S`. Where it calls `update` before it returns, the answer shows the new
    state. `clock` is monotonic, in seconds; `rng` spreads the answer to Home Assistant's
    start. `published` hears of every message that the broker has taken, pictures excepted.

    All methods belong to the event loop's thread, and the plain ones may be called whether
    there is a connection or not.
    """

    def __init__(
        self,
        connector: BrokerConnector,
        topics: Topics,
        device: DeviceInfo,
        handle: Callable[[Command], Awaitable[None]],
        *,
        clock: Callable[[], float],
        rng: Random,
        published: Callable[[Message], None] = no_observer,
    ) -> None:
        self._connector = connector
        self._topics = topics
        self._handle = handle
        self._clock = clock
        self._rng = rng
        self._published = published
        self._announcement = Announcement(topics, device)
        self._outbox = Outbox(topics, self._announcement.payload)
        self._changed = asyncio.Event()
        self.announced: dict[str, str] | None = None
        """The platforms of all components that the broker has heard of, by key; None: of none."""

    def announce(self, device: DeviceInfo) -> None:
        """The device as it is from now on; entities that are gone are removed."""
        self._announcement.change(device)
        self._announce()

    def withdraw(self, former: Mapping[str, str]) -> None:
        """Removes what a former run announced (platforms by key) and is not there any more."""
        self._announcement.withdraw(former)
        self._announce()

    def update(self, state: SpeakerState) -> None:
        """The newest state; it goes out when the rate rule says so."""
        self._outbox.update(state)
        self._changed.set()

    def playing(self, now: NowPlaying | None) -> None:
        """The current song, None when nothing plays."""
        self._outbox.playing(now)
        self._changed.set()

    def tuning(self, settings: Mapping[str, object]) -> None:
        """Every live setting now in force."""
        self._outbox.tuning(settings)
        self._changed.set()

    def diagnostics(self, numbers: Mapping[str, object]) -> None:
        """Numbers about the service; call it about once a minute."""
        self._outbox.diagnostics(numbers)
        self._changed.set()

    def event(self, event_type: str, data: Mapping[str, object]) -> None:
        """Something happened. Waits for a connection for a while, in order."""
        self._outbox.event(event_type, data, self._clock())
        self._changed.set()

    def picture(self, jpeg: bytes | None) -> None:
        """What the camera sees, for a person to look at; None: no more."""
        self._outbox.picture(jpeg)
        self._changed.set()

    async def attempt(self, up: Callable[[], None]) -> None:
        """The life of one connection; `up` is called once all is told and `online` is out.

        Runs until it is cancelled. Raises BrokerLost or BrokerDenied; an ExceptionGroup only
        for an error in `handle` that is no refusal.
        """
        will = Message(self._topics.availability, OFFLINE, retain=True)
        async with self._connector(will) as broker:
            try:
                await broker.subscribe((self._topics.commands, self._topics.birth))
                self._outbox.forget()
                await self._publish_due(broker)
                up()
                await self._live(broker)
            finally:
                # A clean goodbye, which leaving is after an exception too, keeps the will back.
                await self._farewell(broker, will)

    def _announce(self) -> None:
        self._outbox.announce(self._announcement.payload)
        self._changed.set()

    async def _live(self, broker: Broker) -> None:
        lost: BrokerError | None = None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._publish(broker), name="home-publish")
                group.create_task(self._listen(broker), name="home-listen")
        except* BrokerError as errors:
            lost = next(e for e in errors.exceptions if isinstance(e, BrokerError))
        if lost is not None:
            raise lost

    async def _publish(self, broker: Broker) -> None:
        while True:
            self._changed.clear()
            await self._publish_due(broker)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._outbox.wait_s(self._clock())):
                    await self._changed.wait()

    async def _publish_due(self, broker: Broker) -> None:
        while (message := self._outbox.due(self._clock())) is not None:
            await self._send(broker, message)
            self._outbox.sent(message)
            if message.topic == self._topics.discovery:
                self._note(message)

    def _note(self, announcement: Message) -> None:
        # Another one may have been made while this one was underway.
        if announcement.payload == self._announcement.payload:
            self.announced = self._announcement.platforms

    async def _send(self, broker: Broker, message: Message) -> None:
        await broker.publish(message)
        # Whoever listens may write it down, and a picture must not be.
        if message.topic != self._topics.preview:
            self._published(message)

    async def _listen(self, broker: Broker) -> None:
        async for message in broker.messages():
            if message.topic == self._topics.birth:
                self._born(message)
            elif message.retain:
                LOG.warning("ignored a retained command on %s: it may be old", message.topic)
            else:
                await self._obey(broker, message)
        raise BrokerLost("the MQTT broker closed the connection")

    def _born(self, message: Message) -> None:
        """A retained birth is an old one, and we have just told everything."""
        if message.payload == b"online" and not message.retain:
            self._outbox.renew(self._clock() + self._rng.uniform(*BIRTH_DELAY_S))
            self._changed.set()

    async def _obey(self, broker: Broker, message: Message) -> None:
        entity = self._topics.entity(message.topic)
        if entity is None:
            return
        error = await refusal(self._handle, entity, message.payload)
        self._outbox.answer_with_state()
        self._changed.set()
        answer = result_payload(entity[:ENTITY_LENGTH], error)
        await self._send(broker, Message(self._topics.result, answer))

    async def _farewell(self, broker: Broker, will: Message) -> None:
        with suppress(BrokerError, TimeoutError):
            async with asyncio.timeout(FAREWELL_LIMIT_S):
                if (blank := self._outbox.farewell()) is not None:
                    await self._send(broker, blank)
                    self._outbox.sent(blank)
                await self._send(broker, will)
