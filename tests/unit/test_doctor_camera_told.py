"""What `moodspeaker doctor` finds of a camera that a running service has, by asking it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moodspeaker.config.schema import CameraSection
from moodspeaker.doctor import camera, picamera
from moodspeaker.doctor.picamera import MARK, Tried
from moodspeaker.errors import CameraAbsent, CameraBusy, CameraStalled, CameraStuck
from moodspeaker.types import Trouble

if TYPE_CHECKING:
    from moodspeaker.doctor.finding import Finding
    from moodspeaker.errors import CameraError

PI, USB = CameraSection(), CameraSection(kind="v4l2")


def state(**changes: object) -> dict[str, object]:
    """What a service says that is well."""
    return {"camera": "ON", "camera_health": "ok", "reason": "", "problem": None} | changes


async def said(section: CameraSection = PI, **changes: object) -> Finding:
    """The first finding where a service runs."""
    return await anext(camera.examine_running(section, state(**changes)))


async def test_a_running_service_is_asked_and_that_is_said() -> None:
    found = await said()
    assert found.ok
    assert "was asked" in found.detail


async def test_a_camera_that_was_switched_off_is_fine() -> None:
    found = await said(camera="OFF", camera_health="off")
    assert found.ok
    assert "moodspeaker ctl camera ON" in found.detail


async def test_a_camera_outside_its_hours_is_fine() -> None:
    found = await said(camera_health="off", reason="outside the camera's hours (07:00-09:00)")
    assert found.ok
    assert "07:00-09:00" in found.detail


async def test_a_camera_that_is_being_opened_is_not_yet_fine() -> None:
    assert "ask once more" in (await said(camera_health="starting")).remedy


SPOKEN = [
    (CameraStalled("Pi camera 0 gave no frame for 5 s", "cable loose?"), PI, "loose"),
    (CameraStalled("Pi camera 0 lost a frame: x", "cable loose?"), PI, "loose"),
    (CameraStalled("/dev/video0 gave a frame that does not decode"), USB, "another port"),
    (CameraStalled("the camera's picture is frozen", "opening it anew"), PI, "loose"),
    (CameraAbsent("no Pi camera number 0", "check the cable"), PI, "ribbon cable"),
    (CameraAbsent("no camera at /dev/video0", "plug it in"), USB, "v4l2-ctl"),
    (CameraBusy("Pi camera 0 does not start: busy", "another program"), PI, "sudo moodspeaker"),
    (CameraStuck("Pi camera 0 does not close", "restart the service"), PI, "restart"),
    (CameraStuck("something new"), PI, "journalctl"),
]


@pytest.mark.parametrize(("error", "section", "remedy"), SPOKEN)
async def test_what_the_service_says_gets_the_remedy_of_that_error(
    error: CameraError, section: CameraSection, remedy: str
) -> None:
    found = await said(section, camera_health=str(error))
    assert not found.ok
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("tried", "name"),
    [
        (Tried(1, "", "ModuleNotFoundError: No module named 'picamera2'"), "picamera2"),
        (Tried(0, f"{MARK}[]\n", ""), "camera"),
    ],
)
async def test_a_picamera2_that_the_service_cannot_load_is_tried_here(
    monkeypatch: pytest.MonkeyPatch, tried: Tried, name: str
) -> None:
    monkeypatch.setattr(picamera, "try_picamera2", lambda: tried)
    found = await said(camera_health="picamera2 cannot be imported: x (apt install ...)")
    assert (found.name, found.ok) == (name, False)


async def test_a_covered_lens_is_told_by_the_service_too() -> None:
    found = await said(problem=f"picture: {Trouble.COVERED}; mpd: no connection")
    assert (found.name, found.detail) == ("picture", Trouble.COVERED)
