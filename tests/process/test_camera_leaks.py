"""Fifty rounds of every fault leave nothing behind: no descriptor, no thread, no memory."""

from __future__ import annotations

import gc
import logging
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pytest

from fakes import capture, picamera2
from fakes.camera import grey
from moodspeaker.errors import CameraError
from moodspeaker.vision import picamera2_camera
from moodspeaker.vision.file_camera import FileCamera
from moodspeaker.vision.picamera2_camera import Picamera2Camera
from moodspeaker.vision.v4l2_camera import SELECT_LIMIT, V4l2Camera

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moodspeaker.ports import Camera

LIMIT_S = 60.0
ROUNDS = 50
WARM_UP = 5
SIZE = (320, 240)
MARGIN_KB = 2048
"""A picture leaked in every round would be 3750."""
PI_FAULTS = [
    fault
    for fault in picamera2.Fault
    # A thread that hangs stays, and the process ends for it.
    if fault not in (picamera2.Fault.FLUSH_HANGS, picamera2.Fault.CLOSE_HANGS)
    and fault is not picamera2.Fault.CLOSE_FAILS
]


@dataclass(frozen=True, slots=True)
class Held:
    """What this process holds: descriptors, threads, memory of its own."""

    descriptors: int
    threads: int
    memory_kb: int


def held() -> Held:
    """Now. Nothing is collected first: that is the adapters' task.

    Pages of files do not count: the kernel takes them away and brings them back as it likes.
    """
    status = Path("/proc/self/status").read_text().splitlines()
    memory_kb = sum(int(x.split()[1]) for x in status if x.startswith(("RssAnon", "RssShmem")))
    descriptors = sum(1 for _ in Path("/proc/self/fd").iterdir())
    return Held(descriptors, len(threading.enumerate()), memory_kb)


@pytest.fixture(autouse=True, scope="module")
def collected() -> Iterator[None]:
    """Every close() collects garbage; what the other tests left need not be looked through."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def nothing_else_collects_or_keeps() -> Iterator[None]:
    """A collection that comes by chance would hide a leak; pytest keeps what is logged."""
    gc.disable()
    logging.disable()
    yield
    logging.disable(logging.NOTSET)
    gc.enable()


def fail(camera: Camera) -> None:
    """Works with it, whatever that raises."""
    with suppress(CameraError):
        work(camera)


def work(camera: Camera) -> None:
    """Opens, takes two frames, closes; what did not open needs no closing."""
    camera.open()
    try:
        for _ in range(2):
            with camera.capture(LIMIT_S) as frame:
                frame.detail()
    finally:
        camera.close()


def grown(round_: Callable[[], None]) -> Held:
    """By how much what is held grew in `ROUNDS`, once it is warm."""
    for _ in range(WARM_UP):
        round_()
    before = held()
    for _ in range(ROUNDS):
        round_()
    after = held()
    return Held(
        after.descriptors - before.descriptors,
        after.threads - before.threads,
        after.memory_kb - before.memory_kb,
    )


def assert_none(growth: Held) -> None:
    """Nothing but a little memory."""
    # Less is no leak: a thread of an earlier test may end meanwhile.
    assert max(growth.descriptors, growth.threads) <= 0
    assert growth.memory_kb < MARGIN_KB


@pytest.mark.parametrize("fault", PI_FAULTS)
def test_a_pi_camera_leaks_nothing(fault: picamera2.Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    device = picamera2.Device()
    # None of these faults hangs.
    monkeypatch.setattr(picamera2_camera, "CLOSE_LIMIT_S", LIMIT_S)
    monkeypatch.setattr(picamera2_camera, "FLUSH_LIMIT_S", LIMIT_S)
    monkeypatch.setitem(sys.modules, "picamera2", device.module())

    def round_() -> None:
        device.faults = [fault]
        camera = Picamera2Camera(0, SIZE, 5, 160)
        fail(camera)
        device.faults = []
        work(camera)

    assert_none(grown(round_))


@pytest.mark.parametrize("fault", list(capture.Fault))
def test_a_usb_camera_leaks_nothing(
    fault: capture.Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SELECT_LIMIT, "5")
    device = capture.Device(tmp_path / "video0", size=SIZE)

    def round_() -> None:
        device.faults = [fault]
        device.plug(there=fault is not capture.Fault.ABSENT)
        camera = V4l2Camera(str(device.node), SIZE, 5, 160, open_device=device.open)
        fail(camera)
        device.faults = []
        device.plug()
        work(camera)

    assert_none(grown(round_))


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Three frames."""
    path = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 5, SIZE)
    for number in range(3):
        writer.write(cv2.cvtColor(grey(*SIZE, 40 * number), cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


@pytest.mark.parametrize("wrong", ["none", "missing", "cut", "empty", "ended"])
def test_a_file_leaks_nothing(wrong: str, video: Path, tmp_path: Path) -> None:
    data = video.read_bytes()
    other = tmp_path / f"{wrong}.mp4"
    if wrong in ("cut", "empty"):
        other.write_bytes(data[: len(data) // 2] if wrong == "cut" else b"")
    path = video if wrong in ("none", "ended") else other

    def round_() -> None:
        fail(FileCamera(path, 320, at_end="stop", step_s=3.0 if wrong == "ended" else 0.0))
        work(FileCamera(video, 320))

    assert_none(grown(round_))
