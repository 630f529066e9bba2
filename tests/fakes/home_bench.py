"""The MQTT side at work on a broker in memory, and what it told."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from fakes.broker import A_STATE, LIMIT_S, FakeBroker
from moodspeaker.errors import BrokerLost
from moodspeaker.home.commands import SetCamera
from moodspeaker.home.discovery import DeviceInfo
from moodspeaker.home.session import Home
from moodspeaker.home.topics import Topics
from moodspeaker.types import Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from moodspeaker.home.commands import Command

TOPICS = Topics("kitchen")


class Prompt(Random):
    """Always the shortest delay, or none."""

    def uniform(self, a: float, b: float) -> float:
        """No delay."""
        return 0.0


class Clock:
    """A monotonic clock that stands still unless it is told, or that runs at each look."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.step_s = 0.0

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


class Speaker:
    """A Home on a fake broker, and what it made of its commands."""

    def __init__(self) -> None:
        self.broker = FakeBroker()
        self.clock = Clock()
        self.commands: list[Command] = []
        self.told: list[Message] = []
        self.refusal: Exception | None = None
        self.on_command = asyncio.Event()
        self.hang = False
        self.home = Home(
            self.broker,
            TOPICS,
            DeviceInfo("Kitchen", "1.0"),
            self.handle,
            clock=self.clock,
            rng=Prompt(),
            published=self.told.append,
        )

    async def handle(self, command: Command) -> None:
        """Obeys, refuses or hangs, as told."""
        self.commands.append(command)
        self.on_command.set()
        if self.hang:
            await asyncio.Event().wait()
        if self.refusal is not None:
            raise self.refusal
        if isinstance(command, SetCamera):
            self.home.update(replace(A_STATE, camera=command.on))

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncio.Task[None]]:
        """A connection that is up; cancelled at the end if it still lives."""
        up = asyncio.Event()
        attempt = asyncio.create_task(self.home.attempt(up.set))
        waiting = asyncio.create_task(up.wait())
        async with asyncio.timeout(LIMIT_S):
            await asyncio.wait((attempt, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        try:
            yield attempt
        finally:
            attempt.cancel()
            with suppress(asyncio.CancelledError, BrokerLost, ExceptionGroup):
                await attempt

    async def send(self, entity: str, payload: bytes, *, wait: bool = True) -> Any:
        """Publishes a command; the answer to it."""
        after = len(self.broker.published)
        await self.broker.deliver(Message(TOPICS.command(entity), payload))
        if not wait:
            return None
        answer = await self.broker.wait_for_topic(TOPICS.result, after=after)
        return json.loads(answer.payload)

    def topics_said(self, after: int = 0) -> list[str]:
        """The topics of what was published."""
        return [message.topic for message in self.broker.published[after:]]
