"""A stand-in for the module picamera2 with one camera, faults included.

It behaves as the real one is known to: what raises what, which call hangs, what an abandoned
job does to a later frame, what stays open until it is collected.
"""

from __future__ import annotations

import mmap
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from fakes.camera import moving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

PADDING = 32
BUFFERS = 4
FOR_EVER_S = 60.0


class Fault(StrEnum):
    """What the camera can do to us; the first five happen in open()."""

    ABSENT = "absent"
    VANISHED = "vanished between the list and the constructor"
    VANISHED_OLD = "vanished, picamera2 before 0.3.37"
    BUSY = "busy"
    NO_START = "refused to start"
    STALL = "stall"
    DEAD_LOOP = "dead event loop"
    ERROR = "capture raises"
    FLUSH_HANGS = "stall, and cancelling hangs"
    FLUSH_FAILS = "stall, and cancelling fails"
    HALF = "half frame"
    MAPPING = "mapping fails"
    RELEASE = "release fails"
    CLOSE_HANGS = "close hangs"
    CLOSE_FAILS = "close fails"
    BLACK = "black"
    BRIGHT = "overexposed"
    FROZEN = "frozen"


STALLS = (Fault.STALL, Fault.DEAD_LOOP, Fault.FLUSH_HANGS, Fault.FLUSH_FAILS)


@dataclass
class Device:
    """The camera behind the module, and the script of its faults.

    `faults` strike once each, in order. `lasting` strikes until it is set to None. `pause` gets
    the seconds that pass while a capture waits; by itself nothing waits.
    """

    faults: list[Fault] = field(default_factory=list)
    lasting: Fault | None = None
    pixel_format: str = "YUV420"
    pause: Callable[[float], None] = lambda seconds: None
    frames: int = 0
    held_by: Any = None
    hangs: threading.Event = field(default_factory=threading.Event)
    """Set it to let go every call that hangs."""

    def ahead(self, *faults: Fault) -> Fault | None:
        """The next fault, where it is one of these."""
        fault = self.lasting or (self.faults[0] if self.faults else None)
        return fault if fault in faults else None

    def struck(self, *faults: Fault) -> Fault | None:
        """The same; one that is not lasting is over with that."""
        fault = self.ahead(*faults)
        if fault is not None and self.lasting is None:
            self.faults.pop(0)
        return fault

    def luma(self, width: int, height: int) -> NDArray[np.uint8]:
        """The picture now; it moves from frame to frame."""
        if self.struck(Fault.BLACK):
            return np.zeros((height, width), dtype=np.uint8)
        if self.struck(Fault.BRIGHT):
            return np.full((height, width), 255, dtype=np.uint8)
        return moving(0 if self.struck(Fault.FROZEN) else self.frames, width, height)

    def module(self) -> ModuleType:
        """What `import picamera2` gives; a class of its own for every device."""
        module = ModuleType("picamera2")
        module.Picamera2 = type("Picamera2", (Picamera2,), {"device": self})  # type: ignore[attr-defined]
        module.MappedArray = MappedArray  # type: ignore[attr-defined]
        return module


class Memory:
    """Three descriptors, open until the object is collected."""

    def __init__(self, owner: Any) -> None:
        # The cycle is the point: nothing but the collector ends it.
        self.owner = owner
        self._numbers = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]

    def __del__(self) -> None:
        for number in self._numbers:
            os.close(number)


