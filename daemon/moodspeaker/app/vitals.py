"""Numbers about the service itself, for `B/diagnostics`."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types import Observation, TrackTable

SMOOTHING = 0.1
THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
STATM = Path("/proc/self/statm")
"""Made once: Python keeps a table of the names in paths, which grows with each that is new."""


class Vitals:
    """Counts frames; reads the rest when asked."""

    def __init__(self) -> None:
        self._began_s = self._last_s = time.monotonic()
        self._frames = 0
        self._latency_ms: float | None = None
        self._coverage: float | None = None

    def frame(self, observation: Observation) -> None:
        """One more observation came through."""
        self._frames += 1
        old, new = self._latency_ms, observation.latency_ms
        self._latency_ms = new if old is None else old + SMOOTHING * (new - old)

    def library(self, tracks: TrackTable) -> None:
        """The library as it is now."""
        self._coverage = tracks.labelled / len(tracks) if tracks else None

    def read(self) -> dict[str, object]:
        """Frames a second since the last reading, and the rest."""
        now_s = time.monotonic()
        fps = self._frames / max(now_s - self._last_s, 1e-3)
        self._frames, self._last_s = 0, now_s
        return {
            "fps": round(fps, 2),
            "latency_ms": self._latency_ms,
            "temperature_c": temperature_c(),
            "rss_mb": rss_mb(),
            "uptime_s": round(now_s - self._began_s),
            "coverage": self._coverage,
        }


def temperature_c(path: Path = THERMAL) -> float | None:
    """The processor's, None where the kernel does not say."""
    try:
        return int(path.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None


def rss_mb() -> float | None:
    """Resident memory of this process, MiB; None where the kernel does not tell."""
    try:
        pages = int(STATM.read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def load_per_core() -> float:
    """Processes that want to run, the mean of the last minute, for each core; 0 where not told."""
    try:
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    except OSError:
        return 0.0
