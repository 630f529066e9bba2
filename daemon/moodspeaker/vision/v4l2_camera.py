"""A USB camera through OpenCV's V4L2."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker.errors import CameraAbsent, CameraBusy, CameraStalled
from moodspeaker.vision.frames import MemoryFrame, grey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moodspeaker.ports import Frame


class V4l2Camera:
    """Implements ports.Camera for `/dev/videoN`."""

    live = True

    def __init__(self, device: str, size: tuple[int, int], fps: float, detect_width: int) -> None:
        self._device = device
        self._size = size
        self._fps = fps
        self._detect_width = detect_width
        self._capture: cv2.VideoCapture | None = None

    def open(self) -> None:
        """Raises CameraAbsent, CameraBusy."""
        if not Path(self._device).exists():
            raise CameraAbsent(f"no camera at {self._device}", "plug it in, or set camera.source")
        capture = cv2.VideoCapture(self._device, cv2.CAP_V4L2)
        if not capture.isOpened():
            capture.release()
            raise CameraBusy(
                f"{self._device} does not open",
                "another program holds it, it is no camera, or we are not in group video",
            )
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        capture.set(cv2.CAP_PROP_FPS, self._fps)
        # One buffer: an old frame is worse than none.
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture = capture

    @contextmanager
    def capture(self, timeout_s: float) -> Iterator[Frame]:
        """The newest frame. OpenCV itself gives up on a silent device after 10 s.

        Raises CameraStalled; also for a frame that came later than `timeout_s`.
        """
        began_s = time.monotonic()
        good, image = self._capture.read() if self._capture else (False, None)
        took_s = time.monotonic() - began_s
        if not good or image is None or took_s > timeout_s:
            raise CameraStalled(f"{self._device} gave no frame for {took_s:.1f} s", "unplugged?")
        picture = grey(image.astype(np.uint8, copy=False))
        yield MemoryFrame(time.monotonic(), picture, self._detect_width)

    def close(self) -> None:
        """Gives the device back."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None
