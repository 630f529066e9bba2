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
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moodspeaker.errors import CameraAbsent, CameraBusy, CameraStalled, CameraStuck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from moodspeaker.ports import Frame, GreyImage

log = logging.getLogger(__name__)

CLOSE_LIMIT_S = 3.0
FLUSH_LIMIT_S = 1.0
BUFFERS = 4
LOOSE = "cable loose?"


class Picamera2Camera:
    """Implements ports.Camera for camera number `number`."""

    live = True

    def __init__(
        self,
        number: int,
        size: tuple[int, int],
        fps: float,
        detect_width: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._number = number
        self._name = f"Pi camera {number}"
        # picamera2 refuses odd sizes, and a small stream that is larger than the full one.
        self._size = (even(size[0]), even(size[1]))
        small = min(even(detect_width), self._size[0])
        self._detect_size = (small, even(self._size[1] * small / self._size[0]))
        self._fps = fps
        self._clock = clock
        self._module: Any = None
        self._camera: Any = None

    def open(self) -> None:
        """Raises CameraAbsent, CameraBusy; CameraStuck where a failed start cannot be undone."""
        self._module = import_picamera2()
        try:
            self._start()
        except (RuntimeError, IndexError, ValueError, OSError) as error:
            # The list is not asked again: that makes a new camera manager, and while `error` keeps
            # the failed camera alive, no later open gets buffers.
            self.close()
            if isinstance(error, IndexError):
                raise self._absent() from error
            raise CameraBusy(
                f"{self._name} does not start: {cause_of(error)}",
                "another program holds it, or we are not in group video",
            ) from error

    @contextmanager
    def capture(self, timeout_s: float) -> Iterator[Frame]:
        """The newest frame.

        Raises CameraStalled: none in time, one that is not whole, or the camera is not open.
        """
        if self._camera is None:
            raise CameraStalled(f"{self._name} is not open")
        try:
            job = self._camera.captured_request(wait=timeout_s)
            request = job.__enter__()
        except TimeoutError as error:
            self._flush()
            raise CameraStalled(f"{self._name} gave no frame for {timeout_s:g} s", LOOSE) from error
        except (CancelledError, RuntimeError, OSError) as error:
            raise CameraStalled(f"{self._name} gave no frame: {one_line(error)}", LOOSE) from error
        try:
            yield RequestFrame(self._name, self._clock(), self._module, self._camera, request)
        finally:
            self._release(job)

    def close(self) -> None:
        """Closes the camera in a thread, since that can hang for ever.

        Raises CameraStuck after `CLOSE_LIMIT_S`, or at once where closing failed.
        """
        camera, self._camera = self._camera, None
        if camera is None:
            return
        in_time = done_within(CLOSE_LIMIT_S, lambda: shut(camera), "camera-close")
        if not in_time or holds(camera):
            raise CameraStuck(f"{self._name} does not close", "restart the service")
        # Without this an open and close cycle keeps three descriptors.
        gc.collect()

    def _start(self) -> None:
        picamera2 = self._module.Picamera2
        # Asked first because what cannot be there need not be tried.
        if len(picamera2.global_camera_info()) <= self._number:
            raise self._absent()
        # In two steps, so that a camera whose constructor fails can be closed like any other.
        self._camera = picamera2.__new__(picamera2)
        self._camera.__init__(self._number)
        self._camera.configure(self._configuration())
        self._camera.start()

    def _absent(self) -> CameraAbsent:
        return CameraAbsent(
            f"no Pi camera number {self._number}", "check the cable and rpicam-hello"
        )

    def _flush(self) -> None:
        """Drops the job that timed out: it is still queued, and would eat a later frame.

        In a thread, since it waits for a lock that a hung event loop may hold.
        """
        camera = self._camera
        if not done_within(FLUSH_LIMIT_S, lambda: flush(camera), "camera-flush"):
            log.warning("%s does not take its jobs back", self._name)

    def _release(self, job: Any) -> None:
        try:
            job.__exit__(None, None, None)
        except (RuntimeError, OSError) as error:
            raise CameraStalled(f"{self._name} lost a frame: {one_line(error)}", LOOSE) from error

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
    """Implements ports.Frame over a captured request; good until the request is released.

    Raises CameraStalled where a picture cannot be read or is not whole.
    """

    def __init__(
        self, name: str, time_s: float, module: ModuleType, camera: Any, request: Any
    ) -> None:
        self.time_s = time_s
        self._name = name
        self._module = module
        self._camera = camera
        self._request = request
        self.luma = self._luma_of("lores")

    def detail(self) -> GreyImage:
        """Luma of the main stream. Raises CameraStalled."""
        return self._luma_of("main")

    def _luma_of(self, stream: str) -> GreyImage:
        try:
            return self._copied(stream)
        except (BufferError, OSError, RuntimeError, ValueError) as error:
            raise CameraStalled(
                f"{self._name} gave a broken picture: {one_line(error)}", LOOSE
            ) from error

    def _copied(self, stream: str) -> GreyImage:
        configuration = self._camera.stream_configuration(stream)
        (width, height), stride = configuration["size"], configuration["stride"]
        plane = None
        with self._module.MappedArray(self._request, stream, reshape=False, write=False) as mapped:
            size = mapped.array.size
            # Copied in one expression: no view may outlive the mapping, not even in the frames of
            # an exception, so that none is raised in here.
            if size >= height * stride:
                plane = luma_plane(mapped.array, width, height, stride)
        if plane is None:
            raise ValueError(f"{size} of {height * stride} bytes")
        return plane


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


def done_within(limit_s: float, action: Callable[[], None], name: str) -> bool:
    """Whether `action`, in a thread of its own, ended in time; one that hangs is left behind."""
    thread = threading.Thread(target=action, name=name, daemon=True)
    thread.start()
    thread.join(limit_s)
    return not thread.is_alive()


def flush(camera: Any) -> None:
    """Cancels every job that waits for a frame."""
    try:
        camera.cancel_all_and_flush()
    except Exception:
        log.exception("the Pi camera did not take its jobs back")


def shut(camera: Any) -> None:
    """Closes, where it can; `holds` tells whether it could.

    Without stop(), which waits for an event loop that may be dead. close() ends the loop first,
    stops then, and no longer wants to be called when the process ends.
    """
    was_open = holds(camera)
    try:
        camera.close()
    except Exception:
        log.exception("the Pi camera did not close in order")
    if not was_open:
        close_pipe(camera)


def close_pipe(camera: Any) -> None:
    """Closes both ends of the pipe that a constructor leaves when it fails later."""
    reader = getattr(camera, "notifymeread", None)
    if reader is not None and not reader.closed:
        reader.close()
        os.close(camera.notifyme_w)


def holds(camera: Any) -> bool:
    """Whether `camera` has the device; the constructor may have failed before it knew."""
    return bool(getattr(camera, "is_open", False))


def cause_of(error: BaseException) -> str:
    """What began it, in one line: picamera2 only says that its constructor did not complete."""
    while error.__cause__ is not None:
        error = error.__cause__
    return one_line(error)


def one_line(error: BaseException) -> str:
    """The error's text in one line; its name where it has none."""
    return " ".join(str(error).split()) or type(error).__name__


def even(value: float) -> int:
    """The nearest even number: chroma is stored for pairs of pixels."""
    return 2 * round(value / 2)
