"""A stand-in for cv2.VideoCapture over a V4L2 device, faults included."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from fakes.camera import moving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


class Fault(StrEnum):
    """What the device can do to us; the first three happen in open()."""

    ABSENT = "absent"
    BUSY = "busy"
    NO_SIZE = "refuses every size"
    STALL = "stall"
    VANISHED = "unplugged"
    LATE = "frame too late"
    HALF = "half frame"
    EMPTY = "frame that does not decode"
    ODD = "frame OpenCV refuses"
    RELEASE = "release fails"
    BLACK = "black"
    BRIGHT = "overexposed"
    FROZEN = "frozen"


@dataclass
class Device:
    """The camera at `node`, a file that is there while it is plugged in.

    `faults` strike once each, in order. `lasting` strikes until it is set to None. `pause` gets
    the seconds that pass in a call. The driver has `buffers`, which fill while nobody looks.
    """

    node: Path
    faults: list[Fault] = field(default_factory=list)
    lasting: Fault | None = None
    clock: Callable[[], float] = lambda: 1000.0
    pause: Callable[[float], None] = lambda seconds: None
    size: tuple[int, int] = (640, 480)
    buffers: int = 1
    clock_error_s: float = 0.0
    silence_s: float = 5.0
    period_s: float = 0.0
    frames: int = 0
    opened: int = 0

    def open(self, device: str) -> Capture:
        """In cv2.VideoCapture's place."""
        assert device == str(self.node)
        self.opened += 1
        return Capture(self)

    def plug(self, there: bool = True) -> None:
        """In, or out."""
        if there:
            self.node.touch()
        else:
            self.node.unlink(missing_ok=True)

    def struck(self, *faults: Fault) -> Fault | None:
        """The next fault, where it is one of these; one that is not lasting is over with that."""
        fault = self.lasting or (self.faults[0] if self.faults else None)
        if fault not in faults:
            return None
        if self.lasting is None:
            self.faults.pop(0)
        return fault

    def picture(self) -> NDArray[np.uint8]:
        """What the camera sees now; it moves from frame to frame."""
        width, height = self.size
        if self.struck(Fault.BLACK):
            return np.zeros((height, width, 3), dtype=np.uint8)
        if self.struck(Fault.BRIGHT):
            return np.full((height, width, 3), 255, dtype=np.uint8)
        number = 0 if self.struck(Fault.FROZEN) else self.frames
        picture = np.repeat(moving(number, width, height)[:, :, None], 3, axis=2)
        return picture[: height // 2] if self.struck(Fault.HALF) else picture


class Capture:
    """The part of cv2.VideoCapture that the adapter uses, with a descriptor of its own."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._busy = bool(device.struck(Fault.BUSY))
        self._number: int | None = None if self._busy else os.open(os.devnull, os.O_RDONLY)
        self._waiting: deque[float] = deque()
        self._sized = not device.struck(Fault.NO_SIZE)
        self._taken_s = 0.0
        self.asked: dict[int, float] = {}

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether the device is ours."""
        return self._number is not None

    def set(self, what: int, value: float) -> bool:
        """Remembers; the device has its own size."""
        self.asked[what] = value
        return True

    def get(self, what: int) -> float:
        """The device's size, and the time of the last frame that was grabbed."""
        width, height = self._device.size if self._sized else (0, 0)
        if what == cv2.CAP_PROP_POS_MSEC:
            return 1e3 * (self._taken_s + self._device.clock_error_s)
        return {cv2.CAP_PROP_FRAME_WIDTH: width, cv2.CAP_PROP_FRAME_HEIGHT: height}[what]

    def fill(self) -> None:
        """Time passes and nobody looks: every buffer fills, and newer frames are lost."""
        while len(self._waiting) < self._device.buffers:
            self._waiting.append(self._device.clock())

    def grab(self) -> bool:
        """The oldest frame that waits, or the next one; False after OpenCV's own limit."""
        device = self._device
        fault = device.struck(Fault.STALL, Fault.VANISHED, Fault.LATE)
        if fault:
            device.pause(0.0 if fault is Fault.VANISHED else device.silence_s)
        if fault in (Fault.STALL, Fault.VANISHED) or not device.node.exists():
            return False
        device.frames += 1
        if not self._waiting:
            device.pause(device.period_s)
        self._taken_s = self._waiting.popleft() if self._waiting else device.clock()
        return True

    def retrieve(self) -> tuple[bool, Any]:
        """The frame that was grabbed."""
        if self._device.struck(Fault.EMPTY):
            return True, None
        if self._device.struck(Fault.ODD):
            cv2.cvtColor(np.zeros((0, 0), dtype=np.uint8), cv2.COLOR_BGR2GRAY)
        return True, self._device.picture()

    def release(self) -> None:
        """Gives the device back."""
        if self._number is not None:
            os.close(self._number)
            self._number = None
        if self._device.struck(Fault.RELEASE):
            cv2.cvtColor(np.zeros((0, 0), dtype=np.uint8), cv2.COLOR_BGR2GRAY)
