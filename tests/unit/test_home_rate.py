"""When a state is published."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from fakes.broker import A_STATE
from moodspeaker.home.rate import AT_ONCE, PERIOD_S, Published, due_s
from moodspeaker.types import Emotion, Mood, Scores, Source

LAST = Published(A_STATE, at_s=100.0)
LATER = LAST.at_s + PERIOD_S


def due(**changes: Any) -> float | None:
    """When the state with these changes is due."""
    return due_s(LAST, replace(A_STATE, **changes))


def test_the_first_state_goes_out_at_once() -> None:
    assert due_s(None, A_STATE) == AT_ONCE


def test_the_same_state_does_not_go_out_again() -> None:
    assert due() is None


@pytest.mark.parametrize(
    "change",
    [
        {"mood": Mood.SAD},
        {"source": Source.MANUAL},
        {"manual_mood": Emotion.SAD},
        {"override_until": 5.0},
        {"presence": False},
        {"following": False},
        {"camera": False},
        {"preview": True},
        {"held_by": "a human"},
        {"problem": "no camera"},
        {"camera_health": "absent"},
        {"model_health": "missing"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_decision_goes_out_at_once(change: dict[str, object]) -> None:
    assert due(**change) == AT_ONCE


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [(0.549, None), (0.55, LATER), (0.551, LATER), (0.451, None), (0.45, LATER), (0.449, LATER)],
)
def test_a_number_goes_out_after_the_period_when_it_moved_enough(
    confidence: float, expected: float | None
) -> None:
    assert due(confidence=confidence) == expected


@pytest.mark.parametrize("name", ["valence", "arousal", "intensity"])
def test_every_number_counts(name: str) -> None:
    assert due(**{name: 0.9}) == LATER


def test_a_score_counts_as_a_number() -> None:
    assert due(scores=Scores.from_mapping({"happy": 0.44, "sad": 0.56})) == LATER


def test_one_face_more_counts_as_a_number() -> None:
    assert due(faces=2) == LATER


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_a_number_that_becomes_unknown_has_moved(nothing: float | None) -> None:
    assert due(valence=nothing) == LATER


def test_scores_that_become_unknown_have_moved() -> None:
    assert due(scores=None) == LATER


def test_a_number_that_stays_unknown_has_not_moved() -> None:
    unknown = replace(A_STATE, valence=math.nan)
    assert due_s(Published(unknown, 100.0), replace(unknown, valence=None)) is None


def test_the_reason_alone_calls_for_nothing() -> None:
    assert due(reason="something else") is None


def test_slow_drift_adds_up_since_the_last_publication() -> None:
    drift = [due(confidence=0.5 + step / 100) for step in range(7)]
    assert drift == [None] * 5 + [LATER] * 2
