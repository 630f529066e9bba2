"""Tells how many messages were dropped, at most once a minute."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle

LOG = logging.getLogger(__name__)
PAUSE_S = 60.0
FIRST_S = 2.0


class DropLog:
    """Counts by reason. The first line comes `FIRST_S` after the first drop, to have a figure."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._counts: Counter[str] = Counter()
        self._timer: TimerHandle | None = None
        self._told_s: float | None = None

    def count(self, number: int, reason: str) -> None:
        """So many more messages were dropped."""
        self._counts[reason] += number
        if self._timer is None:
            now_s = self._loop.time()
            pause_s = 0.0 if self._told_s is None else self._told_s + PAUSE_S - now_s
            self._timer = self._loop.call_later(max(FIRST_S, pause_s), self.tell)

    def tell(self) -> None:
        """Logs what was counted, if anything, and begins again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._counts:
            self._told_s = self._loop.time()
            each = ", ".join(f"{number} {reason}" for reason, number in self._counts.items())
            LOG.warning("dropped %d MQTT messages: %s", self._counts.total(), each)
            self._counts.clear()
