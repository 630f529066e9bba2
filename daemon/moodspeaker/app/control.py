"""What the control socket offers: the commands of MQTT, and what goes out there, broker or not."""

from __future__ import annotations

import asyncio
import logging
import os
from functools import partial
from typing import TYPE_CHECKING

from moodspeaker.home import payloads
from moodspeaker.home.obeying import refusal
from moodspeaker.home.session import ENTITY_LENGTH
from moodspeaker.runtime.control_place import service_socket
from moodspeaker.runtime.control_socket import ControlServer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
    from pathlib import Path

    from moodspeaker.home.commands import Command
    from moodspeaker.runtime.control_socket import Told
    from moodspeaker.types import NowPlaying, SpeakerState

log = logging.getLogger(__name__)

PAUSE_S = 0.2
"""Between two looks of one onlooker; only the newest of what came between is told."""


def control_server(
    state_dir: Path, handle: Callable[[Command], Awaitable[None]], board: Board
) -> ControlServer:
    """The service's, where the environment wants it."""
    return ControlServer(
        service_socket(os.environ, state_dir), partial(answer, handle), board.subscribe
    )


async def answer(
    handle: Callable[[Command], Awaitable[None]], entity: str, payload: bytes
) -> bytes:
    """Does a command as it is done over MQTT; what `B/result` would say."""
    error = await refusal(handle, entity, payload)
    return payloads.result_payload(entity[:ENTITY_LENGTH], error)


class Board:
    """The newest of every topic, for whoever looks on; nothing is encoded while nobody does.

    It takes what `Home` takes. All of it belongs to the event loop's thread.
    """

    def __init__(self, pause_s: float = PAUSE_S) -> None:
        self._pause_s = pause_s
        self._newest: dict[str, Callable[[], bytes]] = {}
        self._onlookers: set[asyncio.Event] = set()
        self.playing(None)

    def update(self, state: SpeakerState) -> None:
        """The newest state."""
        self._put("state", partial(payloads.state_payload, state))

    def playing(self, now: NowPlaying | None) -> None:
        """The current song, None when nothing plays."""
        self._put("track", partial(payloads.track_payload, now))

    def tuning(self, settings: Mapping[str, object]) -> None:
        """Every live setting now in force."""
        self._put("tuning", partial(payloads.tuning_payload, settings))

    def diagnostics(self, numbers: Mapping[str, object]) -> None:
        """Numbers about the service."""
        self._put("diagnostics", partial(payloads.diagnostics_payload, numbers))

    def event(self, kind: str, data: Mapping[str, object]) -> None:
        """Something happened; of several between two looks only the last is told."""
        self._put("event", partial(payloads.event_payload, kind, data))

    async def subscribe(self) -> AsyncGenerator[Told, None]:
        """Everything that is known, then what has changed at each look."""
        news, seen, told = asyncio.Event(), dict[str, object](), dict[str, bytes]()
        self._onlookers.add(news)
        try:
            while True:
                news.clear()
                if changes := tuple(self._changes(seen, told)):
                    yield changes
                await asyncio.sleep(self._pause_s)
                await news.wait()
        finally:
            self._onlookers.discard(news)

    def _changes(
        self, seen: dict[str, object], told: dict[str, bytes]
    ) -> Iterator[tuple[str, bytes]]:
        for topic, make in self._newest.items():
            if seen.get(topic) is make:
                continue
            seen[topic], payload = make, make()
            if topic == "event" or told.get(topic) != payload:
                told[topic] = payload
                yield topic, payload

    def _put(self, topic: str, make: Callable[[], bytes]) -> None:
        self._newest[topic] = make
        for news in self._onlookers:
            news.set()
