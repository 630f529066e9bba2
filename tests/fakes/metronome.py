"""How long this machine itself stood still: what a test must not blame on the product."""

from __future__ import annotations

import threading
import time
from collections import deque
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BEAT_S = 0.02
KEPT = 100_000


class Metronome:
    """Sleeps a beat again and again, and remembers how late it woke.

    A service that is slow by itself makes no beat late: only who waits for a processor is late
    here. Used by several threads at once.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._late: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._due_s = clock() + BEAT_S
        self._lock = threading.Lock()

    def run(self) -> None:
        """For ever."""
        while True:
            self.beat()

    def beat(self) -> None:
        """One."""
        with self._lock:
            self._due_s = self._clock() + BEAT_S
        self._sleep(BEAT_S)
        with self._lock:
            woke_s = self._clock()
            if woke_s > self._due_s:
                self._late.append((self._due_s, woke_s))
                self._due_s = woke_s

    def lost_s(self, since_s: float) -> float:
        """How long of the time since then nobody ran who should have; the clock is `clock`."""
        with self._lock:
            now_s = self._clock()
            # Whoever asks may wake before the one that beats.
            spans = [*self._late, (self._due_s, now_s)]
        return sum(max(0.0, woke_s - max(due_s, since_s)) for due_s, woke_s in spans)


class Stopwatch:
    """Runs from when it is made; `fair_s` leaves out what this machine stood still."""

    def __init__(self, metronome: Metronome | None = None) -> None:
        self._metronome = metronome or running()
        self.began_s = time.monotonic()

    @property
    def passed_s(self) -> float:
        """By the clock on the wall."""
        return time.monotonic() - self.began_s

    @property
    def lost_s(self) -> float:
        """What the machine took."""
        return self._metronome.lost_s(self.began_s)

    @property
    def fair_s(self) -> float:
        """What is left for the product to answer for."""
        lost_s = self.lost_s
        return self.passed_s - lost_s


@cache
def running() -> Metronome:
    """The one of this process."""
    one = Metronome()
    threading.Thread(target=one.run, name="metronome", daemon=True).start()
    return one
