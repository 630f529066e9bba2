"""Which of the player's news about stickers may be our own doing."""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOLD_WITHIN_S = 2.0
"""So soon after a write the player tells it, even while it is asked other things."""


class OwnWrites:
    """The player tells that some sticker changed: not which one, and not who wrote it.

    A write is told once, or together with others and then with no news of its own. So what is told
    beyond one news for each write, or long after them, is somebody else's for certain. What may be
    ours may be another's too. Owned by the event loop.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._writing = 0
        self._untold: deque[float] = deque()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """To be held around each write of a sticker."""
        self._writing += 1
        try:
            yield
        finally:
            self._writing -= 1
            self._untold.append(self._clock())
            self._forget_told()

    def explain_news(self) -> bool:
        """To be asked each time that a change is told: whether it may be a write of ours."""
        self._forget_told()
        # A write that is under way may be what was told, or be told yet.
        ours = self._writing > 0 or bool(self._untold)
        if self._untold:
            self._untold.popleft()
        return ours

    def _forget_told(self) -> None:
        told_s = self._clock() - TOLD_WITHIN_S
        while self._untold and self._untold[0] < told_s:
            self._untold.popleft()
