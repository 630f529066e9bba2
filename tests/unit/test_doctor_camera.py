"""What `moodspeaker doctor` finds of the camera, opened by itself or told by the service."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from fakes import capture, picamera2
from fakes.camera import FakeCamera, Step, grey, moving
from moodspeaker.config.schema import CameraSection
from moodspeaker.doctor import camera, camera_faults, holders
from moodspeaker.doctor.picamera import MARK, Tried
from moodspeaker.types import Trouble
from moodspeaker.vision import picamera2_camera
from moodspeaker.vision.v4l2_camera import V4l2Camera

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from moodspeaker.doctor.finding import Finding
    from moodspeaker.ports import Camera

PI, USB = CameraSection(), CameraSection(kind="v4l2")
ONE = Tried(0, f'{MARK}["imx708"]\n', "")
NONE = Tried(0, f"{MARK}[]\n", "")
NOON = 12 * 60


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch) -> Iterator[picamera2.Device]:
    """A Pi camera that is played."""
    monkeypatch.setattr(picamera2_camera, "CLOSE_LIMIT_S", 30.0)
    monkeypatch.setattr(picamera2_camera, "FLUSH_LIMIT_S", 30.0)
    device = picamera2.Device()
    monkeypatch.setitem(sys.modules, "picamera2", device.module())
    yield device
    device.hangs.set()


async def alone(section: CameraSection = PI, tried: Tried = ONE, **world: Any) -> list[Finding]:
    """What is found where no service runs, at noon."""
    told = {"minute": NOON, "switched_on": True, "try_picamera2": lambda: tried, **world}
    return await all_of(camera.examine_alone(section, **told))


async def all_of(findings: AsyncIterator[Finding]) -> list[Finding]:
    """To the end."""
    return [finding async for finding in findings]


async def only_wrong(section: CameraSection = PI, tried: Tried = ONE, **world: Any) -> Finding:
    """The one thing that is wrong, and the last that is said."""
    *before, last = await alone(section, tried, **world)
    assert all(finding.ok for finding in before)
    assert not last.ok
    return last


def giving(*pictures: Any) -> Callable[[CameraSection], Camera]:
    """Opens a camera with these pictures."""
    return lambda _: FakeCamera([Step(picture) for picture in pictures])


async def test_a_pi_camera_tells_its_model_size_and_pace(pi: picamera2.Device) -> None:
    first, second = await alone()
    assert (first.name, first.ok) == ("camera", True)
    assert first.detail.startswith("imx708, 640x480 (")
    assert (second.name, second.ok) == ("picture", True)
    assert pi.held_by is None


async def test_an_empty_list_of_cameras_is_a_matter_of_the_cable(tmp_path: Path) -> None:
    found = await only_wrong(tried=NONE, root=tmp_path)
    assert (found.name, found.detail) == ("camera", "not found: no Pi camera is listed")
    assert "rpicam-hello --list-cameras" in found.remedy


async def test_a_firmware_that_does_not_look_is_told_before_the_cable(tmp_path: Path) -> None:
    path = tmp_path / camera_faults.FIRMWARE
    path.parent.mkdir(parents=True)
    path.write_text("#camera_auto_detect=1\ncamera_auto_detect=0\n")
    found = await only_wrong(tried=NONE, root=tmp_path)
    assert "camera_auto_detect=1" in found.remedy
    path.write_text("camera_auto_detect = 1\n")
    assert "ribbon cable" in (await only_wrong(tried=NONE, root=tmp_path)).remedy


async def test_a_number_beyond_the_list_is_told_with_the_list() -> None:
    found = await only_wrong(CameraSection(source=1))
    assert "only 0 to 0: imx708" in found.detail
    assert "camera.source" in found.remedy


async def test_a_camera_that_is_listed_and_dead_has_a_loose_cable(pi: picamera2.Device) -> None:
    pi.lasting = picamera2.Fault.STALL
    found = await only_wrong()
    assert "there and gives no picture" in found.detail
    assert "loose" in found.remedy
    assert pi.held_by is None


async def test_a_busy_camera_names_who_holds_it(pi: picamera2.Device, tmp_path: Path) -> None:
    pi.lasting = picamera2.Fault.BUSY
    process(tmp_path, 812, "motion", "/dev/media3")
    found = await only_wrong(root=tmp_path)
    assert found.detail == "held by motion (process 812)"
    assert "systemctl stop" in found.remedy


async def test_a_busy_camera_that_nobody_seems_to_hold_is_a_matter_for_root(
    pi: picamera2.Device, tmp_path: Path
) -> None:
    pi.lasting = picamera2.Fault.BUSY
    process(tmp_path, 812, "motion", "/dev/null")
    found = await only_wrong(root=tmp_path)
    assert "does not open" in found.detail
    assert "sudo moodspeaker doctor" in found.remedy


async def test_too_little_memory_for_pictures_is_not_called_busy(pi: picamera2.Device) -> None:
    pi.lasting = picamera2.Fault.NO_START
    assert "camera.width" in (await only_wrong()).remedy


async def test_a_camera_that_does_not_close_wants_a_restart(pi: picamera2.Device) -> None:
    pi.lasting = picamera2.Fault.CLOSE_FAILS
    assert "systemctl restart" in (await only_wrong()).remedy


def process(root: Path, number: int, name: str, holds: str) -> None:
    """An entry of /proc."""
    folder = root / "proc" / str(number) / "fd"
    folder.mkdir(parents=True)
    (folder / "3").symlink_to(holds)
    (folder.parent / "comm").write_text(f"{name}\n")


def test_who_holds_a_device_is_found_in_the_real_proc(tmp_path: Path) -> None:
    path = tmp_path / "video0"
    path.touch()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.open(path, os.O_RDONLY)
        os.write(theirs, b"opened")
        signal.pause()
        os._exit(0)
    os.read(ours, 100)
    os.close(ours)
    os.close(theirs)
    try:
        (found,) = holders.holders(devices=(str(path),))
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert found.endswith(f"(process {child})")


def test_one_s_own_open_device_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "video0"
    with path.open("w"):
        assert holders.holders(devices=(str(path),)) == ()


@pytest.fixture
def usb(tmp_path: Path) -> capture.Device:
    """A USB camera that is played."""
    return capture.Device(tmp_path / "dev" / "video0")


def usb_opener(device: capture.Device) -> Callable[[CameraSection], Camera]:
    """The adapter over it."""
    return lambda _: V4l2Camera(str(device.node), (640, 480), 5, 320, 5, device.open, device.clock)


async def test_a_usb_camera_tells_its_size(usb: capture.Device) -> None:
    usb.node.parent.mkdir()
    usb.plug()
    first, second = await alone(USB, opener=usb_opener(usb))
    assert first.detail.startswith("v4l2, 640x480")
    assert second.ok


async def test_a_usb_camera_that_is_not_there_names_those_that_are(
    usb: capture.Device, tmp_path: Path
) -> None:
    usb.node.parent.mkdir()
    (usb.node.parent / "video4").touch()
    found = await only_wrong(USB, opener=usb_opener(usb), root=tmp_path)
    assert found.detail.endswith("there are /dev/video4")
    assert "camera.source" in found.remedy


async def test_a_usb_camera_without_a_frame_is_to_be_plugged_in_anew(usb: capture.Device) -> None:
    usb.node.parent.mkdir()
    usb.plug()
    usb.lasting = capture.Fault.STALL
    found = await only_wrong(USB, opener=usb_opener(usb))
    assert "another port" in found.remedy


async def test_a_file_stands_in_for_a_camera(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), moving(0, 640, 480))
    section = CameraSection(kind="file", source=str(tmp_path / "wall.png"))
    assert all(finding.ok for finding in await alone(section))


async def test_a_file_that_is_missing_is_a_matter_of_the_config(tmp_path: Path) -> None:
    section = CameraSection(kind="file", source=str(tmp_path / "none.mp4"))
    assert "camera.source" in (await only_wrong(section)).remedy


def noise(least: int, below: int) -> Any:
    """A picture of these levels, in blocks that outlast being made smaller."""
    small = np.random.default_rng(1).integers(least, below, (30, 40), dtype=np.uint8)
    return np.kron(small, np.ones((16, 16), dtype=np.uint8))


@pytest.mark.parametrize(
    ("picture", "trouble", "remedy"),
    [
        (grey(128), Trouble.COVERED, "cover"),
        (noise(0, 40), Trouble.DARK, "light"),
        (noise(216, 256), Trouble.BRIGHT, "window"),
    ],
)
async def test_a_picture_with_nothing_in_it_is_told(
    picture: Any, trouble: Trouble, remedy: str
) -> None:
    found = await only_wrong(USB, opener=giving(picture))
    assert (found.name, found.detail) == ("picture", trouble)
    assert remedy in found.remedy


async def test_a_sensor_whose_picture_stands_still_is_told() -> None:
    found = await only_wrong(USB, opener=giving(moving(0, 640, 480)))
    assert found.detail.endswith(Trouble.FROZEN)
    assert "restart" in found.remedy


async def test_a_first_picture_that_is_dark_is_the_exposure_settling() -> None:
    pictures = [moving(number, 640, 480) for number in range(7)]
    *_, last = await alone(USB, opener=giving(grey(0), *pictures))
    assert last.ok


@pytest.mark.parametrize(("switched_on", "hours"), [(False, None), (True, "20:00-21:00")])
async def test_a_camera_that_is_switched_off_or_outside_its_hours_is_not_opened(
    switched_on: bool, hours: str | None
) -> None:
    def opener(_: CameraSection) -> Camera:
        raise AssertionError("opened")

    section = CameraSection(kind="v4l2", hours=hours)
    (found,) = await alone(section, opener=opener, switched_on=switched_on)
    assert found.ok
    assert "not opened" in found.detail


async def test_an_import_that_fails_is_all_that_is_said() -> None:
    (found,) = await alone(tried=Tried(1, "", "ValueError: numpy.dtype size changed"))
    assert found.name == "picamera2"
