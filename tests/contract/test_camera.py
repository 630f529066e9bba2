"""What every camera promises, for files and for the fake; real devices where there are some."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from fakes import capture, picamera2
from fakes.camera import FakeCamera, Step, grey
from moodspeaker.errors import (
    CameraAbsent,
    CameraBusy,
    CameraEnded,
    CameraStalled,
    SourceUnreadable,
)
from moodspeaker.vision.file_camera import FileCamera
from moodspeaker.vision.picamera2_camera import Picamera2Camera
from moodspeaker.vision.v4l2_camera import SELECT_LIMIT, V4l2Camera

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.ports import Camera

FRAMES, FPS = 10, 5
TIMEOUT_S = 30.0


class Clock:
    """A clock that only goes when told."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Two seconds, each frame one level brighter by 20."""
    path = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (640, 480))
    for number in range(FRAMES):
        writer.write(np.full((480, 640, 3), 20 * number + 20, dtype=np.uint8))
    writer.release()
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, and something that is none."""
    path = tmp_path / "pictures"
    path.mkdir()
    for number in range(3):
        cv2.imwrite(str(path / f"{number}.png"), grey(level=50 * number))
    (path / "notes.txt").write_text("no picture")
    return path


@pytest.fixture
def usb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> V4l2Camera:
    """A USB camera over a device that is played."""
    monkeypatch.setenv(SELECT_LIMIT, str(round(TIMEOUT_S)))
    device = capture.Device(tmp_path / "video0", clock=time.monotonic)
    device.plug()
    return V4l2Camera(str(device.node), (640, 480), 5, 320, open_device=device.open)


@pytest.fixture(params=["fake", "video", "folder", "picture", "YUV420", "NV12", "usb"])
def camera(
    request: pytest.FixtureRequest,
    video: Path,
    folder: Path,
    usb: V4l2Camera,
    monkeypatch: pytest.MonkeyPatch,
) -> Camera:
    """Every camera that can be had on any machine; the Pi's and USB ones are played."""
    device = picamera2.Device(pixel_format=request.param)
    monkeypatch.setitem(sys.modules, "picamera2", device.module())
    makers: dict[str, Callable[[], Camera]] = {
        "fake": lambda: FakeCamera([Step(grey())]),
        "video": lambda: FileCamera(video, 320),
        "folder": lambda: FileCamera(folder, 320),
        "picture": lambda: FileCamera(folder / "0.png", 320),
        "YUV420": lambda: Picamera2Camera(0, (640, 480), 5, 320),
        "NV12": lambda: Picamera2Camera(0, (640, 480), 5, 320),
        "usb": lambda: usb,
    }
    return makers[request.param]()


def level_at(camera: Camera) -> int:
    """Mean grey of the next frame."""
    with camera.capture(TIMEOUT_S) as frame:
        return round(float(frame.luma.mean()))


def test_a_frame_has_small_luma_and_the_full_picture(camera: Camera) -> None:
    camera.open()
    with camera.capture(TIMEOUT_S) as frame:
        assert frame.luma.shape == (240, 320)
        assert frame.luma.dtype == np.uint8
        assert frame.detail().shape == (480, 640)
    camera.close()


def test_time_never_goes_back(camera: Camera) -> None:
    camera.open()
    times = []
    for _ in range(5):
        with camera.capture(TIMEOUT_S) as frame:
            times.append(frame.time_s)
    camera.close()
    assert times == sorted(times)


def test_a_camera_can_be_closed_twice_and_opened_again(camera: Camera) -> None:
    camera.open()
    camera.close()
    camera.close()
    camera.open()
    level_at(camera)
    camera.close()


def test_closing_a_camera_that_was_never_open_is_no_error(camera: Camera) -> None:
    camera.close()


def test_luma_is_the_callers_own_and_stays_as_it_was(camera: Camera) -> None:
    camera.open()
    with camera.capture(TIMEOUT_S) as frame:
        luma = frame.luma
        before = luma.copy()
    level_at(camera)
    camera.close()
    assert (luma == before).all()


def test_at_real_pace_the_frame_is_the_one_that_is_due(video: Path) -> None:
    clock = Clock()
    camera = FileCamera(video, 320, clock=clock)
    camera.open()
    levels = []
    for _ in range(4):
        levels.append(level_at(camera))
        clock.now_s += 0.4
    assert levels == pytest.approx([20, 60, 100, 140], abs=3)


