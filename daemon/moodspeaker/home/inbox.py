"""What has arrived and waits to be read: in order, bounded, and noise pushes out no command."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from moodspeaker.home.limits import OUTRUN, TOO_LARGE, UNKNOWN, InboxLimits

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.types import Message

ANY_LIMITS = InboxLimits()


def everything(topic: str) -> bool:  # noqa: ARG001 - one answer for all
    """Every topic is known."""
    return True


class Inbox:
    """One connection's incoming messages. Belongs to the event loop's thread.

    A flood on one topic costs that topic's own oldest messages, never another's. `known` tells
    topics that we read from those that only match our filters; `dropped` hears how many were
    left out and why; `clock` is monotonic, seconds.
    """

    def __init__(
        self,
        known: Callable[[str], bool],
        dropped: Callable[[int, str], None],
        clock: Callable[[], float],
        limits: InboxLimits = ANY_LIMITS,
    ) -> None:
        self._known = known
        self._dropped = dropped
        self._clock = clock
        self._limits = limits
        self._waiting: dict[int, Message] = {}
        self._of_topic: defaultdict[str, deque[int]] = defaultdict(deque)
        self._strangers = 0
        self._tickets = float(limits.strangers)
        self._ticketed_s = clock()
        self._count = 0
        self._closed = False
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: Message) -> None:
        """Takes it, or drops it or an older one of its topic."""
        if len(message.payload) > self._limits.largest:
            self._dropped(1, TOO_LARGE)
        elif self._ours(message):
            self._take_ours(message)
        else:
            self._take_stranger(message)

    async def get(self) -> Message | None:
        """The oldest; None once it is closed and empty."""
        while not self._waiting:
            if self._closed:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        number = next(iter(self._waiting))
        message = self._waiting.pop(number)
        if self._ours(message):
            self._of_topic[message.topic].popleft()
        else:
            self._strangers -= 1
        return message

    def close(self) -> None:
        """Nothing more comes; what waits can still be read."""
        self._closed = True
        self._arrived.set()

    def _ours(self, message: Message) -> bool:
        return len(message.payload) <= self._limits.small and self._known(message.topic)

    def _take_ours(self, message: Message) -> None:
        numbers = self._of_topic[message.topic]
        if len(numbers) >= self._limits.kept:
            del self._waiting[numbers.popleft()]
            self._dropped(1, OUTRUN)
        numbers.append(self._add(message))

    def _take_stranger(self, message: Message) -> None:
        now_s, most = self._clock(), float(self._limits.strangers)
        gained = (now_s - self._ticketed_s) * self._limits.strangers_per_s
        self._tickets, self._ticketed_s = min(most, self._tickets + gained), now_s
        if self._tickets < 1 or self._strangers >= self._limits.strangers:
            self._dropped(1, UNKNOWN)
            return
        self._tickets -= 1
        self._strangers += 1
        self._add(message)

    def _add(self, message: Message) -> int:
        self._count += 1
        self._waiting[self._count] = message
        self._arrived.set()
        return self._count
