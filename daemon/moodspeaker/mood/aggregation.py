"""The ways from many readings to one belief."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from moodspeaker.mood.belief import BeliefFilter
from moodspeaker.mood.settings import Aggregation
from moodspeaker.mood.smoothing import Smoother
from moodspeaker.mood.windows import Majority, WindowVector

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.mood.settings import MoodSettings


class Aggregator(Protocol):
    """Takes readings, gives how far each emotion is believed, in `Emotion` order, 0..1."""

    def add(
        self, gap_s: float, reading: tuple[float, ...], weight: float, settings: MoodSettings
    ) -> None:
        """One reading, `gap_s` >= 0 after the last; `weight` above 0, at most 1."""

    def belief(self) -> tuple[float, ...] | None:
        """None before anything was added."""

    def forget(self) -> None:
        """As if nothing had been seen."""


def aggregator(kind: Aggregation) -> Aggregator:
    """A new one."""
    makers: dict[Aggregation, Callable[[], Aggregator]] = {
        Aggregation.HMM: BeliefFilter,
        Aggregation.SMOOTHED: Smoother,
        Aggregation.WINDOW_VECTOR: WindowVector,
        Aggregation.MAJORITY: Majority,
    }
    return makers[kind]()