class Picamera2:
    """The part of picamera2.Picamera2 that the adapter uses."""

    device: ClassVar[Device]

    @classmethod
    def global_camera_info(cls) -> list[dict[str, Any]]:
        """One entry a camera."""
        return [] if cls.device.struck(Fault.ABSENT) else [{"Num": 0, "Model": "imx708"}]

    def __init__(self, camera_num: int = 0) -> None:
        self.notifyme_r, self.notifyme_w = os.pipe2(os.O_NONBLOCK)
        self.notifymeread = os.fdopen(self.notifyme_r, "rb")
        self.is_open = False
        self.started = False
        self.jobs = 0
        self.free = BUFFERS
        self.dead = False
        self._configuration: dict[str, Any] = {}
        if self.device.struck(Fault.VANISHED_OLD):
            raise IndexError("list index out of range")
        if self.device.struck(Fault.VANISHED):
            raise RuntimeError(f"No camera number {camera_num} found")
        try:
            self._acquire()
        except RuntimeError as error:
            raise RuntimeError("Camera __init__ sequence did not complete.") from error
        self.helpers = Memory(self)

    def create_video_configuration(self, **settings: Any) -> dict[str, Any]:
        """The settings, as they came."""
        return settings

    def configure(self, configuration: dict[str, Any]) -> None:
        """Raises RuntimeError for odd sizes, and for a small stream that is the larger one."""
        sizes = [configuration[stream]["size"] for stream in ("main", "lores")]
        if any(side % 2 for size in sizes for side in size):
            raise RuntimeError("width and height should be even")
        if sizes[1][0] > sizes[0][0] or sizes[1][1] > sizes[0][1]:
            raise RuntimeError("lores stream dimensions may not exceed main stream")
        self._configuration = configuration

    def start(self) -> None:
        """Raises RuntimeError where the memory for pictures is refused."""
        if self.device.struck(Fault.NO_START):
            raise OSError(12, "Cannot allocate memory")
        self.started = True

    def stream_configuration(self, name: str) -> dict[str, Any]:
        """Rows are longer than pictures are wide."""
        size = self._configuration[name]["size"]
        return {"size": size, "stride": size[0] + PADDING, "format": self.device.pixel_format}

    @contextmanager
    def captured_request(self, wait: float | bool | None = None) -> Iterator[Request]:
        """Raises TimeoutError; would block for ever where no limit is given."""
        assert isinstance(wait, float | int), "a capture without a limit may never return"
        assert wait is not True, "a capture without a limit may never return"
        assert self.started
        self._await_frame(wait)
        self.device.frames += 1
        self.free -= 1
        try:
            yield Request(self, self.device.frames)
        finally:
            self.free += 1
            if self.device.struck(Fault.RELEASE):
                raise RuntimeError("CompletedRequest: lock now has negative ref_count")

    def cancel_all_and_flush(self) -> None:
        """Nothing waits for a frame any more."""
        if self.device.struck(Fault.FLUSH_HANGS):
            self.device.hangs.wait(FOR_EVER_S)
        if self.device.struck(Fault.FLUSH_FAILS):
            raise RuntimeError("invalid state of a job")
        self.jobs = 0

    def stop(self) -> None:
        """Waits for the event loop, even where it is dead."""
        if self.dead:
            self.device.hangs.wait(FOR_EVER_S)
        self.started = False

    def close(self) -> None:
        """Ends the event loop, and then stops; with a camera that is not open it does nothing."""
        if not self.is_open:
            return
        if self.device.struck(Fault.CLOSE_HANGS):
            self.device.hangs.wait(FOR_EVER_S)
        if self.device.struck(Fault.CLOSE_FAILS):
            raise RuntimeError("Failed to release camera")
        self.dead = False
        self.stop()
        self.device.held_by = None
        self.is_open = False
        self.notifymeread.close()
        os.close(self.notifyme_w)

    def _acquire(self) -> None:
        if self.device.struck(Fault.BUSY) or self.device.held_by is not None:
            raise RuntimeError("Failed to acquire camera: Device or resource busy")
        self.device.held_by = self
        self.is_open = True

    def _await_frame(self, wait: float) -> None:
        """Raises TimeoutError; jobs that were left behind take frames, and keep their buffers."""
        if self.device.struck(Fault.ERROR):
            raise RuntimeError("Camera in an unknown state")
        if self.device.ahead(*STALLS) or self.dead:
            self._stall()
            self.device.pause(wait)
            raise TimeoutError
        self.free, self.jobs = self.free - self.jobs, 0
        if self.free <= 0:
            self.jobs += 1
            self.device.pause(wait)
            raise TimeoutError

    def _stall(self) -> None:
        self.jobs += 1
        self.dead = self.dead or bool(self.device.struck(Fault.DEAD_LOOP))
        # Those of the flush are over when it has struck.
        self.device.struck(Fault.STALL)


class Request:
    """A completed request: its pictures by stream."""

    def __init__(self, camera: Picamera2, number: int) -> None:
        self.camera = camera
        self.number = number

    def buffer(self, stream: str) -> bytes:
        """The plane of luma and the chroma after it; padding is white."""
        configuration = self.camera.stream_configuration(stream)
        (width, height), stride = configuration["size"], configuration["stride"]
        plane = np.full((height, stride), 255, dtype=np.uint8)
        plane[:, :width] = self.camera.device.luma(width, height)
        whole = plane.tobytes() + b"\x80" * (stride * height // 2)
        half = self.camera.device.struck(Fault.HALF)
        return whole[: stride * height // 2] if half else whole


class MappedArray:
    """A view of a buffer; BufferError where one is alive when the block ends."""

    def __init__(
        self, request: Request, stream: str, reshape: bool = True, write: bool = True
    ) -> None:
        assert not reshape, "only the plain bytes are played here"
        self._request = request
        self._stream = stream
        self.array: NDArray[np.uint8] | None = None

    def __enter__(self) -> MappedArray:
        if self._request.camera.device.struck(Fault.MAPPING):
            raise OSError(14, "Bad address")
        content = self._request.buffer(self._stream)
        self._memory = mmap.mmap(-1, len(content))
        self._memory.write(content)
        self.array = np.frombuffer(self._memory, dtype=np.uint8)
        return self

    def __exit__(self, *exc: object) -> None:
        self.array = None
        self._memory.close()
