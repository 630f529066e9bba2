"""A mood chosen by hand: it wins over the camera until it expires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types import Emotion


@dataclass(frozen=True, slots=True)
class Override:
    """`until_s` is on the same clock as the `now_s` that is asked about."""

    emotion: Emotion
    until_s: float

    def expired(self, now_s: float) -> bool:
        """Whether the camera decides again."""
        return now_s >= self.until_s
