"""The vision thread: owns camera, detector and interpreter for their whole life."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.errors import (
    CameraEnded,
    CameraError,
    CameraStalled,
    CameraStuck,
    ModelError,
    MoodspeakerError,
)
from moodspeaker.types import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.ports import Backoff, Camera, Frame
    from moodspeaker.types import Observation
    from moodspeaker.vision.governor import Governor
    from moodspeaker.vision.watch import Watch

log = logging.getLogger(__name__)

OK = "ok"
FROZEN_LIMIT_S = 15.0
"""A camera whose picture stays frozen for so long is opened anew."""


def nothing_more(frame: Frame, seen: Observation) -> None:
    """The frame is done with."""


@dataclass(frozen=True, slots=True)
class VisionHooks:
    """Called from the vision thread; each must return at once.

    `health` gets (part, text): part is camera, model or pace, text is `ok` or what is wrong.
    `looked` gets a frame while it is valid, with what was seen in it, and keeps none of it.
    """

    observed: Callable[[Observation], None]
    health: Callable[[str, str], None]
    looked: Callable[[Frame, Observation], None] = nothing_more


class VisionThread:
    """Looks until it is told to stop, through every failure that may pass.

    A camera or model that fails is tried again after `backoff`; the thread ends by `stop`, at
    the end of a file that stops there, or by raising from `run`.
    """

    def __init__(
        self,
        open_watch: Callable[[], Watch],
        open_camera: Callable[[], Camera],
        governor: Governor,
        backoff: Backoff,
        hooks: VisionHooks,
    ) -> None:
        self._open_watch = open_watch
        self._open_camera = open_camera
        self._governor = governor
        self._backoff = backoff
        self._hooks = hooks
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._enabled = True
        self._renewed = False
        self._watch: Watch | None = None
        self._strain = ""
        self.heartbeat_s = time.monotonic()

    def stop(self) -> None:
        """From any thread: `run` returns soon."""
        self._stop.set()
        self._wake.set()

    def enable(self, on: bool) -> None:
        """From any thread: a camera that is off is closed, until it is on again.

        Saying the same again wakes nobody: a wait before the next try would end early.
        """
        if on is not self._enabled:
            self._enabled = on
            self._wake.set()

    def renew(self, governor: Governor) -> None:
        """From any thread: camera and model are closed, and opened as they are wanted by now."""
        self._governor = governor
        self._renewed = True
        self._backoff.succeeded()
        self._wake.set()

    def run(self) -> None:
        """The thread's whole life. Raises CameraStuck, and what nobody foresaw."""
        while not self._stop.is_set():
            self._beat()
            if not self._enabled:
                self._pause(1.0)
                continue
            try:
                self._look_until_it_fails()
            except CameraStuck:
                raise
            except CameraEnded as ended:
                self._hooks.health("camera", str(ended))
                return
            except MoodspeakerError as error:
                self._report(error)
                if isinstance(error, ModelError):
                    # Loaded anew, which tells that it is well again.
                    self._watch = None
                    self._try_camera()
                self._wait_out(self._backoff.failed())

    def _look_until_it_fails(self) -> None:
        if self._renewed:
            self._renewed, self._watch = False, None
        if self._watch is None:
            self._watch = self._open_watch()
            self._hooks.health("model", OK)
        camera = self._open_camera()
        camera.open()
        try:
            self._look_at(camera, self._watch)
        finally:
            camera.close()

    def _try_camera(self) -> None:
        """There is nothing to look with; that the camera is missing too is told all the same.

        Raises CameraStuck.
        """
        if not self._enabled:
            return
        try:
            camera = self._open_camera()
            camera.open()
        except CameraStuck:
            raise
        except CameraError as error:
            self._report(error)
        else:
            camera.close()
            self._hooks.health("camera", OK)

    def _look_at(self, camera: Camera, watch: Watch) -> None:
        opened_s, well = time.monotonic(), False
        while self._enabled and not self._renewed and not self._stop.is_set():
            began_s = time.monotonic()
            self._beat()
            with camera.capture(self._governor.pace.timeout_s) as frame:
                observation = watch.look(frame)
                self._hooks.looked(frame, observation)
            if observation.trouble is Trouble.FROZEN:
                if began_s - opened_s > FROZEN_LIMIT_S:
                    raise CameraStalled("the camera's picture is frozen", "opening it anew")
            elif not well:
                well = True
                self._backoff.succeeded()
                self._hooks.health("camera", OK)
            self._hooks.observed(observation)
            if camera.live:
                self._pause_after(began_s, observation.faces)

    def _pause_after(self, began_s: float, faces: int) -> None:
        """Waits until the next frame is due, and tells when that is later than it should be."""
        period_s = self._governor.period_s(faces, began_s)
        if self._governor.strain != self._strain:
            self._strain = self._governor.strain
            self._hooks.health("pace", self._strain or OK)
        self._pause(began_s + period_s - time.monotonic())

    def _report(self, error: MoodspeakerError) -> None:
        part = "model" if isinstance(error, ModelError) else "camera"
        if not isinstance(error, ModelError | CameraError):
            log.error("vision: %s", error)
        self._hooks.health(part, str(error))

    def _wait_out(self, delay_s: float) -> None:
        """Waits, heart beating, until the time is over or something has changed."""
        until_s = time.monotonic() + delay_s
        self._wake.clear()
        while not self._stop.is_set() and (left_s := until_s - time.monotonic()) > 0:
            self._beat()
            if self._wake.wait(min(left_s, 1.0)):
                return

    def _pause(self, delay_s: float) -> None:
        if delay_s > 0:
            self._wake.wait(delay_s)
        self._wake.clear()

    def _beat(self) -> None:
        self.heartbeat_s = time.monotonic()
