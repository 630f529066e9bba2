"""What Picamera2Camera does with the real picamera2; run inside the tree by enter.sh.

`camera_checks.py NAME` runs one check and prints what it saw as a JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import virtual_camera
from likeness import compared, pictures

from moodspeaker.errors import CameraError
from moodspeaker.vision.picamera2_camera import Picamera2Camera

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT_S = 10.0
TINY_S = 0.001
LOOP_ENDS_S = 10.0


def camera(number: int = 0) -> Picamera2Camera:
    """The adapter as the service makes it."""
    return Picamera2Camera(number, (640, 480), 5, 320)


def opened() -> Picamera2Camera:
    """A camera that has given its first frame."""
    one = camera()
    one.open()
    look(one)
    return one


def look(one: Picamera2Camera, timeout_s: float = TIMEOUT_S) -> float:
    """The time of the next frame."""
    with one.capture(timeout_s) as frame:
        return frame.time_s


def descriptors() -> int:
    """How many this process holds; nothing is collected first, for that is the adapter's task."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def failure(of: Callable[[], Any]) -> str:
    """The name of the error and its text; `none` where there was none."""
    try:
        of()
    except CameraError as error:
        return f"{type(error).__name__}: {error}"
    return "none"


def absent() -> dict[str, Any]:
    """Tries the number after the last, and then that again."""
    failures, counts = [], []
    for _ in range(11):
        failures.append(failure(camera(1).open))
        counts.append(descriptors())
    return {"failures": failures, "growth": counts[-1] - counts[0]}


def frames() -> dict[str, Any]:
    """Twenty frames: sizes, times, and what is on them."""
    one = opened()
    shapes, times, seen = set(), [], []
    for _ in range(20):
        with one.capture(TIMEOUT_S) as frame:
            detail = frame.detail()
            times.append(frame.time_s)
            shapes.add(f"{frame.luma.shape} {frame.luma.dtype} {detail.shape} {detail.dtype}")
            seen.append(compared(frame.luma, detail))
    one.close()
    return {"shapes": sorted(shapes), "times": times, "seen": seen, "pictures": len(pictures())}


def stalled() -> dict[str, Any]:
    """Far more limits that are too short than there are buffers, and then one that is not."""
    one = opened()
    failures = [failure(lambda: look(one, TINY_S)) for _ in range(40)]
    times = [look(one) for _ in range(10)]
    one.close()
    return {"failures": failures, "frames": len(times), "closed": failure(lambda: look(one))}


def promises() -> dict[str, Any]:
    """What the port promises beyond that: luma is the caller's, an unopened camera closes."""
    unopened = camera()
    failures = [failure(unopened.close), failure(lambda: look(unopened))]
    one = opened()
    with one.capture(TIMEOUT_S) as frame:
        luma = frame.luma
        before = luma.copy()
    for _ in range(10):
        look(one)
    one.close()
    return {"failures": failures, "same": bool((luma == before).all()), "own": luma.base is None}


def odd() -> dict[str, Any]:
    """Sizes that picamera2 refuses as they are."""
    one = Picamera2Camera(0, (641, 479), 5, 319)
    one.open()
    with one.capture(TIMEOUT_S) as frame:
        shapes = [list(frame.luma.shape), list(frame.detail().shape)]
    one.close()
    return {"shapes": shapes}


def cycles() -> dict[str, Any]:
    """Opens and closes, twice each time; the first two cycles warm the library up."""
    counts = []
    one = camera()
    for _ in range(8):
        one.open()
        look(one)
        one.close()
        one.close()
        counts.append(descriptors())
    return {"growth": counts[-1] - counts[1], "threads": names()}


def names() -> list[str]:
    """The threads that live."""
    return [thread.name for thread in threading.enumerate()]


def busy() -> dict[str, Any]:
    """Opens a camera that is open already, and again once it is free."""
    holder, other = opened(), camera()
    failures, counts = [], []
    for _ in range(11):
        failures.append(failure(other.open))
        counts.append(descriptors())
    look(holder)
    holder.close()
    other.open()
    look(other)
    other.close()
    return {"failures": failures, "growth": counts[-1] - counts[0]}


def denied() -> dict[str, Any]:
    """The memory for pictures is refused, three times, and then granted."""
    os.environ["DMA_HEAP_DENIED"] = "1"
    one = camera()
    failures = [failure(one.open) for _ in range(3)]
    del os.environ["DMA_HEAP_DENIED"]
    one.open()
    look(one)
    one.close()
    return {"failures": failures}


def dead_loop() -> dict[str, Any]:
    """The event loop dies of an exception; the camera is closed and opened again."""
    one, results, counts = camera(), [], []
    for _ in range(8):
        one.open()
        look(one)
        kill_loop(one)
        results.append([failure(lambda: look(one, 0.5)), failure(one.close)])
        counts.append(descriptors())
    one.open()
    times = [look(one) for _ in range(10)]
    one.close()
    return {"results": results, "growth": counts[-1] - counts[1], "frames": len(times)}


def kill_loop(one: Picamera2Camera) -> None:
    """Has a callback raise, and waits until the thread of picamera2's event loop has ended."""

    def fail(request: object) -> None:
        raise ZeroDivisionError

    loop = one._camera._preview.thread
    one._camera.pre_callback = fail
    loop.join(LOOP_ENDS_S)
    assert not loop.is_alive()


def stuck() -> dict[str, Any]:
    """The event loop hangs; then this process ends as any other does."""
    one = opened()
    hangs = threading.Event()

    def hang(request: object) -> None:
        hangs.set()
        threading.Event().wait()

    one._camera.pre_callback = hang
    assert hangs.wait(LOOP_ENDS_S)
    began_s = time.monotonic()
    first = failure(one.close)
    return {"failures": [first, failure(one.close)], "took_s": time.monotonic() - began_s}


CHECKS = (absent, frames, stalled, promises, odd, cycles, busy, denied, dead_loop, stuck)

if __name__ == "__main__":
    virtual_camera.install()
    check = {check.__name__: check for check in CHECKS}[sys.argv[1]]
    print(json.dumps(check()), flush=True)
