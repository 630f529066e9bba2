"""Curves, calibration and intervals against cases that were counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moodspeaker_convert.measuring import calibration_error, curves, intervals
from moodspeaker_convert.measuring.measured import Measured
from moodspeaker_convert.measuring.measures import figures


def two(share_of_a, truth):
    """Answers over the labels a and b."""
    share = np.asarray(share_of_a, dtype=np.float64)
    return Measured(("a", "b"), np.stack([share, 1 - share], axis=1), np.asarray(truth))


def test_the_area_under_the_roc_curve_is_the_share_of_pairs_in_order():
    # Of a's 0.9 and 0.4 against b's 0.6 and 0.1 three pairs of four are in order.
    measured = two([0.9, 0.4, 0.6, 0.1], [0, 0, 1, 1])
    assert curves.roc(measured, "a").area == 0.75
    assert curves.areas(measured)["b"]["auc"] == 0.75


def test_the_average_precision_is_the_mean_at_each_hit():
    # The hits stand first and third: (1/1 + 2/3) / 2.
    measured = two([0.9, 0.4, 0.6, 0.1], [0, 0, 1, 1])
    assert curves.precision_recall(measured, "a").area == pytest.approx(5 / 6, abs=1e-6)


def test_equal_scores_are_worth_chance():
    measured = two([0.5, 0.5, 0.5, 0.5], [0, 1, 1, 1])
    assert curves.areas(measured)["a"] == {"auc": 0.5, "average_precision": 0.25}


def test_a_label_without_a_picture_has_no_area():
    found = curves.areas(two([0.9, 0.4], [0, 0]))
    assert found["b"] == {"auc": None, "average_precision": None}
    # Nothing to tell a from: no order, but every answer of a is right.
    assert found["a"] == {"auc": None, "average_precision": 1}


def test_the_calibration_error_weighs_the_bins_by_their_pictures():
    # Four at 0.9 of which three are right, one at 0.6 that is wrong.
    measured = two([0.9, 0.9, 0.9, 0.9, 0.6], [0, 0, 0, 1, 1])
    bins = calibration_error.reliability(measured)
    assert len(bins) == 15
    assert {i: one.n for i, one in enumerate(bins) if one.n} == {8: 1, 13: 4}
    assert bins[13].accuracy == 0.75
    error = calibration_error.expected_calibration_error(bins)
    assert error == pytest.approx((4 * 0.15 + 1 * 0.6) / 5)


def test_certain_and_right_is_no_calibration_error():
    bins = calibration_error.reliability(two([1.0, 0.0], [0, 1]))
    assert bins[14].n == 2
    assert calibration_error.expected_calibration_error(bins) == 0


def test_a_bin_holds_its_upper_end():
    bins = calibration_error.reliability(two([0.5, 0.75], [0, 0]), count=4)
    assert [one.n for one in bins] == [0, 1, 1, 0]


def test_a_sum_a_hair_over_1_falls_into_the_last_bin():
    measured = Measured(("a",), np.array([[1 + 1e-7]]), np.array([0]))
    assert calibration_error.reliability(measured)[-1].n == 1


def test_the_log_loss_is_the_mean_over_the_truths():
    measured = two([0.5, 0.25], [0, 1])
    expected = -(math.log(0.5) + math.log(0.75)) / 2
    assert calibration_error.negative_log_likelihood(measured) == pytest.approx(expected, abs=1e-6)


def test_an_impossible_truth_is_not_infinitely_bad():
    assert calibration_error.negative_log_likelihood(two([1.0], [1])) == pytest.approx(27.631021)


def test_no_picture_is_no_error():
    nothing = Measured(("a", "b"), np.zeros((0, 2)), np.zeros(0, dtype=np.int64))
    bins = calibration_error.reliability(nothing)
    assert calibration_error.expected_calibration_error(bins) == 0
    assert calibration_error.negative_log_likelihood(nothing) == 0
    assert curves.areas(nothing)["a"] == {"auc": None, "average_precision": None}
    assert intervals.macro_f1(nothing.figures()) == intervals.Interval(0, 1)


def test_wilsons_interval_of_known_counts():
    found = intervals.wilson(8, 10)
    assert (found.low, found.high) == pytest.approx((0.490162, 0.943318), abs=1e-5)
    assert intervals.wilson(0, 10).low == 0
    assert intervals.wilson(10, 10).high == pytest.approx(1)
    assert intervals.wilson(0, 0) == intervals.Interval(0, 1)


def test_the_bootstrap_repeats_itself_and_holds_the_figure():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 300)
    predicted = np.where(rng.random(300) < 0.7, truth, rng.integers(0, 3, 300))
    found = figures(("a", "b", "c"), truth, predicted)
    interval = intervals.macro_f1(found, seed=5)
    assert interval == intervals.macro_f1(found, seed=5)
    assert interval.low < found.macro_f1 < interval.high
    assert 0.05 < interval.high - interval.low < 0.15


def test_the_interval_of_a_mean_has_the_width_of_its_error():
    values = np.random.default_rng(3).normal(2, 1, 400)
    interval = intervals.mean(values)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 / 20, rel=0.15)
    assert interval.low < values.mean() < interval.high
