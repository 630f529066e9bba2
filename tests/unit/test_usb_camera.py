"""The USB camera over a device that is played: faults, time limits, and frames that waited."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from fakes import capture
from fakes.life import TIMEOUT_S, TROUBLES, Clock, Life
from moodspeaker.errors import CameraStalled
from moodspeaker.vision.v4l2_camera import OLD_S, SELECT_LIMIT, V4l2Camera

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clock() -> Clock:
    """The camera's."""
    return Clock()


@pytest.fixture
def usb(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> capture.Device:
    """A USB camera that is played and plugged in."""
    monkeypatch.setenv(SELECT_LIMIT, "5")
    device = capture.Device(tmp_path / "video0", clock=clock, pause=clock.pass_)
    device.plug()
    return device


def usb_camera(device: capture.Device, clock: Clock, timeout_s: float = TIMEOUT_S) -> V4l2Camera:
    """As the service makes it."""
    return V4l2Camera(str(device.node), (640, 480), 5, 320, timeout_s, device.open, clock)


USB_SAYS = [
    (capture.Fault.BUSY, r"{node} does not open \(another program holds it, .*\)"),
    (capture.Fault.NO_SIZE, r"{node} does not open \(.*\)"),
    (capture.Fault.STALL, r"{node} gave no frame for 5\.0 s \(cable loose\?\)"),
    (capture.Fault.LATE, r"{node} gave no frame for 5\.1 s \(cable loose\?\)"),
    (
        capture.Fault.HALF,
        r"{node} gave a broken frame of shape \(240, 640, 3\) \(cable loose\?\)",
    ),
    (capture.Fault.VANISHED, r"{node} gave no frame: reading ends at once \(cable loose\?\)"),
    (capture.Fault.EMPTY, r"{node} gave a frame that does not decode \(cable loose\?\)"),
    (capture.Fault.ODD, r"{node} gave a broken frame: .* \(cable loose\?\)"),
]


@pytest.mark.parametrize(("fault", "says"), USB_SAYS)
def test_a_usb_camera_that_fails_twice_says_what_and_recovers(
    usb: capture.Device, clock: Clock, fault: capture.Fault, says: str
) -> None:
    usb.faults = [fault, fault]
    usb.silence_s = 5.1 if fault is capture.Fault.LATE else 5.0
    life = Life(lambda: usb_camera(usb, clock), clock)
    first, second, last = life.run()
    assert re.fullmatch(says.format(node=re.escape(str(usb.node))), first)
    assert (second, last) == (first, "ok")


def test_a_usb_camera_that_is_unplugged_and_plugged_in_again_works(
    usb: capture.Device, clock: Clock
) -> None:
    life = Life(lambda: usb_camera(usb, clock), clock)
    life.after_frame = lambda: usb.plug(there=life.tries.failures > 0)
    life.tries.between = lambda: usb.plug(there=life.tries.failures > 1)
    assert life.run() == [
        "ok",
        f"{usb.node} is gone (plug it in again)",
        f"no camera at {usb.node} (plug it in, or set camera.source)",
        "ok",
    ]
    assert usb.opened == 2


def test_a_usb_camera_that_does_not_close_in_order_is_opened_anew(
    usb: capture.Device, clock: Clock
) -> None:
    usb.faults = [capture.Fault.STALL, capture.Fault.RELEASE]
    assert Life(lambda: usb_camera(usb, clock), clock).run()[-1] == "ok"


@pytest.mark.parametrize(("limit_s", "told"), [(1.0, "1"), (1.01, "2"), (5.0, "5"), (60.0, "60")])
def test_opencv_is_told_to_give_up_in_time(
    usb: capture.Device, clock: Clock, monkeypatch: pytest.MonkeyPatch, limit_s: float, told: str
) -> None:
    monkeypatch.delenv(SELECT_LIMIT)
    usb_camera(usb, clock, limit_s).open()
    assert os.environ[SELECT_LIMIT] == told


def test_a_limit_that_the_owner_set_stays(usb: capture.Device, clock: Clock) -> None:
    usb_camera(usb, clock, 2.0).open()
    assert os.environ[SELECT_LIMIT] == "5"


@pytest.mark.parametrize("buffers", [1, 4, 10])
def test_frames_that_waited_in_the_driver_are_left_out(
    usb: capture.Device, clock: Clock, buffers: int
) -> None:
    usb.buffers = buffers
    camera = usb_camera(usb, clock)
    camera.open()
    for _ in range(3):
        camera._capture.fill()
        clock.pass_(0.5)
        before = usb.frames
        with camera.capture(TIMEOUT_S):
            assert usb.frames - before == buffers + 1


@pytest.mark.parametrize(("age_s", "grabs"), [(0.9 * OLD_S, 1), (1.1 * OLD_S, 2)])
def test_a_frame_is_old_when_exposure_and_transfer_do_not_explain_it(
    usb: capture.Device, clock: Clock, age_s: float, grabs: int
) -> None:
    camera = usb_camera(usb, clock)
    camera.open()
    camera._capture.fill()
    clock.pass_(age_s)
    with camera.capture(TIMEOUT_S):
        assert usb.frames == grabs


def test_waiting_for_a_newer_frame_ends_with_the_time_limit(
    usb: capture.Device, clock: Clock
) -> None:
    usb.period_s, usb.clock_error_s = 2.0, -60.0
    camera = usb_camera(usb, clock)
    camera.open()
    with pytest.raises(CameraStalled, match=r"6\.0 s"), camera.capture(TIMEOUT_S):
        pass
    assert usb.frames == 3


@pytest.mark.parametrize(("error_s", "first"), [(-3600.0, 11), (-1000.0, 1), (1e9, 1)])
def test_a_device_with_another_clock_is_asked_once_a_frame(
    usb: capture.Device, clock: Clock, error_s: float, first: int
) -> None:
    clock.pass_(9000)
    if error_s == -1000.0:
        error_s = -clock()
    usb.clock_error_s = error_s
    camera = usb_camera(usb, clock)
    camera.open()
    counts = []
    for _ in range(3):
        before = usb.frames
        with camera.capture(TIMEOUT_S):
            counts.append(usb.frames - before)
    assert counts == [first, 1, 1]


@pytest.mark.parametrize("fault", [capture.Fault(name) for name in TROUBLES])
def test_a_picture_that_shows_nothing_is_told_with_the_frame(
    usb: capture.Device, clock: Clock, fault: capture.Fault
) -> None:
    usb.lasting = fault
    life = Life(lambda: usb_camera(usb, clock), clock)
    life.run(60)
    assert life.troubles()
    assert life.troubles() <= TROUBLES[fault.value]
    assert life.health[0] == "ok"
