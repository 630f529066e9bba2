"""Every known way for a camera to fail, through the real vision thread: what it says of it."""

from __future__ import annotations

import gc
import logging
import re
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from fakes import camera as played
from fakes import picamera2
from fakes.life import TIMEOUT_S, TROUBLES, Clock, Life
from moodspeaker.errors import CameraAbsent, CameraBusy, CameraStalled, CameraStuck
from moodspeaker.vision import picamera2_camera, thread
from moodspeaker.vision.picamera2_camera import Picamera2Camera

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moodspeaker.ports import Camera

    Strike = Callable[..., None]


@pytest.fixture(autouse=True, scope="module")
def collected() -> Iterator[None]:
    """Every close() collects garbage; what the other tests left need not be looked through."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def clock() -> Clock:
    """The camera's."""
    return Clock()


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch) -> Iterator[picamera2.Device]:
    """A Pi camera that is played; what does not hang may take its time on a busy machine."""
    monkeypatch.setattr(picamera2_camera, "CLOSE_LIMIT_S", 30.0)
    monkeypatch.setattr(picamera2_camera, "FLUSH_LIMIT_S", 30.0)
    device = picamera2.Device()
    monkeypatch.setitem(sys.modules, "picamera2", device.module())
    yield device
    device.hangs.set()


@pytest.fixture
def strike(pi: picamera2.Device, monkeypatch: pytest.MonkeyPatch) -> Strike:
    """Gives the played camera its faults; one that hangs is not waited for."""

    def faults(*coming: picamera2.Fault) -> None:
        pi.faults = list(coming)
        for fault, limit in HANGING.items():
            if fault in coming:
                monkeypatch.setattr(picamera2_camera, limit, 0.2)

    return faults


def pi_camera(clock: Clock, size: tuple[int, int] = (640, 480), width: int = 320) -> Camera:
    """As the service makes it."""
    return Picamera2Camera(0, size, 5, width, clock)


HANGING = {
    picamera2.Fault.FLUSH_HANGS: "FLUSH_LIMIT_S",
    picamera2.Fault.CLOSE_HANGS: "CLOSE_LIMIT_S",
}
ABSENT = r"no Pi camera number 0 \(check the cable and rpicam-hello\)"
SILENT = r"Pi camera 0 gave no frame for 5 s \(cable loose\?\)"
PI_SAYS = [
    (picamera2.Fault.ABSENT, ABSENT),
    (picamera2.Fault.VANISHED, r"Pi camera 0 does not start: No camera number 0 found \(.*\)"),
    (picamera2.Fault.VANISHED_OLD, ABSENT),
    (picamera2.Fault.BUSY, r"Pi camera 0 does not start: .*resource busy \(another program .*\)"),
    (picamera2.Fault.NO_START, r"Pi camera 0 does not start: .*allocate memory \(.*\)"),
    (picamera2.Fault.STALL, SILENT),
    (picamera2.Fault.DEAD_LOOP, SILENT),
    (picamera2.Fault.ERROR, r"Pi camera 0 gave no frame: .*unknown state \(cable loose\?\)"),
    (picamera2.Fault.FLUSH_HANGS, SILENT),
    (picamera2.Fault.FLUSH_FAILS, SILENT),
    (
        picamera2.Fault.HALF,
        r"Pi camera 0 gave a broken picture: \d+ of \d+ bytes \(cable loose\?\)",
    ),
    (picamera2.Fault.MAPPING, r"Pi camera 0 gave a broken picture: .*Bad address \(cable .*\)"),
    (picamera2.Fault.RELEASE, r"Pi camera 0 lost a frame: .*ref_count \(cable loose\?\)"),
]


@pytest.mark.parametrize(("fault", "says"), PI_SAYS)
def test_a_pi_camera_that_fails_twice_says_what_and_recovers(
    strike: Strike, clock: Clock, fault: picamera2.Fault, says: str
) -> None:
    strike(fault, fault)
    life = Life(lambda: pi_camera(clock), clock)
    first, second, last = life.run()
    assert re.fullmatch(says, first)
    assert (second, last) == (first, "ok")
    assert (life.tries.failures, life.tries.recoveries) == (2, 1)


@pytest.mark.parametrize("fault", [fault for fault, _ in PI_SAYS[5:]])
def test_a_pi_camera_that_fails_in_its_work_is_opened_anew(
    pi: picamera2.Device, strike: Strike, clock: Clock, fault: picamera2.Fault
) -> None:
    life = Life(lambda: pi_camera(clock), clock)
    life.run(1)
    strike(fault)
    again = Life(lambda: pi_camera(clock), clock)
    assert again.run()[-1] == "ok"
    assert pi.held_by is None


@pytest.mark.parametrize("fault", [picamera2.Fault.CLOSE_HANGS, picamera2.Fault.CLOSE_FAILS])
def test_a_pi_camera_that_does_not_close_ends_the_thread(
    strike: Strike, clock: Clock, fault: picamera2.Fault
) -> None:
    strike(picamera2.Fault.STALL, fault)
    with pytest.raises(CameraStuck, match=r"Pi camera 0 does not close \(restart the service\)"):
        Life(lambda: pi_camera(clock), clock).run()


