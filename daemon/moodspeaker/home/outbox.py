"""What still has to go out, newest first in its topic, and when. Pure: time is an argument."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from moodspeaker.home import payloads, rate
from moodspeaker.types import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.home.topics import Topics
    from moodspeaker.types import NowPlaying, SpeakerState

EVENTS_KEPT = 64
EVENT_LIFE_S = 30.0


class Outbox:
    """Of what a topic retains the newest wins; events keep their order.

    Discovery goes out first and `online` after all that is retained, so that Home Assistant
    never sees a speaker that is available and says nothing. The first thing that is said of
    pictures is that there is none: one of a former run may still be shown. Times are monotonic
    seconds.
    """

    def __init__(self, topics: Topics, discovery: bytes) -> None:
        self._topics = topics
        self._state: SpeakerState | None = None
        self._published: rate.Published | None = None
        self._state_forced = False
        self._renew_at_s: float | None = None
        self._events: deque[tuple[float, Message]] = deque(maxlen=EVENTS_KEPT)
        self._picture: Message | None = self._blank
        self._showing = False
        self._sent: dict[str, bytes] = {}
        self._wanted: dict[str, bytes] = {
            topics.discovery: discovery,
            topics.track: payloads.track_payload(None),
            topics.availability: payloads.ONLINE,
        }
        self._order = (
            topics.discovery,
            topics.state,
            topics.track,
            topics.tuning,
            topics.diagnostics,
            topics.availability,
        )

    def announce(self, discovery: bytes) -> None:
        """Another announcement; nothing goes out where it is the same."""
        self._wanted[self._topics.discovery] = discovery

    def update(self, state: SpeakerState) -> None:
        """The newest state; the rate rule says when it goes out."""
        self._state = state

    def playing(self, now: NowPlaying | None) -> None:
        """The current song."""
        self._wanted[self._topics.track] = payloads.track_payload(now)

    def tuning(self, settings: Mapping[str, object]) -> None:
        """The live settings in force."""
        self._wanted[self._topics.tuning] = payloads.tuning_payload(settings)

    def diagnostics(self, numbers: Mapping[str, object]) -> None:
        """Numbers about the service."""
        self._wanted[self._topics.diagnostics] = payloads.diagnostics_payload(numbers)

    def event(self, event_type: str, data: Mapping[str, object], now_s: float) -> None:
        """Something that happened. It is dropped when `EVENT_LIFE_S` passes before it can go
        out, since automations would act on it too late, and when more than `EVENTS_KEPT` wait.
        """
        payload = payloads.event_payload(event_type, data)
        self._events.append((now_s, Message(self._topics.event, payload)))

    def picture(self, jpeg: bytes | None) -> None:
        """The newest picture, lost where it cannot go out; None: no more, which is kept to say."""
        self._picture = self._blank if jpeg is None else Message(self._topics.preview, jpeg)

    def farewell(self) -> Message | None:
        """What ends the pictures, where any are shown."""
        return self._blank if self._showing else None

    def answer_with_state(self) -> None:
        """The state goes out now, changed or not: a command wants to see its effect."""
        self._state_forced = True

    def renew(self, at_s: float) -> None:
        """At that time everything goes out again; an earlier appointment stands."""
        self._renew_at_s = at_s if self._renew_at_s is None else min(at_s, self._renew_at_s)

    def forget(self) -> None:
        """Nothing has been published yet, as on a new connection."""
        self._sent.clear()
        self._published = None
        self._renew_at_s = None
        if self._picture is not None and self._picture.payload:
            self._picture = None

    def due(self, now_s: float) -> Message | None:
        """What is to be published now. Ask again after `sent`."""
        if self._renew_at_s is not None and now_s >= self._renew_at_s:
            self.forget()
        for topic in self._order:
            payload = self._due_in(topic, now_s)
            if payload is not None:
                return self._retained(topic, payload, now_s)
        return self._next_event(now_s) or self._next_picture()

    def sent(self, message: Message) -> None:
        """The broker has it."""
        if self._events and self._events[0][1] is message:
            self._events.popleft()
        if self._picture is message:
            self._picture = None
        if message.topic == self._topics.preview and not message.payload:
            self._showing = False

    def wait_s(self, now_s: float) -> float | None:
        """Seconds until something is due by time alone; None when only a change can make it."""
        times = [t for t in (self._state_due_s(), self._renew_at_s) if t is not None]
        return max(0.0, min(times) - now_s) if times else None

    @property
    def _blank(self) -> Message:
        return Message(self._topics.preview, b"")

    def _state_due_s(self) -> float | None:
        if self._state is None:
            return None
        return rate.AT_ONCE if self._state_forced else rate.due_s(self._published, self._state)

    def _due_in(self, topic: str, now_s: float) -> bytes | None:
        if topic != self._topics.state:
            wanted = self._wanted.get(topic)
            return None if wanted == self._sent.get(topic) else wanted
        due_s = self._state_due_s()
        if self._state is None or due_s is None or due_s > now_s:
            return None
        return payloads.state_payload(self._state)

    def _retained(self, topic: str, payload: bytes, now_s: float) -> Message:
        # Noted before the broker has it: should this fail, the connection is over and
        # everything is forgotten.
        self._sent[topic] = payload
        if topic == self._topics.state and self._state is not None:
            self._published = rate.Published(self._state, now_s)
            self._state_forced = False
        return Message(topic, payload, retain=True)

    def _next_event(self, now_s: float) -> Message | None:
        while self._events and now_s - self._events[0][0] > EVENT_LIFE_S:
            self._events.popleft()
        return self._events[0][1] if self._events else None

    def _next_picture(self) -> Message | None:
        # Noted before the broker has it: one that is underway at the end may still arrive.
        if self._picture is not None and self._picture.payload:
            self._showing = True
        return self._picture
