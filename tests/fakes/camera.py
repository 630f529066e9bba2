"""A camera that plays a script, faults included."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.errors import CameraStalled
from moodspeaker.vision.frames import MemoryFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moodspeaker.errors import CameraError
    from moodspeaker.ports import Frame, GreyImage


@dataclass(frozen=True, slots=True)
class Step:
    """One capture: a picture, or an error to raise."""

    image: GreyImage | None = None
    error: CameraError | None = None


class FakeCamera:
    """Implements ports.Camera: its steps in order, the last one again and again."""

    def __init__(
        self, steps: list[Step], live: bool = False, open_error: CameraError | None = None
    ) -> None:
        self._steps = steps
        self.live = live
        self._open_error = open_error
        self.opened = 0
        self.closed = 0
        self.captures = 0
        self._is_open = False

    def open(self) -> None:
        """Raises the error it was given for opening."""
        self.opened += 1
        if self._open_error:
            raise self._open_error
        self._is_open = True

    @contextmanager
    def capture(self, timeout_s: float) -> Iterator[Frame]:
        """The next step; frames are 0.2 s apart."""
        if not self._is_open:
            raise CameraStalled("the fake camera is not open")
        step = self._steps[min(self.captures, len(self._steps) - 1)]
        self.captures += 1
        if step.error:
            raise step.error
        yield MemoryFrame(
            self.captures * 0.2, step.image if step.image is not None else grey(), 320
        )

    def close(self) -> None:
        """Counts."""
        self.closed += 1
        self._is_open = False


def grey(width: int = 640, height: int = 480, level: int = 128) -> GreyImage:
    """A flat picture."""
    return np.full((height, width), level, dtype=np.uint8)
