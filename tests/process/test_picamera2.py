"""Picamera2Camera on the real picamera2, over libcamera's virtual camera, in a Debian tree.

No sensor and no Pi: rows have no padding, frames have no true pace, memory is a stand-in's.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from chroot.tree import HERE, PRIVATE, NotHere, complete_tree, run
from moodspeaker.vision.picamera2_camera import CLOSE_LIMIT_S

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[str], dict[str, Any]]

pytestmark = pytest.mark.slow

DAEMON = HERE.parents[1] / "daemon"
CHECK_LIMIT_S = 180.0
SLACK_S = 5.0


@pytest.fixture(scope="module")
def tree() -> Path:
    """The Debian tree; the first time takes minutes."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        return complete_tree(cache / "moodspeaker" / "trixie-picamera2")
    except NotHere as reason:
        pytest.skip(f"the real picamera2 was not tried: {reason}")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pictures for the virtual camera, unlike each other and unlike their mirror images."""
    folder = tmp_path_factory.mktemp("frames")
    right = np.tile(np.linspace(0, 255, 640), (480, 1))
    right[60:180, 80:240] = 255
    up = np.tile(np.linspace(255, 0, 480)[:, None], (1, 640))
    up[300:420, 400:560] = 0
    for number, picture in enumerate((right, up)):
        cv2.imwrite(str(folder / f"{number}.jpg"), picture.astype(np.uint8))
    return folder


@pytest.fixture
def check(tree: Path, pictures: Path) -> Check:
    """Runs a check of chroot/camera_checks.py inside the tree: what it saw."""

    def checked(name: str) -> dict[str, Any]:
        enter = ("sh", str(HERE / "enter.sh"), str(tree), str(DAEMON), str(pictures))
        ended = run(*PRIVATE, *enter, name, limit_s=CHECK_LIMIT_S)
        assert ended.returncode == 0, ended.stderr[-4000:]
        seen: dict[str, Any] = json.loads(ended.stdout)
        return seen

    return checked


def test_the_number_after_the_last_is_absent_and_asking_again_leaks_nothing(check: Check) -> None:
    seen = check("absent")
    assert all(failure.startswith("CameraAbsent") for failure in seen["failures"])
    assert seen["growth"] <= 0


def test_frames_show_what_the_camera_sees_in_both_sizes(check: Check) -> None:
    seen = check("frames")
    assert seen["shapes"] == ["(240, 320) uint8 (480, 640) uint8"]
    for frame in seen["seen"]:
        for picture in (frame["luma"], frame["detail"]):
            assert picture["correlation"] > 0.999
            assert picture["distance"] < 2
    assert {frame["picture"] for frame in seen["seen"]} == set(range(seen["pictures"]))
    assert seen["times"] == sorted(seen["times"])


def test_a_limit_that_is_too_short_stalls_and_later_captures_work(check: Check) -> None:
    seen = check("stalled")
    stalls = [failure for failure in seen["failures"] if failure != "none"]
    assert len(stalls) > 8
    assert all(stall.startswith("CameraStalled") for stall in stalls)
    assert seen["frames"] == 10


def test_a_camera_that_is_closed_gives_no_frame(check: Check) -> None:
    assert check("stalled")["closed"].startswith("CameraStalled")


def test_luma_is_the_callers_own_and_a_camera_that_was_never_open_closes(check: Check) -> None:
    seen = check("promises")
    assert seen["failures"][0] == "none"
    assert seen["failures"][1].startswith("CameraStalled")
    assert seen["same"]
    assert seen["own"]


def test_odd_sizes_are_aligned_to_what_the_camera_takes(check: Check) -> None:
    assert check("odd")["shapes"] == [[240, 320], [480, 640]]


def test_a_camera_is_closed_twice_and_opened_again_without_a_leak(check: Check) -> None:
    seen = check("cycles")
    assert seen["growth"] <= 0
    assert seen["threads"] == ["MainThread"]


def test_a_camera_in_use_is_busy_says_why_and_trying_again_leaks_nothing(check: Check) -> None:
    seen = check("busy")
    assert all(failure.startswith("CameraBusy") for failure in seen["failures"])
    assert all("resource busy" in failure for failure in seen["failures"])
    assert seen["growth"] <= 0


def test_memory_that_is_denied_is_no_crash_and_does_not_hold_the_camera(check: Check) -> None:
    for failure in check("denied")["failures"]:
        assert failure.startswith("CameraBusy")
        assert "Permission denied" in failure


def test_a_dead_event_loop_stalls_and_the_camera_closes_and_opens_again(check: Check) -> None:
    seen = check("dead_loop")
    for capturing, closing in seen["results"]:
        assert capturing.startswith("CameraStalled")
        assert closing == "none"
    assert seen["growth"] <= 0
    assert seen["frames"] == 10


def test_a_hung_event_loop_makes_the_camera_stuck_in_time_and_the_process_ends(
    check: Check,
) -> None:
    seen = check("stuck")
    assert seen["failures"][0].startswith("CameraStuck")
    assert seen["failures"][1] == "none"
    assert seen["took_s"] < CLOSE_LIMIT_S + SLACK_S
