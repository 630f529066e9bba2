"""BlazeFace's numbers to faces: what is dropped, what is merged, where a box lands."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moodspeaker.types import Box, Face
from moodspeaker.vision.anchors import BoxFit, anchor_centres, decode, logit, merged, to_face

SIDE = 128
ANCHORS = anchor_centres(SIDE)


def outputs(logits: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    """(raw, logits) of a model that sees nothing but at those anchors, boxes of 32 pixels."""
    raw = np.zeros((len(ANCHORS), 16), dtype=np.float32)
    raw[:, 2:4] = 32
    values = np.full(len(ANCHORS), -50.0, dtype=np.float32)
    for anchor, value in logits.items():
        values[anchor] = value
    return raw, values


@pytest.mark.parametrize(("score", "found"), [(0.499, 0), (0.5, 1), (0.501, 1)])
def test_a_row_counts_from_the_least_score_on(score: float, found: int) -> None:
    raw, logits = outputs({7: math.log(score / (1 - score))})
    assert len(decode(raw, logits, ANCHORS, SIDE, 0.5)) == found


@pytest.mark.parametrize(("least", "found"), [(0.0, len(ANCHORS)), (1.0, 0)])
def test_a_least_score_of_nought_takes_all_and_of_one_nothing(least: float, found: int) -> None:
    raw, logits = outputs({7: 3.0})
    assert len(decode(raw, logits, ANCHORS, SIDE, least)) == found


def test_a_score_is_the_logistic_of_the_raw_number() -> None:
    raw, logits = outputs({7: 3.0})
    (row,) = decode(raw, logits, ANCHORS, SIDE, 0.5)
    assert logit(float(row[0])) == pytest.approx(3.0, abs=1e-4)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("column", [0, 2, 5])
def test_only_the_row_that_is_not_finite_is_dropped(wrong: float, column: int) -> None:
    raw, logits = outputs({7: 3.0, 500: 3.0})
    raw[7, column] = wrong
    rows = decode(raw, logits, ANCHORS, SIDE, 0.5)
    assert len(rows) == 1
    assert rows[0, 1:3] + rows[0, 3:5] / 2 == pytest.approx(ANCHORS[500])


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_a_row_whose_score_is_not_finite_is_dropped(wrong: float) -> None:
    raw, logits = outputs({7: wrong, 500: 3.0})
    assert len(decode(raw, logits, ANCHORS, SIDE, 0.5)) == 1


def test_nothing_found_is_no_rows_of_the_right_width() -> None:
    raw, logits = outputs({})
    assert decode(raw, logits, ANCHORS, SIDE, 0.5).shape == (0, 9)


@pytest.mark.parametrize(("shape", "count"), [((288, 384), 6048), ((16, 384), 336)])
def test_an_oblong_input_has_anchors_for_each_of_its_cells(
    shape: tuple[int, int], count: int
) -> None:
    centres = anchor_centres(SIDE, shape)
    assert centres.shape == (count, 2)
    assert centres[:, 0].max() == pytest.approx(1 - 4 / 384)
    assert centres[:, 1].max() == pytest.approx((shape[0] - 4) / 384)


def test_the_square_of_the_model_is_one_of_the_shapes() -> None:
    assert np.array_equal(anchor_centres(SIDE, (SIDE, SIDE)), ANCHORS)


def rows_at(*xs: float) -> np.ndarray:
    """Boxes of a fifth at those places, the first the most certain."""
    rows = np.zeros((len(xs), 9), dtype=np.float32)
    rows[:, 0] = 0.9 - 0.1 * np.arange(len(xs))
    rows[:, 1] = xs
    rows[:, 3:5] = 0.2
    return rows


@pytest.mark.parametrize(("x", "faces"), [(0.106, 1), (0.109, 2)])
def test_boxes_are_one_face_where_they_share_more_than_three_tenths(x: float, faces: int) -> None:
    # Two squares of 0.2, moved by x: shared / union = (0.2 - x) / (0.2 + x), 0.3 at 0.1077.
    assert len(merged(rows_at(0.0, x))) == faces


def test_a_merged_face_keeps_the_highest_score_and_averages_the_place() -> None:
    (face,) = merged(rows_at(0.0, 0.017))
    assert face[0] == pytest.approx(0.9)
    assert face[1] == pytest.approx(0.8 * 0.017 / 1.7, rel=1e-4)


def test_faces_come_most_certain_first() -> None:
    shuffled = rows_at(0.0, 0.3, 0.6)[[1, 2, 0]]
    assert merged(shuffled)[:, 1] == pytest.approx([0.0, 0.3, 0.6])


def test_a_row_becomes_pixels_of_the_picture() -> None:
    row = np.array([0.9, 0.25, 0.5, 0.1, 0.2, 0.26, 0.55, 0.3, 0.56], dtype=np.float32)
    face = to_face(row, 200.0, 10.0, 30.0)
    assert (face.box.x, face.box.y) == pytest.approx((40, 70))
    assert (face.box.width, face.box.height) == pytest.approx((20, 40))
    assert face.eyes is not None
    assert face.eyes[0] == pytest.approx((42, 80))
    assert face.eyes[1] == pytest.approx((50, 82))


def test_a_fit_moves_the_middle_and_widens_round_it_and_leaves_the_eyes() -> None:
    eyes = ((20.0, 30.0), (40.0, 30.0))
    face = BoxFit(shift_y=-0.1, scale=1.5).applied(Face(Box(10, 20, 40, 40), 0.8, eyes))
    assert face.box == Box(0, 6, 60, 60)
    assert (face.score, face.eyes) == (0.8, eyes)


def test_no_fit_changes_nothing() -> None:
    face = Face(Box(1.5, 2.5, 40, 44), 0.8)
    assert BoxFit().applied(face) == face
