"""What makes a face hard to read, and by how much."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from moodspeaker.runtime.assets import ASTRONAUT, asset_path, model_folder
from moodspeaker.types import Box, Emotion, Face, Hindrance
from moodspeaker.vision.clips import read_picture
from moodspeaker.vision.emotion import TfliteEmotionModel
from moodspeaker.vision.preprocess import square_crop
from moodspeaker.vision.quality import QualityLimits, Ramp, assess, frontal, sharpness

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from moodspeaker.ports import GreyImage

LIMITS = QualityLimits()
FRONT = ((30.0, 40.0), (70.0, 40.0))
VOTES = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear")


@pytest.fixture(scope="module")
def crop() -> GreyImage:
    """A real face, 121 pixels square, sharp and well lit."""
    return square_crop(read_picture(asset_path(ASTRONAUT)), Box(175, 60, 101, 101), 0.1)


def levels(values: np.ndarray) -> GreyImage:
    """Rounded and clipped to 0..255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def judged(
    crop: GreyImage, width_px: float = 100.0, score: float = 1.0, eyes: object = FRONT
) -> tuple[float, Hindrance | None]:
    """A crop of a face that fills a box of 100 pixels."""
    face = Face(Box(0, 0, 100, 100), score, eyes)  # type: ignore[arg-type]
    return assess(crop, face, width_px, LIMITS)


def test_a_clear_face_has_full_quality_and_no_hindrance(crop: GreyImage) -> None:
    quality, hindrance = judged(crop)
    assert quality > 0.95
    assert hindrance is None


def test_the_detectors_score_is_a_factor_and_no_hindrance(crop: GreyImage) -> None:
    sure, _ = judged(crop)
    found = [judged(crop, score=score) for score in (0.2, 0.45, 0.7)]
    assert [quality for quality, _ in found] == pytest.approx([0.0, 0.5 * sure, sure])
    assert {hindrance for _, hindrance in found} == {None}


@pytest.mark.parametrize(
    ("harm", "hindrance"),
    [
        (lambda x: levels(x * 0.1), Hindrance.DARK),
        (lambda x: levels(255 - (255.0 - x) * 0.15), Hindrance.BRIGHT),
        (lambda x: levels(x * 3.5), Hindrance.BRIGHT),
        (lambda x: cv2.GaussianBlur(x, (0, 0), 5), Hindrance.BLURRED),
    ],
)
def test_a_harmed_face_is_of_low_quality_and_says_why(
    crop: GreyImage, harm: Callable[[GreyImage], GreyImage], hindrance: Hindrance
) -> None:
    quality, said = judged(harm(crop))
    assert quality < 0.5
    assert said is hindrance


@pytest.mark.parametrize(("width_px", "least", "most"), [(10, 0, 0), (21, 0.3, 0.6), (32, 0.9, 1)])
def test_a_face_counts_from_20_pixels_and_fully_at_40(
    crop: GreyImage, width_px: float, least: float, most: float
) -> None:
    quality, hindrance = judged(crop, width_px)
    assert least <= quality <= most
    assert (hindrance is Hindrance.SMALL) == (width_px < 32)


def test_the_worst_of_several_is_told(crop: GreyImage) -> None:
    dim = levels(crop * 0.15)
    assert judged(dim, width_px=29)[1] is Hindrance.DARK
    assert judged(dim, width_px=11)[1] is Hindrance.SMALL


def test_each_step_of_blur_lowers_the_quality(crop: GreyImage) -> None:
    steps = [judged(cv2.GaussianBlur(crop, (0, 0), sigma))[0] for sigma in (2, 3, 4, 6, 9)]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] < 0.05


@pytest.mark.parametrize("side", [60, 95, 96, 97, 240, 600])
def test_sharpness_hardly_depends_on_the_size_of_the_crop(crop: GreyImage, side: int) -> None:
    other = cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA)
    small = cv2.resize(crop, (48, 48), interpolation=cv2.INTER_AREA)
    again = judged(other)[0]
    assert again == pytest.approx(judged(small)[0], abs=0.05)


def test_sharpness_does_not_depend_on_contrast(crop: GreyImage) -> None:
    assert sharpness(levels(crop * 0.4 + 60)) == pytest.approx(sharpness(crop), abs=0.05)


