"""A camera that plays a script, faults included."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.errors import CameraAbsent, CameraBusy, CameraStalled, CameraStuck
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
        self,
        steps: list[Step],
        live: bool = False,
        open_error: CameraError | None = None,
        close_error: CameraError | None = None,
    ) -> None:
        self._steps = steps
        self.live = live
        self._open_error = open_error
        self._close_error = close_error
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
        """Counts. Raises the error it was given for closing, once."""
        self.closed += 1
        self._is_open = False
        error, self._close_error = self._close_error, None
        if error:
            raise error


class Fault(StrEnum):
    """What a camera can do to us."""

    ABSENT = "absent"
    BUSY = "busy"
    STALL = "stall"
    DEAD_LOOP = "dead loop"
    PADDED = "padded stride"
    HALF = "half frame"
    BLACK = "black"
    BRIGHT = "overexposed"
    FROZEN = "frozen"


def faulty(fault: Fault) -> FakeCamera:
    """A camera with that fault: from the start where it does not open, else after one frame."""
    stalled = CameraStalled("fake camera gave no frame for 5 s", "cable loose?")
    absent = CameraAbsent("no fake camera", "plug it in")
    busy = CameraBusy("fake camera does not start", "another program holds it")
    half = CameraStalled("fake camera gave a broken picture: 5 of 9 bytes", "cable loose?")
    stuck = CameraStuck("fake camera does not close", "restart the service")
    good = Step(moving(0))
    return {
        Fault.ABSENT: lambda: FakeCamera([], open_error=absent),
        Fault.BUSY: lambda: FakeCamera([], open_error=busy),
        Fault.STALL: lambda: FakeCamera([good, Step(error=stalled)]),
        Fault.DEAD_LOOP: lambda: FakeCamera([good, Step(error=stalled)], close_error=stuck),
        Fault.PADDED: lambda: FakeCamera([good, Step(padded())]),
        Fault.HALF: lambda: FakeCamera([good, Step(error=half)]),
        Fault.BLACK: lambda: FakeCamera([good, Step(grey(level=0))]),
        Fault.BRIGHT: lambda: FakeCamera([good, Step(grey(level=255))]),
        Fault.FROZEN: lambda: FakeCamera([good, Step(moving(1))]),
    }[fault]()


def grey(width: int = 640, height: int = 480, level: int = 128) -> GreyImage:
    """A flat picture."""
    return np.full((height, width), level, dtype=np.uint8)


def moving(number: int, width: int = 640, height: int = 480) -> GreyImage:
    """A ramp with a bar at another place for each number, and rows that differ."""
    picture = np.tile(np.linspace(40, 200, width).astype(np.uint8), (height, 1))
    left = number * width // 16 % width
    picture[:, left : left + width // 16] = 230
    picture[:, ::7] += (np.arange(height) % 5).astype(np.uint8)[:, None]
    return picture


def padded(width: int = 640, height: int = 480) -> GreyImage:
    """A picture that is a part of longer rows, as a mapped buffer's is."""
    rows = np.full((height, width + 32), 255, dtype=np.uint8)
    rows[:, :width] = moving(2, width, height)
    return rows[:, :width]
