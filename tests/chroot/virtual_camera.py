"""The real Picamera2 on libcamera's virtual camera: what differs from a Pi is replaced here.

Nothing may import picamera2 before this.
"""

from __future__ import annotations

import inspect
import sys
import textwrap
import time
from typing import Any
from unittest.mock import MagicMock

# Hardware that the virtual camera has not: a display, and raw pictures.
for absent in ("pykms", "pidng", "pidng.core", "pidng.camdefs", "pidng.dng"):
    sys.modules.setdefault(absent, MagicMock())

import picamera2  # noqa: E402 - the mocks come first
import picamera2.picamera2 as core  # noqa: E402 - the mocks come first
from picamera2.allocators import LibcameraAllocator  # noqa: E402

FPS = 10
STATUS_TEST = (
    "next(iter(req.request.buffers.values())).metadata.status"
    " == libcamera.FrameMetadata.Status.Success"
)


def install() -> None:
    """Puts the stand-in in Picamera2's place."""
    core.CameraManager.handle_request = paced(core.CameraManager.handle_request, Pacer())
    core.Picamera2.process_requests = taking_every_frame(core.Picamera2.process_requests)
    picamera2.Picamera2 = VirtualPicamera2


class VirtualPicamera2(core.Picamera2):  # type: ignore[misc]
    """Picamera2 with the two methods that expect a Pi's sensor and memory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # NV12 buffers have two planes here, and DmaAllocator makes one.
        self.allocator = LibcameraAllocator(self.camera)

    def _get_raw_modes(self) -> list[dict[str, Any]]:
        return [{"format": "NV12", "size": (640, 480)}]


class Pacer:
    """Lets a frame through `FPS` times a second: the virtual camera knows no pace."""

    def __init__(self) -> None:
        self._due_s = 0.0

    def wait(self) -> None:
        """Until the next frame is due."""
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        self._due_s = max(self._due_s + 1 / FPS, time.monotonic())


def paced(handle_request: Any, pacer: Pacer) -> Any:
    """CameraManager.handle_request at the pacer's pace, except where it only flushes."""

    def wrapped(manager: Any, flushid: int | None = None) -> None:
        if flushid is None:
            pacer.wait()
        handle_request(manager, flushid)

    return wrapped


def taking_every_frame(process_requests: Any) -> Any:
    """Picamera2.process_requests without its look at the buffers' status.

    libcamera 0.4.0 never fills it in for virtual cameras, and every frame would be dropped.
    """
    source = textwrap.dedent(inspect.getsource(process_requests))
    assert STATUS_TEST in source, "another picamera2 than the one this was written for"
    names: dict[str, Any] = {}
    exec(source.replace(STATUS_TEST, "True"), core.__dict__, names)  # noqa: S102
    return names["process_requests"]
