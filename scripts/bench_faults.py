"""How a camera's faults are told, how they end, and what they leave behind.

    python scripts/bench_faults.py

The cameras are played (tests/fakes); vision thread, clock and backoff are the service's. A fault
lasts a second, one that only shows in the pictures eight. Then fifty rounds of each are counted.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "tests")]

from fakes import capture, picamera2  # noqa: E402 - found through the line above
from fakes.life import watch  # noqa: E402 - likewise
from moodspeaker.errors import CameraError, CameraStuck  # noqa: E402 - likewise
from moodspeaker.runtime.backoff import ExponentialBackoff  # noqa: E402 - likewise
from moodspeaker.vision import picamera2_camera  # noqa: E402 - likewise
from moodspeaker.vision.governor import Governor, Pace  # noqa: E402 - likewise
from moodspeaker.vision.picamera2_camera import Picamera2Camera  # noqa: E402 - likewise
from moodspeaker.vision.thread import VisionHooks, VisionThread  # noqa: E402 - likewise
from moodspeaker.vision.v4l2_camera import V4l2Camera  # noqa: E402 - likewise

if TYPE_CHECKING:
    from moodspeaker.ports import Camera
    from moodspeaker.types import Observation

    Device = picamera2.Device | capture.Device
    Fault = picamera2.Fault | capture.Fault

WELL_S, FAULT_S, SCENE_FAULT_S, LIMIT_S = 1.0, 1.0, 8.0, 30.0
FPS, TIMEOUT_S, ABREAST = 5.0, 1.0, 10
ROUNDS, WARM_UP = 50, 3
SCENES = ("black", "overexposed", "frozen")
OPENING = (
    *list(picamera2.Fault)[:5],
    capture.Fault.BUSY,
    capture.Fault.NO_SIZE,
)
"""A camera that works does not meet these: they are there from the start."""
HANGS = (picamera2.Fault.FLUSH_HANGS, picamera2.Fault.CLOSE_HANGS, picamera2.Fault.CLOSE_FAILS)
ONCE = (*HANGS, capture.Fault.RELEASE)
"""These come once, with a stall: no device can be held in them."""
LOCAL = threading.local()


@dataclass
class Story:
    """What a fault looked like from outside."""

    began_s: float | None = None
    over_s: float | None = None
    says: str = ""
    recovered_s: float | None = None
    stuck: bool = False

    def told(self, part: str, text: str) -> None:
        """The vision thread's health hook."""
        if part == "camera" and text != "ok" and self.began_s:
            self.says = self.says or text

    def observed(self, observation: Observation) -> None:
        """A frame: the first good one after the fault is the recovery."""
        if observation.trouble and self.began_s:
            self.says = self.says or f"[in the frame] {observation.trouble}"
        good = self.says and self.over_s is not None and not observation.trouble
        if good and self.recovered_s is None:
            self.recovered_s = time.monotonic() - (self.over_s or 0.0)

    @property
    def ended(self) -> bool:
        """Recovered, or never to."""
        return self.stuck or self.recovered_s is not None


def among(fault: Fault, group: tuple[Fault, ...]) -> bool:
    """By identity: the Pi's faults and the USB ones are equal where their words are."""
    return any(fault is one for one in group)


def device_of(fault: Fault, folder: Path, real_time: bool) -> Device:
    """A new device that is plugged in; without `real_time` its waits take none."""
    pause = time.sleep if real_time else nothing
    if isinstance(fault, picamera2.Fault):
        return picamera2.Device(pause=pause)
    late_s = 1.1 * TIMEOUT_S if fault is capture.Fault.LATE and real_time else TIMEOUT_S
    clock = time.monotonic
    node = folder / f"video-{fault.name.lower()}"
    device = capture.Device(node, clock=clock, pause=pause, silence_s=late_s)
    device.plug()
    return device


def nothing(seconds: float) -> None:
    """No time passes."""


def camera_of(device: Device) -> Camera:
    """As the service makes it; every thread imports a picamera2 of its own."""
    if isinstance(device, picamera2.Device):
        LOCAL.module = device.module()
        return Picamera2Camera(0, (640, 480), FPS, 320)
    node = str(device.node)
    return V4l2Camera(node, (640, 480), FPS, 320, TIMEOUT_S, device.open)


