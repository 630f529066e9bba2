"""How often to look: by who is there, and by how hot and busy the machine is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SENSE_EVERY_S = 10.0
MOST_SLOWDOWN = 8.0
COOLED_BY_C = 5.0
"""Slowing down ends this far below the limit, or the pace would swing."""
EASED_BY = 0.8


@dataclass(frozen=True, slots=True)
class Pace:
    """Frames a second with nobody there and with a face; the limit for one frame, seconds."""

    fps_idle: float
    fps_active: float
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Load:
    """Degrees Celsius, None where unknown; processes that want a core, for each core."""

    temperature_c: float | None
    per_core: float


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """From here on the camera is looked at less often."""

    hot_c: float = math.inf
    busy_per_core: float = math.inf


class Governor:
    """Halves the pace every `SENSE_EVERY_S` while the machine is over a limit, to an eighth."""

    def __init__(
        self, pace: Pace, limits: LoadLimits | None = None, sense: Callable[[], Load] | None = None
    ) -> None:
        self.pace = pace
        self._limits = limits or LoadLimits()
        self._sense = sense
        self._sensed_s = -math.inf
        self._load = Load(None, 0.0)
        self._slowdown = 1.0
        self._why = ""

    def period_s(self, faces: int, now_s: float) -> float:
        """Seconds from one look to the next."""
        if self._sense is not None and now_s - self._sensed_s >= SENSE_EVERY_S:
            self._sensed_s = now_s
            self._load = self._sense()
            self._adapt()
        fps = self.pace.fps_active if faces else self.pace.fps_idle
        return self._slowdown / fps

    @property
    def strain(self) -> str:
        """Why the pace is slower than asked for; empty where it is not."""
        if self._slowdown == 1.0:
            return ""
        slower = f"looking 1/{self._slowdown:g} as often"
        return f"{self._why}: {slower} (cool the machine, or run less on it)"

    def _adapt(self) -> None:
        if self._over(1.0, 0.0):
            self._why = self._passed()
            self._slowdown = min(2 * self._slowdown, MOST_SLOWDOWN)
        elif not self._over(EASED_BY, COOLED_BY_C):
            self._slowdown = max(self._slowdown / 2, 1.0)

    def _passed(self) -> str:
        """The limit, and not what was measured: that would be news at every look."""
        hot, limits = self._load.temperature_c, self._limits
        if hot is not None and hot > limits.hot_c:
            return f"over {limits.hot_c:g} °C"
        return f"load over {limits.busy_per_core:g} a core"

    def _over(self, share: float, below_c: float) -> bool:
        """Whether a limit, lowered by that much, is passed."""
        hot = self._load.temperature_c
        too_hot = hot is not None and hot > self._limits.hot_c - below_c
        return too_hot or self._load.per_core > self._limits.busy_per_core * share
