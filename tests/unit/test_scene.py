"""What is wrong with a whole picture, and when that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from moodspeaker.runtime.assets import ASTRONAUT, ROOM, asset_path
from moodspeaker.types import Trouble
from moodspeaker.vision.clips import read_picture
from moodspeaker.vision.preprocess import resized
from moodspeaker.vision.scene import SceneLimits, SceneWatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.ports import GreyImage

SHAPE = (240, 320)
STEP_S = 0.2
CHANCE = np.random.default_rng(1)


def noisy(picture: np.ndarray | float, sd: float) -> GreyImage:
    """A sensor's picture of `picture`, which is a level or an image."""
    noise = CHANCE.normal(0, sd, SHAPE)
    return np.clip(np.rint(np.full(SHAPE, picture) + noise), 0, 255).astype(np.uint8)


def photo(name: str) -> GreyImage:
    """A real one, at the detector's size."""
    return resized(read_picture(asset_path(ROOM if name == "room" else ASTRONAUT)), *SHAPE[::-1])


ROOM_PHOTO, PORTRAIT = photo("room"), photo("portrait")


def half(picture: GreyImage, rows: int, level: int = 0) -> GreyImage:
    """The lowest `rows` are lost."""
    broken = picture.copy()
    broken[len(picture) - rows :] = level
    return broken


def smeared(picture: GreyImage) -> GreyImage:
    """The lower half is the last good row, again and again."""
    broken = picture.copy()
    broken[120:] = broken[119]
    return broken


def told(
    make: Callable[[], GreyImage], until_s: float, live: bool = True, faces: int = 0
) -> Trouble | None:
    """What a fresh watch says of the picture at `until_s`, after one every fifth of a second."""
    watch = SceneWatch()
    said = None
    pictures = make(), make()
    for number in range(round(until_s / STEP_S) + 1):
        said = watch.look(number * STEP_S, pictures[number % 2], live, faces)
    return said


CASES = [
    (lambda: noisy(0, 0), Trouble.COVERED),
    (lambda: noisy(0, 2), Trouble.COVERED),
    (lambda: noisy(12, 3), Trouble.COVERED),
    (lambda: noisy(90, 1), Trouble.COVERED),
    (lambda: noisy(90, 3), Trouble.COVERED),
    (lambda: noisy(128, 0), Trouble.COVERED),
    (lambda: noisy(255, 0), Trouble.BRIGHT),
    (lambda: noisy(240, 3), Trouble.BRIGHT),
    (lambda: noisy(255 - (255.0 - ROOM_PHOTO) * 0.12, 2), Trouble.BRIGHT),
    (lambda: noisy(ROOM_PHOTO * 0.05, 2), Trouble.DARK),
    (lambda: noisy(PORTRAIT * 0.15, 3), Trouble.DARK),
    (lambda: half(noisy(ROOM_PHOTO, 2), 120), Trouble.BROKEN),
    (lambda: half(noisy(PORTRAIT, 2), 60, 128), Trouble.BROKEN),
    (lambda: smeared(noisy(ROOM_PHOTO, 2)), Trouble.BROKEN),
    (lambda: noisy(ROOM_PHOTO, 2), None),
    (lambda: noisy(PORTRAIT, 2), None),
    (lambda: noisy(ROOM_PHOTO * 0.4, 2), None),
    (lambda: half(noisy(ROOM_PHOTO, 2), 52), None),
]


@pytest.mark.parametrize(("make", "trouble"), CASES)
def test_a_trouble_is_told_by_its_name_once_it_has_lasted(
    make: Callable[[], GreyImage], trouble: Trouble | None
) -> None:
    assert told(make, 5) is trouble


def test_a_frozen_picture_is_told_after_six_seconds_and_only_of_a_sensor() -> None:
    def same() -> GreyImage:
        return ROOM_PHOTO

    assert told(same, 6.0) is None
    assert told(same, 6.2) is Trouble.FROZEN
    assert told(same, 60, live=False) is None


def test_one_pixel_that_changes_is_no_frozen_picture() -> None:
    other = ROOM_PHOTO.copy()
    other[100, 100] += 1
    pictures = iter((ROOM_PHOTO, other))
    assert told(lambda: next(pictures), 10) is None


@pytest.mark.parametrize(
    "picture", [noisy(ROOM_PHOTO * 0.1, 2), noisy(128, 2), noisy(230, 2)], ids=str
)
def test_a_picture_with_a_face_is_neither_dark_nor_bright_nor_covered(picture: GreyImage) -> None:
    assert told(lambda: picture, 10, live=False, faces=1) is None


def test_a_film_with_bars_above_and_below_is_whole() -> None:
    film = half(noisy(PORTRAIT, 2), 70)
    film[:70] = 0
    assert told(lambda: film, 10, live=False) is None


def test_it_is_told_after_four_seconds_and_cleared_after_one() -> None:
    watch = SceneWatch()
    dark, good = noisy(ROOM_PHOTO * 0.05, 2), noisy(ROOM_PHOTO, 2)
    at = [(s, watch.look(s, dark, False, 0)) for s in (0.0, 1.0, 2.0, 3.0, 3.9)]
    assert {said for _, said in at} == {None}
    assert watch.look(4.0, dark, False, 0) is Trouble.DARK
    assert watch.look(4.9, good, False, 0) is Trouble.DARK
    assert watch.look(5.0, good, False, 0) is None


def test_a_trouble_that_pauses_for_less_than_a_second_goes_on() -> None:
    watch = SceneWatch()
    dark, good = noisy(ROOM_PHOTO * 0.05, 2), noisy(ROOM_PHOTO, 2)
    said = [watch.look(n * 0.5, good if n % 4 == 3 else dark, False, 0) for n in range(10)]
    assert said[-1] is Trouble.DARK


def test_a_good_second_starts_the_count_again() -> None:
    watch = SceneWatch()
    dark, good = noisy(ROOM_PHOTO * 0.05, 2), noisy(ROOM_PHOTO, 2)
    for time_s, picture in ((0.0, dark), (3.0, dark), (4.0, good), (5.0, dark), (8.9, dark)):
        assert watch.look(time_s, picture, False, 0) is None
    assert watch.look(9.0, dark, False, 0) is Trouble.DARK


@pytest.mark.parametrize("next_s", [50.0, 131.0], ids=["back", "far on"])
def test_time_that_jumps_starts_afresh(next_s: float) -> None:
    watch = SceneWatch()
    dark = noisy(ROOM_PHOTO * 0.05, 2)
    assert watch.look(96.0, dark, False, 0) is None
    assert watch.look(100.0, dark, False, 0) is Trouble.DARK
    assert watch.look(next_s, dark, False, 0) is None


def test_limits_can_be_set() -> None:
    watch = SceneWatch(SceneLimits(after_s=0.0))
    assert watch.look(0.0, noisy(128, 2), True, 0) is Trouble.COVERED


def test_pictures_of_another_size_or_of_one_pixel_are_looked_at() -> None:
    watch = SceneWatch()
    for number, shape in enumerate(((240, 320), (1, 1), (3, 500), (120, 160))):
        assert watch.look(float(number), np.zeros(shape, np.uint8), True, 0) is None