def begin(device: Device, fault: Fault) -> None:
    """The fault strikes."""
    if fault is capture.Fault.ABSENT and isinstance(device, capture.Device):
        device.plug(there=False)
    elif fault is picamera2.Fault.FLUSH_HANGS:
        device.faults = [fault]
    elif among(fault, ONCE):
        device.faults = [type(fault).STALL, fault]
    else:
        device.lasting = fault


def end(device: Device) -> None:
    """Everything is well again."""
    device.lasting = None
    if isinstance(device, capture.Device):
        device.plug()


def lived_through(fault: Fault, folder: Path) -> Story:
    """A camera that works, fails for a while and works again, seen by the vision thread."""
    device, story = device_of(fault, folder, real_time=True), Story()
    thread = VisionThread(
        watch,
        lambda: camera_of(device),
        Governor(Pace(FPS, FPS, TIMEOUT_S)),
        ExponentialBackoff(60.0, Random(1)),
        VisionHooks(story.observed, story.told),
    )
    worker = threading.Thread(target=run, args=(thread, story), daemon=True)
    if not among(fault, OPENING):
        worker.start()
        time.sleep(WELL_S)
    story.began_s = time.monotonic()
    begin(device, fault)
    if among(fault, OPENING):
        worker.start()
    time.sleep(lasts_s(fault))
    end(device)
    story.over_s = time.monotonic()
    while not story.ended and time.monotonic() < story.over_s + LIMIT_S:
        time.sleep(0.02)
    thread.stop()
    worker.join(2 * TIMEOUT_S)
    return story


def run(thread: VisionThread, story: Story) -> None:
    """The vision thread; for CameraStuck the service ends, and systemd starts it anew."""
    try:
        thread.run()
    except CameraStuck as stuck:
        story.says, story.stuck = str(stuck), True


def lasts_s(fault: Fault) -> float:
    """How long the fault is there."""
    if among(fault, ONCE):
        return 0.0
    return SCENE_FAULT_S if fault in SCENES else FAULT_S


def leaked(fault: Fault, folder: Path) -> str:
    """Descriptors and threads that fifty rounds left; what hangs stays until the process ends."""
    if among(fault, HANGS):
        return "a thread" if fault is not picamera2.Fault.CLOSE_FAILS else "the camera"
    device = device_of(fault, folder, real_time=False)
    counts = []
    for _ in range(WARM_UP + ROUNDS):
        one_round(device, fault)
        counts.append((len(os.listdir("/proc/self/fd")), threading.active_count()))  # noqa: PTH208
    first, last = counts[WARM_UP - 1], counts[-1]
    return f"{last[0] - first[0]} / {last[1] - first[1]}"


def one_round(device: Device, fault: Fault) -> None:
    """Opens with the fault, and again without; one that the fault does not stop is closed too."""
    begin(device, fault)
    with suppress(CameraError):
        use(camera_of(device))
    device.faults = []
    end(device)
    use(camera_of(device))


def use(camera: Camera) -> None:
    """Opens it, takes two frames and closes it; where it does not open there is nothing to."""
    camera.open()
    try:
        for _ in range(2):
            with camera.capture(TIMEOUT_S) as frame:
                frame.detail()
    finally:
        camera.close()


def main() -> None:
    """Prints a line a fault."""
    logging.disable()
    picamera2_camera.import_picamera2 = lambda: LOCAL.module
    faults: list[Fault] = [*picamera2.Fault, *capture.Fault]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        gc.disable()
        leaks = [leaked(fault, folder) for fault in faults]
        gc.enable()
        with ThreadPoolExecutor(ABREAST) as pool:
            stories = list(pool.map(lambda fault: lived_through(fault, folder), faults))
    print(f"| camera | fault | what state says | well again after, s | left by {ROUNDS} rounds |")
    print("|---|---|---|---|---|")
    for fault, story, leak in zip(faults, stories, leaks, strict=True):
        kind = "Pi" if isinstance(fault, picamera2.Fault) else "USB"
        says = story.says.replace(f"{folder}/", "/dev/") or "nothing"
        print(f"| {kind} | {fault} | {says} | {after(story)} | {leak} |")
    print(
        "\nleft: descriptors / threads. well again: from the fault's end to the first good frame."
    )


def after(story: Story) -> str:
    """Seconds, or why there are none."""
    if story.stuck:
        return "ends the process"
    return "never" if story.recovered_s is None else f"{story.recovered_s:.1f}"


if __name__ == "__main__":
    main()
    # What hangs on purpose would keep the process.
    os._exit(0)
