"""Waits while the processor is hot: work that nobody waits for must not throttle the rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

COOLED_BY_C = 3.0
"""Work goes on this far below the limit, or it would stop again at once."""
LOOK_EVERY_S = 5.0


class Heat:
    """`read` gives degrees Celsius, None where unknown, which never waits; `tell` gets a line."""

    def __init__(
        self,
        limit_c: float,
        read: Callable[[], float | None],
        tell: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limit_c = limit_c
        self._read = read
        self._tell = tell
        self._sleep = sleep

    @property
    def too_hot(self) -> bool:
        """Whether it is hotter than the limit now."""
        return (self._read() or 0.0) > self.limit_c

    def wait(self) -> None:
        """Until it has cooled down."""
        enough_c = self.limit_c - COOLED_BY_C
        self._tell(f"{self._read() or 0.0:.0f} °C: paused until it is {enough_c:.0f} °C")
        while (self._read() or 0.0) > enough_c:
            self._sleep(LOOK_EVERY_S)
        self._tell("cool enough: going on")