def test_a_flat_crop_is_worth_nothing() -> None:
    assert judged(np.full((80, 80), 128, np.uint8)) == (0.0, Hindrance.BLURRED)


def test_without_eyes_nothing_is_said_about_turning() -> None:
    assert frontal(Face(Box(0, 0, 100, 100), 1.0), LIMITS) == 1.0


@pytest.mark.parametrize("degrees", [0, 30, -45])
def test_a_head_leaned_to_the_shoulder_is_not_turned_away(degrees: float) -> None:
    angle = math.radians(degrees)
    along = np.array([math.cos(angle), math.sin(angle)])
    middle = np.array([50.0, 50.0]) + 18 * np.array([math.sin(angle), -math.cos(angle)])
    left, right = middle - 20 * along, middle + 20 * along
    face = Face(Box(0, 0, 100, 100), 1.0, ((left[0], left[1]), (right[0], right[1])))
    assert frontal(face, LIMITS) == 1.0


@pytest.mark.parametrize(
    "eyes",
    [
        ((40.0, 40.0), (61.0, 40.0)),
        ((60.0, 40.0), (100.0, 40.0)),
        ((50.0, 40.0), (50.0, 40.0)),
        ((math.nan, 40.0), (70.0, 40.0)),
    ],
    ids=["near each other", "beside the middle", "one point", "no number"],
)
def test_eyes_that_do_not_look_here_are_told(crop: GreyImage, eyes: object) -> None:
    quality, hindrance = judged(crop, eyes=eyes)
    assert quality < 0.5
    assert hindrance is Hindrance.TURNED


@pytest.mark.parametrize(
    ("value", "share"),
    [(9.9, 0), (10, 0), (15, 0.5), (20, 1), (20.1, 1), (math.nan, 0), (math.inf, 1)],
)
def test_a_ramp_rises_between_its_limits(value: float, share: float) -> None:
    assert Ramp(bad=10, good=20).share(value) == pytest.approx(share)


def test_a_ramp_may_fall() -> None:
    falling = Ramp(bad=20, good=10)
    assert [falling.share(x) for x in (10, 15, 20)] == pytest.approx([1, 0.5, 0])


@pytest.fixture(scope="module")
def faces(data_folder: Path) -> tuple[np.ndarray, list[Emotion]]:
    """Real faces of 48 pixels with the emotion that most of ten people saw."""
    with np.load(data_folder / "data" / "fer2013_train_publictest.npz") as data:
        chosen = data["usage"] == 1
        images, votes = data["images"][chosen], data["ferplus_votes"][chosen]
    clear = (votes.max(axis=1) > 5) & (votes.argmax(axis=1) < len(VOTES))
    truths = [Emotion(VOTES[column]) for column in votes[clear].argmax(axis=1)]
    return images[clear], truths


def test_nearly_every_clean_face_of_a_data_set_is_of_good_quality(
    faces: tuple[np.ndarray, list[Emotion]],
) -> None:
    qualities = np.array([judged(image, 48.0)[0] for image in faces[0][:1000]])
    assert (qualities > 0.7).mean() >= 0.95


def test_the_model_errs_more_often_where_the_quality_is_low(
    faces: tuple[np.ndarray, list[Emotion]],
) -> None:
    model = TfliteEmotionModel(model_folder() / "emotion.tflite")
    harms: tuple[Callable[[GreyImage], GreyImage], ...] = (
        lambda x: x,
        lambda x: levels(x * 0.15),
        lambda x: levels(255 - (255.0 - x) * 0.2),
        lambda x: cv2.GaussianBlur(x, (0, 0), 1.5),
        lambda x: cv2.resize(x, (16, 16), interpolation=cv2.INTER_AREA),
    )
    good, bad = [], []
    for image, truth in list(zip(*faces, strict=True))[:60]:
        for harm in harms:
            picture = harm(image)
            right = model.read(picture).ranked()[0] is truth
            quality, _ = judged(picture, float(picture.shape[1]))
            (good if quality > 0.8 else bad if quality < 0.4 else []).append(right)
    assert len(bad) > 60
    assert np.mean(good) > np.mean(bad) + 0.1
