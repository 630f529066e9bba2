"""A video, picture or folder that stands in for a camera."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from moodspeaker.errors import CameraEnded
from moodspeaker.vision.clips import open_clip
from moodspeaker.vision.frames import MemoryFrame

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from moodspeaker.ports import Frame, GreyImage
    from moodspeaker.vision.clips import Clip

    Timed = tuple[float, GreyImage]

EPSILON = 1e-6


class FileCamera:
    """Implements ports.Camera over a file.

    At real pace the frame is the one that is due now. With `step_s` the file is read as fast as
    frames are asked for, `step_s` of its own time between two of them (0: every frame); once
    its last frame is held, time passes as on a clock again. `at_end` is hold, loop or stop.
    """

    def __init__(
        self,
        path: Path,
        detect_width: int,
        at_end: str = "hold",
        step_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._detect_width = detect_width
        self._at_end = at_end
        self._step_s = step_s
        self._clock = clock
        self._timeline: Generator[Timed] | None = None

    @property
    def live(self) -> bool:
        """Whether frames come as time passes: not while a file is read as fast as can be."""
        return self._step_s is None or self._held

    def open(self) -> None:
        """Raises SourceUnreadable."""
        clip = open_clip(self._path)
        self._frame_s = clip.frame_s
        self._timeline = timeline(clip, loop=self._at_end == "loop")
        self._showing = next(self._timeline)
        self._upcoming = next(self._timeline, None)
        self._held = False
        self._time_s: float | None = None
        self._started_s = self._clock()

    @contextmanager
    def capture(self, timeout_s: float) -> Iterator[Frame]:  # noqa: ARG002 - a file never stalls
        """The frame that is due. Raises CameraEnded, SourceUnreadable."""
        self._read_to(self._due_s())
        yield MemoryFrame(self._time_s or 0.0, self._showing[1], self._detect_width)

    def close(self) -> None:
        """Lets the file go."""
        if self._timeline is not None:
            self._timeline.close()
            self._timeline = None

    def _due_s(self) -> float:
        """The file's time that is wanted now."""
        if self.live:
            return self._clock() - self._started_s
        if self._time_s is None:
            return self._showing[0]
        if self._step_s:
            return self._time_s + self._step_s
        return self._upcoming[0] if self._upcoming else self._showing[0] + self._frame_s

    def _read_to(self, due_s: float) -> None:
        while self._timeline and self._upcoming and self._upcoming[0] <= due_s + EPSILON:
            self._showing, self._upcoming = self._upcoming, next(self._timeline, None)
        self._time_s = due_s
        over = due_s + EPSILON >= self._showing[0] + self._frame_s
        if self._upcoming is None and over and not self._held:
            if self._at_end == "stop":
                raise CameraEnded(f"{self._path} has played to its end")
            self._held = True
            self._started_s = self._clock() - due_s


def timeline(clip: Clip, loop: bool) -> Generator[Timed]:
    """The clip's pictures with their times; again and again, times going on, with `loop`."""
    base_s = 0.0
    while True:
        last_s = 0.0
        for time_s, image in clip.frames():
            last_s = time_s
            yield base_s + time_s, image
        if not loop:
            return
        base_s += last_s + clip.frame_s
