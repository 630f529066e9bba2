"""When a picture is worth a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from moodspeaker.runtime.assets import ASTRONAUT, ROOM, asset_path
from moodspeaker.vision.clips import open_clip, read_picture
from moodspeaker.vision.motion import MotionGate, block_means
from moodspeaker.vision.preprocess import resized

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.ports import GreyImage

THRESHOLD = 9.0
FOREVER_S = 1e9
PHOTO = resized(read_picture(asset_path(ROOM)), 320, 240)
GREY = np.full((240, 320), 100, np.uint8)


def gate(refresh_s: float = FOREVER_S) -> MotionGate:
    """One that has seen `GREY` at time 0."""
    watching = MotionGate(THRESHOLD, refresh_s)
    assert watching.moved(0.0, GREY)
    return watching


def with_block(level: int, size: int = 8) -> GreyImage:
    """`GREY` with one square of another level."""
    picture = GREY.copy()
    picture[80 : 80 + size, 160 : 160 + size] = level
    return picture


def test_the_first_picture_is_looked_at_and_the_same_one_is_not() -> None:
    watching = gate()
    assert not watching.moved(0.1, GREY)


@pytest.mark.parametrize(("level", "moved"), [(108, False), (109, True), (110, True), (91, True)])
def test_one_block_that_changes_by_the_threshold_is_motion(level: int, moved: bool) -> None:
    assert gate().moved(0.1, with_block(level)) is moved


def test_slow_drift_adds_up() -> None:
    watching = gate()
    said = [watching.moved(0.1 * n, GREY + np.uint8(n)) for n in range(1, 20)]
    assert [n for n, moved in enumerate(said, 1) if moved] == [9, 18]


@pytest.mark.parametrize(("time_s", "moved"), [(9.9, False), (10.0, True), (10.1, True)])
def test_a_still_picture_is_looked_at_again_after_a_while(time_s: float, moved: bool) -> None:
    assert gate(refresh_s=10.0).moved(time_s, GREY) is moved


def test_the_while_counts_from_the_last_look() -> None:
    watching = gate(refresh_s=10.0)
    assert watching.moved(6.0, with_block(200))
    assert not watching.moved(15.9, with_block(200))
    assert watching.moved(16.0, with_block(200))


def test_time_that_goes_backwards_is_a_look() -> None:
    watching = gate()
    assert watching.moved(5.0, with_block(200))
    assert watching.moved(4.9, with_block(200))
    assert not watching.moved(4.9, with_block(200))


@pytest.mark.parametrize("shape", [(180, 320), (120, 160), (480, 640), (1, 1)])
def test_another_size_is_motion(shape: tuple[int, int]) -> None:
    watching = gate()
    picture = np.full(shape, 100, np.uint8)
    assert watching.moved(0.1, picture)
    assert not watching.moved(0.2, picture)


@pytest.mark.parametrize(
    ("shape", "blocks"),
    [((240, 320), (30, 40)), ((180, 320), (22, 40)), ((480, 640), (30, 40)), ((3, 5), (3, 5))],
)
def test_blocks_are_about_forty_across(shape: tuple[int, int], blocks: tuple[int, int]) -> None:
    assert block_means(np.zeros(shape, np.uint8)).shape == blocks


@pytest.mark.parametrize("sd", [3, 8])
def test_the_noise_of_a_still_room_is_no_motion(sd: float) -> None:
    chance = np.random.default_rng(sd)
    watching = MotionGate(refresh_s=FOREVER_S)
    # Frames are cut out of one field of noise, which is quicker than to make each anew.
    field = chance.standard_normal((400, 480), np.float32) * sd
    looks = 0
    for number in range(1000):
        top, left = chance.integers(0, 160, 2)
        noise = field[top : top + 240, left : left + 320]
        looks += watching.moved(number / 5, np.clip(PHOTO + noise, 0, 255).astype(np.uint8))
    assert looks == 1


@pytest.mark.parametrize("side", [12, 20, 40])
def test_a_head_that_comes_in_is_motion(side: int) -> None:
    watching = MotionGate(refresh_s=FOREVER_S)
    watching.moved(0.0, PHOTO)
    head = resized(read_picture(asset_path(ASTRONAUT))[40:200, 150:310], side, side)
    picture = PHOTO.copy()
    picture[100 : 100 + side, 200 : 200 + side] = head
    assert watching.moved(0.1, picture)


@pytest.mark.parametrize("width", [320, 64])
def test_a_smile_is_motion(data_folder: Path, width: int) -> None:
    clip = open_clip(data_folder / "media" / "pyfeat_single_face.mp4")
    frames = [image for _, image in clip.frames()]
    neutral, smile = (scene_of(frames[number], width) for number in (14, 25))
    watching = MotionGate(refresh_s=FOREVER_S)
    assert watching.moved(0.0, neutral)
    assert watching.moved(0.1, smile)


def scene_of(image: GreyImage, width: int) -> GreyImage:
    """The clip's picture, `width` pixels wide, in an even room: its face has a third of that."""
    room = GREY.copy()
    height = round(image.shape[0] * width / image.shape[1])
    room[10 : 10 + height, :width] = cv2.resize(image, (width, height), None, 0, 0, cv2.INTER_AREA)
    return room
