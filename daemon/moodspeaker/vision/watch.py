"""Frame after frame: looks again only where something moved, and tells what is wrong."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.ports import Frame
    from moodspeaker.types import Observation
    from moodspeaker.vision.looker import Looker
    from moodspeaker.vision.motion import MotionGate
    from moodspeaker.vision.scene import SceneWatch


class Watch:
    """A `Looker` behind a motion gate. For one thread."""

    def __init__(
        self, looker: Looker, gate: MotionGate | None, scene: SceneWatch, sensor: bool
    ) -> None:
        """Without `gate` every frame is looked at.

        `sensor` says that frames come from one, so that two equal ones are its fault.
        """
        self._looker = looker
        self._gate = gate
        self._scene = scene
        self._sensor = sensor
        self._last: Observation | None = None

    def look(self, frame: Frame) -> Observation:
        """What is in the frame, or was in the last one where nothing moved since."""
        began_s = time.perf_counter()
        luma = frame.luma
        # Asked in any case: the gate remembers what it let through.
        moved = self._gate is None or self._gate.moved(frame.time_s, luma)
        if self._last is None or moved:
            self._last = self._looker.look_at(frame, luma)
            seen = self._last
        else:
            seen = replace(self._last, time_s=frame.time_s, repeated=True)
        trouble = self._scene.look(frame.time_s, luma, self._sensor, seen.faces)
        took_ms = (time.perf_counter() - began_s) * 1e3
        return replace(seen, trouble=trouble, latency_ms=took_ms)
