"""The limits at which a conversion is refused, on both sides of each."""

from __future__ import annotations

import numpy as np
import pytest

from moodspeaker_convert.export.gate import (
    Comparison,
    GateReport,
    compare,
    comparison_checks,
    worst_recall,
)
from moodspeaker_convert.export.temperature import fit_temperature
from moodspeaker_convert.measuring.measured import Measured


def failed(drop=0.0, agreement=1.0, loss=0.0, allowed=0.05):
    """The names of the checks that fail, without the runtime."""
    one = Comparison(
        "x", 1000, 0.7, 0.7 - drop, agreement, "sad", loss, allowed, float_ece=0.5, int8_ece=0.9
    )
    return [check.name.split(",")[0] for check in comparison_checks(one) if not check.ok]


def answers(predicted, truth, labels=3):
    return Measured(tuple("abc")[:labels], np.eye(labels)[np.asarray(predicted)], np.asarray(truth))


@pytest.mark.parametrize(("drop", "names"), [(0.0099, []), (0.01, []), (0.0101, ["accuracy"])])
def test_a_point_of_accuracy_may_go(drop, names):
    assert failed(drop=drop) == names


@pytest.mark.parametrize(("agreement", "names"), [(0.97, []), (0.969, ["agreement"])])
def test_three_pictures_in_a_hundred_may_be_decided_otherwise(agreement, names):
    assert failed(agreement=agreement) == names


@pytest.mark.parametrize(("loss", "names"), [(0.049, []), (0.05, []), (0.051, ["recall"])])
def test_no_class_may_lose_more_than_five_points(loss, names):
    assert failed(loss=loss) == names


def test_a_gain_and_a_bad_calibration_are_no_failure():
    assert failed(drop=-0.05) == []


def test_the_comparison_counts_the_leaders():
    truth = [0, 1, 1, 1]
    found = compare("x", answers([0, 1, 1, 0], truth), answers([0, 0, 1, 0], truth))
    assert (found.float_accuracy, found.int8_accuracy, found.agreement) == (0.75, 0.5, 0.75)
    assert (found.worst_class, found.n) == ("b", 4)
    assert found.recall_loss == pytest.approx(1 / 3)


def test_one_picture_of_a_small_class_may_go_and_two_may_not():
    truth = np.repeat([0, 1], [100, 10])
    before = answers(truth, truth)
    for lost, fine in ((1, True), (2, False)):
        changed = truth.copy()
        changed[-lost:] = 0
        label, loss, allowed = worst_recall(before, answers(changed, truth))
        assert label == "b"
        assert (loss <= allowed + 1e-9) is fine


def test_a_class_without_pictures_is_not_judged():
    truth = np.array([0, 0, 1])
    assert worst_recall(answers(truth, truth), answers(truth, truth))[0] in "ab"


def test_a_report_passes_only_with_all_its_checks_and_tells_them_all():
    one = compare("x", answers([0, 1], [0, 1]), answers([0, 0], [0, 1]))
    report = GateReport(tuple(comparison_checks(one)), (one,))
    assert not report.passed
    assert report.first_failure.name == "accuracy, x"
    assert report.as_text().count("FAILED") == 2
    assert report.as_json()["comparisons"][0]["int8_accuracy"] == 0.5


@pytest.mark.parametrize("made_with", [0.7, 1.0, 2.0])
def test_the_temperature_undoes_the_one_that_the_outputs_were_made_with(made_with):
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 1.5, (900, 5))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([rng.choice(5, p=share) for share in shares])
    powers = shares ** (1 / made_with)
    outputs = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    assert fit_temperature(outputs, truth) == pytest.approx(1 / made_with, rel=0.2)
