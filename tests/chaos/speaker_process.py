"""`moodspeaker run` with a camera, networks, names and a clock that go wrong as a file says.

    python -m chaos.speaker_process KNOBS CONFIG

Everything else is the product's own: its `main` is what runs here. The file of knobs is read again
whenever it has changed. On SIGUSR2 the process writes its tasks and threads beside that file.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.app import factories, live_settings
from moodspeaker.cli.main import main
from moodspeaker.errors import (
    CameraAbsent,
    CameraBusy,
    CameraEnded,
    CameraStalled,
    CameraStuck,
    ModelError,
)
from moodspeaker.vision import tflite
from moodspeaker.vision.file_camera import FileCamera
from moodspeaker.vision.frames import MemoryFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moodspeaker.config.schema import CameraSection
    from moodspeaker.ports import Frame, GreyImage

STEP_S = 0.02
LOOKUP_S = 8.0
"""How long a name server that says nothing is waited for."""
REPORT = "report.json"


class Knobs:
    """`knobs["camera"]` is what the file says now; an empty text where it says nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = 0
        self._values: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        stamp = self._path.stat().st_mtime_ns
        if stamp != self._stamp:
            self._values = json.loads(self._path.read_text())
            self._stamp = stamp
        return self._values.get(name, "")

    def wait_while(self, name: str, value: str, limit_s: float) -> None:
        """Until the knob says something else, `limit_s` at most."""
        until_s = time.monotonic() + limit_s
        while self[name] == value and time.monotonic() < until_s:
            time.sleep(STEP_S)


class OddCamera:
    """Implements ports.Camera over a clip, which it gets wrong as its knob says."""

    live = True

    def __init__(self, inner: FileCamera, knobs: Knobs, detect_width: int) -> None:
        self._inner = inner
        self._knobs = knobs
        self._detect_width = detect_width
        self._held: GreyImage | None = None

    def open(self) -> None:
        """Raises what the knob says."""
        match self._knobs["camera"]:
            case "absent":
                raise CameraAbsent("there is no chaos camera", "plug it in")
            case "busy":
                raise CameraBusy("the chaos camera does not start", "another program holds it")
        self._inner.open()

    @contextmanager
    def capture(self, timeout_s: float) -> Iterator[Frame]:
        """The clip's frame, or what has become of it."""
        knob = self._knobs["camera"]
        if knob in {"stalled", "absent", "busy", "stuck"}:
            self._knobs.wait_while("camera", "stalled", timeout_s)
            raise CameraStalled("the chaos camera gave no frame", "cable loose?")
        if knob == "hangs":
            self._knobs.wait_while("camera", "hangs", 600.0)
        if knob == "ends":
            raise CameraEnded("the chaos clip has played to its end")
        if knob == "slow":
            time.sleep(0.8 * timeout_s)
        with self._inner.capture(timeout_s) as frame:
            picture = self._spoilt(frame.detail(), knob)
            yield MemoryFrame(frame.time_s, picture, self._detect_width)

    def close(self) -> None:
        """Raises CameraStuck where the knob says so."""
        self._inner.close()
        if self._knobs["camera"] == "stuck":
            raise CameraStuck("the chaos camera does not close", "restart the service")

    def _spoilt(self, picture: GreyImage, knob: str) -> GreyImage:
        if knob != "frozen":
            self._held = picture
        if knob == "half":
            whole = picture.copy()
            whole[picture.shape[0] // 2 :] = 0
            return whole
        if knob in {"black", "bright"}:
            return np.full_like(picture, 0 if knob == "black" else 255)
        return picture if self._held is None else self._held


def camera_in(knobs: Knobs) -> Any:
    """What opens cameras: `camera.source` is the clip, whatever `camera.kind` says."""

    def open_camera(section: CameraSection) -> OddCamera:
        inner = FileCamera(Path(str(section.source)), section.detect_width, "loop")
        return OddCamera(inner, knobs, section.detect_width)

    return open_camera


def networks_in(knobs: Knobs) -> Any:
    """What runs a network: its outputs, or no numbers at all, or an error."""
    run = tflite.TfliteModel.run

    def odd_run(self: tflite.TfliteModel, values: Any) -> Any:
        knob = knobs["network"]
        if knob == "raises":
            raise ModelError("the chaos network does not compute", "none")
        if knob == "dies":
            raise RuntimeError("the chaos network died")
        outputs = run(self, values)
        # A classifier's output has two dimensions, a detector's have three.
        if knob.endswith(" scores") and outputs[0].ndim != 2:
            return outputs
        return [np.full_like(o, float(knob.split()[0])) for o in outputs] if knob else outputs

    return odd_run


def names_in(knobs: Knobs) -> Any:
    """What looks names up."""
    look_up = socket.getaddrinfo

    def odd_getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        knob = knobs["names"]
        if host == "localhost" and knob:
            if knob == "hang":
                knobs.wait_while("names", "hang", LOOKUP_S)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *rest, **more)

    return odd_getaddrinfo


def set_the_clock(knobs: Knobs) -> None:
    """The wall clock jumps by the knob's seconds; the monotonic one goes on."""
    real = time.time

    class OddTime(datetime):
        """The same clock for whoever asks for the time of day."""

        @classmethod
        def now(cls, tz: Any = None) -> OddTime:
            return cls.fromtimestamp(time.time(), tz)

    time.time = lambda: real() + (knobs["clock_s"] or 0.0)
    live_settings.datetime = OddTime  # type: ignore[misc]


def report(folder: Path) -> None:
    """Tasks and threads by name, as they are now."""
    found = {
        "tasks": sorted(task.get_name() for task in asyncio.all_tasks()),
        "threads": sorted(thread.name for thread in threading.enumerate()),
    }
    draft = folder / f"{REPORT}.new"
    draft.write_text(json.dumps(found))
    draft.replace(folder / REPORT)


def run_oddly(knobs_path: Path, config: str) -> int:
    """The product, with its surroundings replaced."""
    knobs = Knobs(knobs_path)
    factories.open_camera = camera_in(knobs)
    tflite.TfliteModel.run = networks_in(knobs)  # type: ignore[method-assign]
    socket.getaddrinfo = names_in(knobs)
    set_the_clock(knobs)
    signal.signal(signal.SIGUSR2, lambda *_: report(knobs_path.parent))
    return main(["run", "--config", config])


if __name__ == "__main__":
    sys.exit(run_oddly(Path(sys.argv[1]), sys.argv[2]))
