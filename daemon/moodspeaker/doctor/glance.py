"""A few frames of a camera, as long as its exposure needs to settle."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.types import Trouble
from moodspeaker.vision.scene import ORDER, STRIDE, SceneLimits, is_even, troubles

if TYPE_CHECKING:
    from moodspeaker.config.schema import CameraSection
    from moodspeaker.ports import Camera, GreyImage

FRAMES, JUDGED = 8, 3


@dataclass(frozen=True, slots=True)
class Seen:
    """(width, height) of the full picture, the time between two frames, and what is wrong."""

    size: tuple[int, int]
    frame_ms: float
    trouble: Trouble | None


def glance(camera: Camera, section: CameraSection) -> Seen:
    """Opens, looks, closes; no frame is kept. Raises CameraError."""
    times_s = [time.monotonic()]
    small: list[GreyImage] = []
    camera.open()
    try:
        for _ in range(FRAMES):
            with camera.capture(section.timeout_s) as frame:
                times_s.append(time.monotonic())
                small.append(frame.luma[::STRIDE, ::STRIDE].copy())
                height, width = frame.detail().shape
    finally:
        camera.close()
    # The first is later, by what opening takes.
    steps_s = np.diff(times_s)[1:]
    sensor = section.kind != "file"
    return Seen((width, height), 1e3 * median(steps_s.tolist()), trouble_in(small, sensor=sensor))


def trouble_in(small: list[GreyImage], *, sensor: bool) -> Trouble | None:
    """What the last frames have in common; a film may stand still, a sensor has noise."""
    last = small[-JUDGED:]
    found = set(Trouble).intersection(*(troubles(one, 0, SceneLimits()) for one in last))
    if sensor and stands_still(last):
        found.add(Trouble.FROZEN)
    return next((trouble for trouble in ORDER if trouble in found), None)


def stands_still(small: list[GreyImage]) -> bool:
    """An even picture may be clipped, and then it has no noise."""
    same = all(np.array_equal(one, small[0]) for one in small[1:])
    return same and not is_even(small[0], SceneLimits())
