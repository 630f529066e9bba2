"""The Pi camera through picamera2, which apt installs and PyPI cannot.

Frames are luma: the detector's picture is the small (lores) stream, and the full one is only
touched when a face has been found. Both YUV420 and NV12 begin with stride x height luma bytes.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moodspeaker.errors import CameraAbsent, CameraBusy, CameraStalled, CameraStuck

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from moodspeaker.ports import Frame, GreyImage

log = logging.getLogger(__name__)

CLOSE_LIMIT_S = 3.0
BUFFERS = 4


class Picamera2Camera:
    """Implements ports.Camera for camera number `number`."""

    live = True

    def __init__(self, number: int, size: tuple[int, int], fps: float, detect_width: int) -> None:
        self._number = number
        self._size = size
        self._fps = fps
        self._detect_size = (detect_width, even(size[1] * detect_width / size[0]))
        self._module: Any = None
        self._camera: Any = None

    def open(self) -> None:
        """Raises CameraAbsent, CameraBusy; CameraStuck where a failed start cannot be undone."""
        self._module = import_picamera2()
        try:
            self._start()
        except (RuntimeError, IndexError, OSError) as error:
            self.close()
            raise CameraBusy(
                f"Pi camera {self._number} does not start: {first_cause(error)}",
                "another program holds it, or we are not in group video",
            ) from error

    @contextmanager
    def capture(self, timeout_s: float) -> Iterator[Frame]:
        """The newest frame. Raises CameraStalled; also where the camera is not open."""
        if self._camera is None:
            raise CameraStalled(f"Pi camera {self._number} is not open")
        try:
            job = self._camera.captured_request(wait=timeout_s)
            request = job.__enter__()
        except (TimeoutError, RuntimeError) as error:
            # The job that timed out is still queued, and would eat a later frame.
            self._camera.cancel_all_and_flush()
            raise CameraStalled(
                f"Pi camera {self._number} gave no frame for {timeout_s:g} s", "cable loose?"
            ) from error
        try:
            yield RequestFrame(self._module, self._camera, request)
        finally:
            job.__exit__(None, None, None)

    def close(self) -> None:
        """Closes the camera in a thread, since that can hang for ever.

        Raises CameraStuck after `CLOSE_LIMIT_S`, or at once where closing failed.
        """
        camera, self._camera = self._camera, None
        if camera is None:
            return
        closer = threading.Thread(target=shut, args=(camera,), name="camera-close", daemon=True)
        closer.start()
        closer.join(CLOSE_LIMIT_S)
        if closer.is_alive() or holds(camera):
            raise CameraStuck(f"Pi camera {self._number} does not close", "restart the service")
        # Without this an open and close cycle keeps three descriptors.
        gc.collect()

    def _start(self) -> None:
        picamera2 = self._module.Picamera2
        # Asked first because what cannot be there need not be tried.
        if len(picamera2.global_camera_info()) <= self._number:
            raise CameraAbsent(
                f"no Pi camera number {self._number}", "check the cable and rpicam-hello"
            )
        # In two steps, so that a camera whose constructor fails can be closed like any other.
        self._camera = picamera2.__new__(picamera2)
        self._camera.__init__(self._number)
        self._camera.configure(self._configuration())
        self._camera.start()

    def _configuration(self) -> Any:
        frame_us = round(1e6 / self._fps)
        return self._camera.create_video_configuration(
            main={"size": self._size, "format": "YUV420"},
            lores={"size": self._detect_size, "format": "YUV420"},
            controls={"FrameDurationLimits": (frame_us, frame_us)},
            buffer_count=BUFFERS,
            queue=True,
            display=None,
            encode=None,
        )


class RequestFrame:
    """Implements ports.Frame over a captured request; good until the request is released."""

    def __init__(self, module: ModuleType, camera: Any, request: Any) -> None:
        self.time_s = time.monotonic()
        self._module = module
        self._camera = camera
        self._request = request
        self.luma = self._luma_of("lores")

    def detail(self) -> GreyImage:
        """Luma of the main stream."""
        return self._luma_of("main")

    def _luma_of(self, stream: str) -> GreyImage:
        configuration = self._camera.stream_configuration(stream)
        width, height = configuration["size"]
        with self._module.MappedArray(self._request, stream, reshape=False, write=False) as mapped:
            # Copied in one expression: no view may outlive the mapping.
            return luma_plane(mapped.array, width, height, configuration["stride"])


def luma_plane(buffer: Any, width: int, height: int, stride: int) -> GreyImage:
    """A copy of the luma at the head of a YUV420 or NV12 buffer, row padding left out."""
    plane: GreyImage = buffer[: height * stride].reshape(height, stride)[:, :width].copy()
    return plane


def import_picamera2() -> ModuleType:
    """The module. Raises CameraAbsent where it is not installed or does not import."""
    try:
        return importlib.import_module("picamera2")
    except (ImportError, ValueError) as error:
        # ValueError is what a numpy 2 beside Bookworm's simplejpeg raises.
        raise CameraAbsent(
            f"picamera2 cannot be imported: {error}",
            "apt install python3-picamera2, and a venv with --system-site-packages",
        ) from error


def shut(camera: Any) -> None:
    """Closes, where it can; `holds` tells whether it could.

    Without stop(), which waits for an event loop that may be dead. close() ends the loop first,
    stops then, and no longer wants to be called when the process ends.
    """
    was_open = holds(camera)
    try:
        camera.close()
        if not was_open:
            # After a constructor that failed close() leaves both ends of a pipe.
            camera.notifymeread.close()
            os.close(camera.notifyme_w)
    except Exception:
        log.exception("the Pi camera did not close in order")


def holds(camera: Any) -> bool:
    """Whether `camera` has the device; the constructor may have failed before it knew."""
    return bool(getattr(camera, "is_open", False))


def first_cause(error: BaseException) -> BaseException:
    """What began it: picamera2 only says that its constructor did not complete."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def even(value: float) -> int:
    """The nearest even number: chroma is stored for pairs of pixels."""
    return 2 * round(value / 2)
