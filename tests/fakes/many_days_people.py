"""Whoever is before the camera for a month, and the camera. See `many_days`."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

from moodspeaker.types import Emotion, Observation, Scores

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
AT_HOME = ((6.6, 8.5), (17.0, 23.2))
"""Hours of the day at which somebody may be there."""


class People:
    """Whoever is before the camera. `down`: the camera sees nothing at all."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.down = False
        self._emotion: Emotion | None = None
        self._until_s = 0.0
        # Made once: two million of them would be most of the work.
        self._faces = {e: [noisy(rng, e) for _ in range(50)] for e in Emotion}

    def seen(self) -> Observation:
        """One look."""
        now_s = time.monotonic()
        if now_s >= self._until_s:
            there = at_home() and self._rng.random() < 0.7
            self._emotion = self._rng.choice(tuple(Emotion)) if there else None
            self._until_s = now_s + self._rng.expovariate(1 / (8 * MINUTE_S))
        if self._emotion is None:
            return Observation(now_s, 0, None)
        return Observation(now_s, 1, self._rng.choice(self._faces[self._emotion]))


class Vision:
    """A vision thread and its runner as a task: it looks now and then while it is enabled."""

    def __init__(self, people: People, hooks: Any, look_s: float) -> None:
        self.thread = self
        self._people = people
        self._hooks = hooks
        self._look_s = look_s
        self._on = True

    def enable(self, on: bool) -> None:
        """As the thread's."""
        self._on = on

    def renew(self, *_: object) -> None:
        """As the runner's."""

    def alive(self) -> bool:
        """Always."""
        return True

    async def run(self) -> None:
        """Looks for ever."""
        self._hooks.health("model", "ok")
        while True:
            self._hooks.health("camera", "no camera found" if self._people.down else "ok")
            if self._on and not self._people.down:
                self._hooks.observed(self._people.seen())
            await asyncio.sleep(self._look_s)


def hour_of_day() -> float:
    """Hours since midnight."""
    return time.time() % DAY_S / HOUR_S


def at_home() -> bool:
    """Whether it is an hour at which somebody may be there."""
    hour = hour_of_day()
    return any(begin <= hour < end for begin, end in AT_HOME)


def noisy(rng: random.Random, emotion: Emotion) -> Scores:
    """Fairly sure of it."""
    raw = [rng.random() * 0.1 + (e is emotion) * rng.uniform(0.6, 1.5) for e in Emotion]
    return Scores(tuple(p / sum(raw) for p in raw))
