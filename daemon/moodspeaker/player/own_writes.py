"""Which of the player's news about stickers may be our own doing."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOLD_WITHIN_S = 2.0
"""So soon after a write the player tells it, even while it is asked other things."""


class OwnWrites:
    """The player tells that some sticker changed: not which one, and not who wrote it.

    A write is told once, or together with others, so what is told besides is somebody else's for
    certain. What may be ours may be another's too. Owned by the event loop.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._writing = 0
        self._untold = False
        self._ended_s = 0.0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """To be held around each write of a sticker."""
        self._writing += 1
        self._untold = True
        try:
            yield
        finally:
            self._writing -= 1
            self._ended_s = self._clock()

    def explain_news(self) -> bool:
        """To be asked each time that a change is told: whether it may be a write of ours."""
        late = not self._writing and self._clock() - self._ended_s > TOLD_WITHIN_S
        ours = self._untold and not late
        # One that is under way may be what was told, or be told yet.
        self._untold = self._writing > 0
        return ours
