"""Crops, network input and int8 numbers."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from moodspeaker.types import Box, Face
from moodspeaker.vision.manifest import InputSpec
from moodspeaker.vision.preprocess import (
    dequantised,
    face_crop,
    network_input,
    quantised,
    square_crop,
)

SPEC = InputSpec(48, 48, 1, "grey", mean=127.5, std=127.5, equalise="none", margin=0.0)


def ramp() -> np.ndarray:
    """100 high, 120 wide; each pixel its column."""
    return np.tile(np.arange(120, dtype=np.uint8), (100, 1))


def test_a_crop_is_the_square_round_the_middle_of_the_box() -> None:
    crop = square_crop(ramp(), Box(40, 30, 20, 10), margin=0.0)
    assert crop.shape == (20, 20)
    assert (crop[0, 0], crop[0, -1]) == (40, 59)


def test_the_margin_is_added_on_every_side() -> None:
    crop = square_crop(ramp(), Box(40, 30, 20, 20), margin=0.25)
    assert crop.shape == (30, 30)
    assert (crop[0, 0], crop[0, -1]) == (35, 64)


@pytest.mark.parametrize("box", [Box(-10, -10, 40, 40), Box(100, 80, 60, 60), Box(300, 300, 8, 8)])
def test_past_the_border_the_border_is_repeated(box: Box) -> None:
    crop = square_crop(ramp(), box, 0.0)
    assert crop.shape == (round(box.width),) * 2
    assert crop.max() <= 119


def test_a_box_of_no_size_is_one_pixel() -> None:
    assert square_crop(ramp(), Box(5, 5, 0, 0), 0.0).shape == (1, 1)


def tilted(degrees: float) -> Face:
    """A face of 40 pixels in the middle of `ramp`, its eyes turned clockwise."""
    x, y = (8 * math.cos(math.radians(degrees)), 8 * math.sin(math.radians(degrees)))
    return Face(Box(40, 30, 40, 40), 0.9, ((60 - x, 45 - y), (60 + x, 45 + y)))


@pytest.mark.parametrize("degrees", [0.0, 11.9, -11.9, 61.0, -90.0])
def test_a_face_that_is_hardly_tilted_or_lies_is_cropped_as_it_is(degrees: float) -> None:
    expected = square_crop(ramp(), Box(40, 30, 40, 40), 0.1)
    assert np.array_equal(face_crop(ramp(), tilted(degrees), 0.1), expected)


@pytest.mark.parametrize("degrees", [12.1, -12.1, 30.0, -59.0])
def test_a_tilted_face_is_turned_upright_round_its_middle(degrees: float) -> None:
    upright = np.zeros((100, 120), dtype=np.uint8)
    upright[47:53, 52:68] = 200
    turn = cv2.getRotationMatrix2D((60, 50), -degrees, 1.0)
    picture = cv2.warpAffine(upright, turn, (120, 100))
    crop = face_crop(picture, tilted(degrees), 0.0)
    assert crop.shape == (40, 40)
    assert crop[18:22, 13:27].min() > 150
    assert crop[:12].max() == crop[28:].max() == 0


def test_a_face_without_eyes_is_cropped_as_it_is() -> None:
    face = Face(Box(40, 30, 40, 40), 0.9)
    assert np.array_equal(face_crop(ramp(), face, 0.1), square_crop(ramp(), face.box, 0.1))


def test_network_input_is_normalised_and_has_the_models_shape() -> None:
    values = network_input(np.full((60, 60), 255, dtype=np.uint8), SPEC)
    assert values.shape == (1, 48, 48, 1)
    assert values.dtype == np.float32
    assert values == pytest.approx(1.0)


def test_a_colour_model_gets_grey_in_all_three_channels() -> None:
    spec = InputSpec(48, 48, 3, "rgb", 0, 1, "none", 0)
    values = network_input(np.arange(48 * 48, dtype=np.uint8).reshape(48, 48), spec)
    assert values.shape == (1, 48, 48, 3)
    assert (values[..., 0] == values[..., 2]).all()


@pytest.mark.parametrize("how", ["histogram", "clahe"])
def test_equalising_spreads_a_dull_picture(how: str) -> None:
    dull = np.tile(np.arange(100, 148, dtype=np.uint8), (48, 1))
    spec = InputSpec(48, 48, 1, "grey", 0, 1, how, 0)
    assert np.ptp(network_input(dull, spec)) > np.ptp(dull)


@pytest.mark.parametrize(
    ("value", "step"), [(0.9999, 127), (1.01, 127), (-0.01, -128), (0.0, -128), (0.502, 0)]
)
def test_quantising_rounds_and_clips_and_never_wraps(value: float, step: int) -> None:
    assert quantised(np.array([value], dtype=np.float32), 1 / 255, -128)[0] == step


def test_dequantising_widens_before_it_subtracts() -> None:
    values = dequantised(np.array([127, -128], dtype=np.int8), 1 / 255, -128)
    assert values == pytest.approx([1.0, 0.0])
