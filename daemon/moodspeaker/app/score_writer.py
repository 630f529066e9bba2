"""The score log while the service runs: lines go in at every frame, out every two minutes."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from moodspeaker.runtime.score_log import ScoreLog, ScoreLogLimits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from moodspeaker.config.privacy_section import PrivacySection
    from moodspeaker.types import Observation

FLUSH_S, EXPIRE_S = 120.0, 3600.0
"""Each flush costs an SD card its file's last page and the file system's own notes once more."""
FOLDER = "scores"
FILES = 5
"""Into how many files the allowed megabytes go: the oldest is what is removed at a time."""


class ScoreWriter:
    """Writes nothing unless the section `privacy` asks for it; old files expire in any case."""

    def __init__(
        self,
        section: PrivacySection,
        state_dir: Path,
        wall: Callable[[], float] = time.time,
    ) -> None:
        mb = section.score_log_mb
        limits = ScoreLogLimits(section.score_log_every_s, section.score_log_days, mb / FILES, mb)
        self._log = ScoreLog(state_dir / FOLDER, limits, wall)
        self._writes = section.score_log
        self._wall = wall

    def add(self, observation: Observation | None) -> None:
        """What the engine was given, None while the camera shows nothing. Cheap."""
        if self._writes and observation is not None:
            self._log.add(observation, self._wall())

    async def run(self) -> None:
        """Until it is cancelled; what waits is written then too."""
        try:
            while True:
                await asyncio.to_thread(self._log.flush)
                await asyncio.sleep(FLUSH_S if self._writes else EXPIRE_S)
        finally:
            await asyncio.to_thread(self._log.flush)
