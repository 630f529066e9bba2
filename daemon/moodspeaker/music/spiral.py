"""Sad music for a sad listener is a comfort for a while, and a spiral after that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.music.policy import Policy
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Callable

LOW = frozenset({Emotion.SAD, Emotion.ANGRY, Emotion.FEAR})


class SpiralGuard:
    """Watches how long the music has matched sadness, anger or fear.

    `clock` is monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wish: tuple[Emotion, Policy] | None = None
        self._since_s = 0.0

    def turns(self, emotion: Emotion, policy: Policy, limit_s: float) -> bool:
        """Whether this wish has been in force for too long; asked at every wish."""
        now_s = self._clock()
        if (emotion, policy) != self._wish:
            self._wish, self._since_s = (emotion, policy), now_s
        low = emotion in LOW and policy is Policy.MATCH
        return low and now_s - self._since_s >= limit_s