def test_a_start_that_fails_and_cannot_be_undone_is_stuck(strike: Strike, clock: Clock) -> None:
    strike(picamera2.Fault.NO_START, picamera2.Fault.CLOSE_HANGS)
    with pytest.raises(CameraStuck):
        pi_camera(clock).open()


def test_jobs_left_behind_would_starve_the_camera_and_do_not(
    pi: picamera2.Device, clock: Clock
) -> None:
    camera = pi_camera(clock)
    camera.open()
    for _ in range(2 * picamera2.BUFFERS):
        pi.faults = [picamera2.Fault.STALL]
        with pytest.raises(CameraStalled), camera.capture(TIMEOUT_S):
            pass
    with camera.capture(TIMEOUT_S) as frame:
        assert frame.luma.shape == (240, 320)


def test_cancelling_that_hangs_holds_up_for_a_moment_only_and_leaves_one_thread(
    strike: Strike, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    strike(picamera2.Fault.FLUSH_HANGS)
    camera = pi_camera(clock)
    camera.open()
    caplog.set_level(logging.WARNING)
    with pytest.raises(CameraStalled), camera.capture(TIMEOUT_S):
        pass
    assert "Pi camera 0 does not take its jobs back" in caplog.text
    assert "camera-flush" in {thread.name for thread in threading.enumerate()}


def test_padding_is_no_part_of_the_picture(pi: picamera2.Device, clock: Clock) -> None:
    camera = pi_camera(clock)
    camera.open()
    with camera.capture(TIMEOUT_S) as frame:
        assert (frame.luma == pi.luma(320, 240)).all()
        assert (frame.detail() == pi.luma(640, 480)).all()


def test_the_detail_can_be_half_as_well(pi: picamera2.Device, clock: Clock) -> None:
    camera = pi_camera(clock)
    camera.open()
    with camera.capture(TIMEOUT_S) as frame:
        pi.faults = [picamera2.Fault.HALF]
        with pytest.raises(CameraStalled, match="broken picture"):
            frame.detail()
    with camera.capture(TIMEOUT_S) as frame:
        assert frame.detail().shape == (480, 640)


@pytest.mark.parametrize(
    ("size", "width", "luma", "detail"),
    [
        ((641, 479), 319, (240, 320), (480, 640)),
        ((640, 480), 321, (240, 320), (480, 640)),
        ((320, 240), 640, (240, 320), (240, 320)),
        ((1280, 720), 322, (182, 322), (720, 1280)),
    ],
)
def test_odd_and_too_large_sizes_are_aligned(
    pi: picamera2.Device,
    clock: Clock,
    size: tuple[int, int],
    width: int,
    luma: tuple[int, int],
    detail: tuple[int, int],
) -> None:
    camera = pi_camera(clock, size, width)
    camera.open()
    with camera.capture(TIMEOUT_S) as frame:
        assert frame.luma.shape == luma
        assert frame.detail().shape == detail


@pytest.mark.parametrize("fault", [picamera2.Fault(name) for name in TROUBLES])
def test_a_picture_that_shows_nothing_is_told_with_the_frame(
    pi: picamera2.Device, clock: Clock, fault: picamera2.Fault
) -> None:
    pi.lasting = fault
    life = Life(lambda: pi_camera(clock), clock)
    life.run(60)
    assert life.troubles()
    assert life.troubles() <= TROUBLES[fault.value]
    assert life.health[0] == "ok"


def test_a_picture_frozen_for_long_has_the_camera_opened_anew(
    pi: picamera2.Device, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "FROZEN_LIMIT_S", 0.0)
    pi.lasting = picamera2.Fault.FROZEN
    life = Life(lambda: pi_camera(clock), clock)

    def thaw() -> None:
        pi.lasting = None
        monkeypatch.setattr(thread, "FROZEN_LIMIT_S", 15.0)

    life.tries.between = thaw
    says = life.run(60)
    assert "the camera's picture is frozen (opening it anew)" in says
    assert says[-1] == "ok"


@pytest.mark.parametrize("fault", list(played.Fault))
def test_a_played_camera_fails_like_a_real_one_and_the_next_works(
    clock: Clock, fault: played.Fault
) -> None:
    cameras = iter([played.faulty(fault)])
    good = played.FakeCamera([played.Step(played.moving(n)) for n in range(9)])
    life = Life(lambda: next(cameras, good), clock)
    if fault is played.Fault.DEAD_LOOP:
        with pytest.raises(CameraStuck, match="does not close"):
            life.run(3)
    else:
        assert life.run(3)[-1] == "ok"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (played.Fault.ABSENT, CameraAbsent),
        (played.Fault.BUSY, CameraBusy),
        (played.Fault.STALL, CameraStalled),
        (played.Fault.HALF, CameraStalled),
    ],
)
def test_a_played_fault_raises_what_the_port_promises(
    fault: played.Fault, error: type[Exception]
) -> None:
    with pytest.raises(error):
        use(played.faulty(fault))


def use(camera: Camera) -> None:
    """Opens it and takes two frames."""
    camera.open()
    for _ in range(2):
        with camera.capture(TIMEOUT_S):
            pass
