"""What counts as a reading."""

from __future__ import annotations

import math

import pytest

from fakes.vision import sure
from moodspeaker.mood.evidence import LEAST_QUALITY, merged, scores_of, usable, weight_of
from moodspeaker.types import Emotion, Observation, Scores

HAPPY = sure(Emotion.HAPPY)
TO_ANGRY = ((Emotion.DISGUST, Emotion.ANGRY), (Emotion.FEAR, Emotion.ANGRY))
MIXED = (0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1)


def test_scores_in_order_are_taken_as_they_are() -> None:
    assert usable(HAPPY) == HAPPY.values


@pytest.mark.parametrize("factor", [1e-300, 0.5, 0.999, 1.001, 2.0, 1e300])
def test_scores_of_another_sum_are_scaled(factor: float) -> None:
    assert usable(Scores(tuple(factor * p for p in MIXED))) == pytest.approx(MIXED)


@pytest.mark.parametrize(
    "values",
    [
        (0.0,) * 7,
        (math.nan,) * 7,
        (*MIXED[:6], math.nan),
        (*MIXED[:6], math.inf),
        (*MIXED[:6], -1e-9),
        (math.inf, -math.inf, 0.0, 0.0, 0.0, 0.0, 0.0),
        (1e308,) * 7,
    ],
)
def test_scores_that_make_no_sense_are_no_reading(values: tuple[float, ...]) -> None:
    assert usable(Scores(values)) is None


def test_no_scores_are_no_reading() -> None:
    assert usable(None, TO_ANGRY) is None


def test_a_merged_emotion_has_nothing_and_the_other_one_both_shares() -> None:
    expected = (0.6, 0.0, 0.0, 0.1, 0.1, 0.1, 0.1)
    assert merged(MIXED, TO_ANGRY) == pytest.approx(expected)
    assert usable(Scores(tuple(3 * p for p in MIXED)), TO_ANGRY) == pytest.approx(expected)


def test_no_merges_change_nothing() -> None:
    assert merged(MIXED, ()) == MIXED


def test_labels_may_come_in_any_order_and_some_be_left_out() -> None:
    scores = scores_of({"sad": 0.25, "happy": 0.75})
    assert (scores[Emotion.HAPPY], scores[Emotion.SAD], sum(scores.values)) == (0.75, 0.25, 1.0)


def test_contempt_counts_as_neutral() -> None:
    scores = scores_of({"contempt": 0.25, "neutral": 0.5, "happy": 0.25})
    assert scores[Emotion.NEUTRAL] == 0.75


def test_a_label_that_nobody_knows_counts_for_nothing() -> None:
    assert sum(scores_of({"bored": 0.5, "happy": 0.5}).values) == 0.5


@pytest.mark.parametrize(
    ("quality", "weight"),
    [
        (math.nan, 0.0),
        (-math.inf, 0.0),
        (-0.01, 0.0),
        (0.0, 0.0),
        (LEAST_QUALITY - 0.01, 0.0),
        (LEAST_QUALITY, LEAST_QUALITY),
        (0.3, 0.3),
        (0.99, 0.99),
        (1.0, 1.0),
        (1.01, 1.0),
        (math.inf, 1.0),
    ],
)
def test_quality_weighs_from_the_least_that_counts_to_one(quality: float, weight: float) -> None:
    assert weight_of(Observation(0.0, 1, HAPPY, quality)) == weight
