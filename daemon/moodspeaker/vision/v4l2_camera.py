"""A USB camera through OpenCV's V4L2."""

from __future__ import annotations

import logging
import math
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from moodspeaker.errors import CameraAbsent, CameraBusy, CameraStalled
from moodspeaker.vision.frames import MemoryFrame, grey, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from moodspeaker.ports import Frame

log = logging.getLogger(__name__)

SELECT_LIMIT = "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"
MOST_BUFFERS = 10
"""OpenCV takes no more of a driver; so many frames may be older than the question."""
OLD_S = 0.15
"""Exposure and transfer make a new frame as old as that."""


def open_v4l2(device: str) -> cv2.VideoCapture:
    """OpenCV's capture of `/dev/videoN`; one that failed says so by isOpened()."""
    return cv2.VideoCapture(device, cv2.CAP_V4L2)


class V4l2Camera:
    """Implements ports.Camera for `/dev/videoN`.

    A read of a silent device ends after `timeout_s`, rounded up: OpenCV knows whole seconds, one
    limit for the whole process, set by the first camera. `open_device` gives an object with the
    methods of cv2.VideoCapture.
    """

    live = True

    def __init__(
        self,
        device: str,
        size: tuple[int, int],
        fps: float,
        detect_width: int,
        timeout_s: float = 5.0,
        open_device: Callable[[str], Any] = open_v4l2,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._size = size
        self._fps = fps
        self._detect_width = detect_width
        self._timeout_s = timeout_s
        self._open_device = open_device
        self._clock = clock
        self._capture: Any = None
        self._shape = (0, 0)
        self._dated = True

    def open(self) -> None:
        """Raises CameraAbsent, CameraBusy."""
        if not Path(self._device).exists():
            raise CameraAbsent(f"no camera at {self._device}", "plug it in, or set camera.source")
        # CAP_PROP_READ_TIMEOUT_MSEC, which would be per camera, is refused for V4L2.
        os.environ.setdefault(SELECT_LIMIT, str(math.ceil(self._timeout_s)))
        self._capture = self._open_device(self._device)
        self._dated = True
        if not self._set_up():
            self.close()
            raise CameraBusy(
                f"{self._device} does not open",
                "another program holds it, it is no camera, or we are not in group video",
            )

    @contextmanager
    def capture(self, timeout_s: float) -> Iterator[Frame]:
        """The newest frame: what was taken before the question and waited is left out.

        Raises CameraStalled; also for a frame that is not whole, or later than `timeout_s`.
        """
        began_s = self._clock()
        try:
            image = self._newest(began_s + timeout_s)
        except cv2.error as error:
            raise self._stalled(f"gave a broken frame: {error.err}") from error
        took_s = self._clock() - began_s
        if image is None or took_s > timeout_s:
            waited = f" for {took_s:.1f} s" if took_s >= OLD_S else ": reading ends at once"
            raise self._stalled(f"gave no frame{waited}")
        if shape_of(image) != self._shape:
            raise self._stalled(f"gave a broken frame of shape {image.shape}")
        picture = grey(image.astype(np.uint8, copy=False))
        yield MemoryFrame(self._clock(), picture, self._detect_width)

    def close(self) -> None:
        """Gives the device back."""
        capture, self._capture = self._capture, None
        if capture is None:
            return
        try:
            capture.release()
        except cv2.error:
            log.exception("%s did not close in order", self._device)

    def _set_up(self) -> bool:
        """Whether the device is open and has a picture size, which need not be the one asked."""
        capture = self._capture
        if not capture.isOpened():
            return False
        try:
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
            capture.set(cv2.CAP_PROP_FPS, self._fps)
            # So that one frame at most waits to be thrown away; drivers may insist on more.
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            width = capture.get(cv2.CAP_PROP_FRAME_WIDTH)
            self._shape = (int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)), int(width))
        except cv2.error:
            return False
        return min(self._shape) > 0

    def _newest(self, until_s: float) -> NDArray[Any] | None:
        """The first frame that did not wait for us; None where the device is silent."""
        if self._capture is None:
            return None
        for _ in range(MOST_BUFFERS + 1):
            if not self._capture.grab():
                return None
            if not self._old() or self._clock() > until_s:
                break
        else:
            # Nothing can have waited any more: the device's clock is another than ours.
            self._dated = False
        good, image = self._capture.retrieve()
        if not good or image is None:
            raise self._stalled("gave a frame that does not decode")
        picture: NDArray[Any] = image
        return picture

    def _old(self) -> bool:
        """Whether the grabbed frame has waited: a full buffer keeps its frame until it is asked."""
        taken_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1e3
        return self._dated and taken_s > 0 and self._clock() - taken_s > OLD_S

    def _stalled(self, what: str) -> CameraStalled:
        if not Path(self._device).exists():
            return CameraStalled(f"{self._device} is gone", "plug it in again")
        return CameraStalled(f"{self._device} {what}", "cable loose?")