def test_a_slow_reader_skips_frames_and_then_the_last_is_held(video: Path) -> None:
    clock = Clock()
    camera = FileCamera(video, 320, clock=clock)
    camera.open()
    level_at(camera)
    clock.now_s += 60
    with camera.capture(TIMEOUT_S) as frame:
        assert frame.time_s == pytest.approx(60)
        assert frame.luma.mean() == pytest.approx(200, abs=3)


def test_a_loop_starts_again_and_its_time_goes_on(video: Path) -> None:
    clock = Clock()
    camera = FileCamera(video, 320, at_end="loop", clock=clock)
    camera.open()
    clock.now_s += 2.0
    with camera.capture(TIMEOUT_S) as frame:
        assert frame.luma.mean() == pytest.approx(20, abs=3)
        assert frame.time_s == pytest.approx(2.0)


def test_a_loop_over_a_file_that_is_gone_says_so(video: Path) -> None:
    clock = Clock()
    camera = FileCamera(video, 320, at_end="loop", clock=clock)
    camera.open()
    video.unlink()
    clock.now_s += 2.0
    with pytest.raises(SourceUnreadable, match="not a picture or video"), camera.capture(TIMEOUT_S):
        pass


def test_a_file_that_stops_ends_after_its_last_frame(video: Path) -> None:
    camera = FileCamera(video, 320, at_end="stop", step_s=0.0)
    camera.open()
    levels = [level_at(camera) for _ in range(FRAMES)]
    assert levels == pytest.approx(list(range(20, 220, 20)), abs=3)
    with pytest.raises(CameraEnded), camera.capture(TIMEOUT_S):
        pass


def test_a_fast_file_steps_through_its_own_time_and_then_time_passes_again(video: Path) -> None:
    clock = Clock()
    camera = FileCamera(video, 320, step_s=0.5, clock=clock)
    camera.open()
    times, live = [], []
    for _ in range(6):
        with camera.capture(TIMEOUT_S) as frame:
            times.append(frame.time_s)
            live.append(camera.live)
    assert times == pytest.approx([0, 0.5, 1.0, 1.5, 2.0, 2.0])
    assert live == [False, False, False, False, True, True]
    clock.now_s += 3
    with camera.capture(TIMEOUT_S) as frame:
        assert frame.time_s == pytest.approx(5.0)


def test_pictures_of_a_folder_come_in_order_a_second_each(folder: Path) -> None:
    camera = FileCamera(folder, 320, step_s=0.0)
    camera.open()
    assert [level_at(camera) for _ in range(3)] == [0, 50, 100]


@pytest.mark.parametrize("name", ["empty.jpg", "empty.mp4"])
def test_a_file_of_no_bytes_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(SourceUnreadable, match="0 bytes"):
        FileCamera(tmp_path / name, 320).open()


@pytest.mark.parametrize("name", ["noise.jpg", "noise.mp4", "noise"])
def test_a_file_that_does_not_decode_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(bytes(range(256)) * 40)
    with pytest.raises(SourceUnreadable, match="not a picture or video"):
        FileCamera(tmp_path / name, 320).open()


def test_a_video_that_is_cut_short_plays_what_there_is(video: Path) -> None:
    data = video.read_bytes()
    video.write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceUnreadable):
        FileCamera(video, 320).open()


def test_a_missing_file_and_an_empty_folder_say_so(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.mp4", "no such file"), (tmp_path, "no pictures")):
        with pytest.raises(SourceUnreadable, match=words):
            FileCamera(path, 320).open()


def test_no_usb_camera_is_absent_and_something_else_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(CameraAbsent):
        V4l2Camera(str(tmp_path / "video0"), (640, 480), 5, 320).open()
    (tmp_path / "video1").touch()
    with pytest.raises(CameraBusy):
        V4l2Camera(str(tmp_path / "video1"), (640, 480), 5, 320).open()


def test_a_usb_camera_that_is_not_open_gives_no_frame() -> None:
    camera = V4l2Camera("/dev/video0", (640, 480), 5, 320)
    with pytest.raises(CameraStalled), camera.capture(TIMEOUT_S):
        pass


def test_a_real_usb_camera_gives_frames() -> None:
    if not Path("/dev/video0").exists():
        pytest.skip("no /dev/video0: the USB camera was not tried")
    camera = V4l2Camera("/dev/video0", (640, 480), 5, 320)
    camera.open()
    level_at(camera)
    camera.close()


def test_without_picamera2_the_pi_camera_is_absent_and_says_what_to_install() -> None:
    try:
        import picamera2  # noqa: F401
    except ImportError:
        with pytest.raises(CameraAbsent, match="apt install python3-picamera2"):
            Picamera2Camera(0, (640, 480), 5, 320).open()
    else:
        pytest.skip("picamera2 is installed here: its absence cannot be tried")
