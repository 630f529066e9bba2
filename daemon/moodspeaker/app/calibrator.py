"""Making a personal neutral out of the frames of the service at work."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError
from moodspeaker.mood.neutral import NeutralCollector, NotResting

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.runtime.neutral_file import NeutralFile
    from moodspeaker.types import Observation

log = logging.getLogger(__name__)

CALIBRATION_S = 10.0


class Calibrator:
    """Collects for `CALIBRATION_S` once it is begun. `now_s` is the monotonic clock."""

    def __init__(self, file: NeutralFile, wall: Callable[[], float] = time.time) -> None:
        self._file = file
        self._wall = wall
        self._collector: NeutralCollector | None = None
        self._until_s = 0.0

    def begin(self, now_s: float, faces: int) -> None:
        """From now on; one that was under way begins again.

        Raises NotResting unless the camera sees one face, no more and no less.
        """
        if faces != 1:
            raise NotResting("there is not exactly one face", "sit before the camera alone")
        self._collector, self._until_s = NeutralCollector(), now_s + CALIBRATION_S

    def observe(self, observation: Observation) -> None:
        """One frame, as the model reads it; nothing while none is under way."""
        if self._collector is not None:
            self._collector.add(observation)

    def due(self, now_s: float) -> bool:
        """Whether it is time to `end`."""
        return self._collector is not None and now_s >= self._until_s

    def end(self) -> NeutralCollector:
        """What was collected; nothing is added to it any more, so that a thread may have it."""
        collector, self._collector = self._collector or NeutralCollector(), None
        return collector

    def store(self, collected: NeutralCollector) -> tuple[str, dict[str, object]]:
        """Stores the neutral that was collected: the event to tell, and its data.

        A face that did not rest, or a full disk, leaves the neutral that was in force.
        """
        try:
            neutral = collected.result(self._wall())
            self._file.save(neutral)
        except MoodspeakerError as error:
            log.warning("no personal neutral: %s", error)
            return "calibration_failed", {"reason": str(error)}
        log.info("the personal neutral is the mean of %d frames", neutral.frames)
        return "calibrated", {"frames": neutral.frames}
