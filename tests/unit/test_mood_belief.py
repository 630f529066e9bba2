"""The hidden Markov model of moods, number by number."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fakes.moods import NUMBERS
from fakes.vision import sure
from moodspeaker.mood import belief as module
from moodspeaker.mood.belief import (
    ERRORS,
    EVEN,
    FADING,
    FAINTEST,
    MISTAKEN,
    BeliefFilter,
    mistaken_places,
    shares_at_large,
)
from moodspeaker.mood.settings import MoodSettings
from moodspeaker.mood.smoothing import LONGEST_STEP_S, SHORTEST_STEP_S
from moodspeaker.types import EMOTION_INDEX, Emotion, Scores

LONG_STAY = replace(NUMBERS, stay_s=1e9)
"""Moods that never end by themselves, so that a step of the belief is the reading's alone."""
ONCE_S = NUMBERS.smoothing_s / ERRORS
HAPPY = sure(Emotion.HAPPY).values
FAINTLY_HAPPY = sure(Emotion.HAPPY, 0.2).values
ANGRY = sure(Emotion.ANGRY, 0.95).values


def odds(believed: tuple[float, ...], of: Emotion, against: Emotion) -> float:
    """Their logarithm."""
    return math.log(believed[EMOTION_INDEX[of]] / believed[EMOTION_INDEX[against]])


def speaks(
    reading: tuple[float, ...], settings: MoodSettings, of: Emotion, other: Emotion
) -> float:
    """By how much one whole reading raises the odds."""
    trust, distrust = 1 - settings.distrust, settings.distrust
    raised = [
        math.log(trust * reading[i] / settings.priors[i] + distrust)
        for i in (EMOTION_INDEX[of], EMOTION_INDEX[other])
    ]
    return raised[0] - raised[1]


def worth_of_next(
    shown: BeliefFilter, reading: tuple[float, ...], gap_s: float = 1.0, weight: float = 1.0
) -> float:
    """As how much of a whole reading the next one counts."""
    before = odds(shown.belief() or EVEN, Emotion.HAPPY, Emotion.SURPRISE)
    shown.add(gap_s, reading, weight, LONG_STAY)
    after = odds(shown.belief() or EVEN, Emotion.HAPPY, Emotion.SURPRISE)
    return (after - before) / speaks(reading, LONG_STAY, Emotion.HAPPY, Emotion.SURPRISE)


def shown(reading: tuple[float, ...], seconds: int, settings: MoodSettings) -> BeliefFilter:
    """The same reading for so long, one a second, the first of them without a step."""
    made = BeliefFilter()
    made.add(0.0, reading, 1.0, settings)
    for _ in range(seconds):
        made.add(1.0, reading, 1.0, settings)
    return made


def test_nothing_is_believed_before_anything_was_read() -> None:
    assert BeliefFilter().belief() is None


def test_what_was_read_can_be_forgotten() -> None:
    # So faint a reading does not differ from none at all: how long it lasted is forgotten too.
    made = shown(FAINTLY_HAPPY, 30, NUMBERS)
    made.forget()
    assert made.belief() is None
    made.add(0.0, FAINTLY_HAPPY, 1.0, NUMBERS)
    assert made.belief() == shown(FAINTLY_HAPPY, 0, NUMBERS).belief()


@pytest.mark.parametrize("gap_s", [0.0, 299.0, 300.0, 301.0, 3000.0])
def test_a_belief_drifts_to_evenness_as_moods_end(gap_s: float) -> None:
    made = shown(HAPPY, 60, NUMBERS)
    before = made.belief() or ()
    # An even reading says what was known before: with even priors it moves nothing.
    made.add(gap_s, EVEN, 1.0, NUMBERS)
    left = math.exp(-gap_s / NUMBERS.stay_s)
    expected = [1 / 7 + left * (p - 1 / 7) for p in before]
    assert made.belief() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("gap_s", "counted_s"),
    [(1.9, 1.9), (2.0, 2.0), (2.1, 2.0), (0.06, 0.06), (0.05, 0.05), (0.04, 0.05), (0.0, 0.05)],
)
def test_a_frame_speaks_for_its_step_and_for_no_longer_or_shorter_than_the_limits(
    gap_s: float, counted_s: float
) -> None:
    assert (SHORTEST_STEP_S, LONGEST_STEP_S) == (0.05, 2.0)
    once = worth_of_next(BeliefFilter(), FAINTLY_HAPPY, gap_s)
    assert once == pytest.approx(counted_s / (ONCE_S + FADING * gap_s), rel=1e-4)


@pytest.mark.parametrize("weight", [0.01, 0.5, 1.0])
def test_a_poor_frame_counts_for_less(weight: float) -> None:
    once = worth_of_next(BeliefFilter(), FAINTLY_HAPPY, 0.0, weight)
    assert once == pytest.approx(weight * SHORTEST_STEP_S / ONCE_S, rel=1e-4)


FAINTEST_AT_S = (FAINTEST - 1) * ONCE_S / FADING


@pytest.mark.parametrize("off_s", [-1.0, 0.0, 1.0, 100.0])
def test_a_reading_that_stays_the_same_loses_worth_down_to_the_faintest(off_s: float) -> None:
    same_s = FAINTEST_AT_S + off_s
    made = BeliefFilter()
    made.add(same_s - 1.0, FAINTLY_HAPPY, 1.0, LONG_STAY)
    divisor = min(ONCE_S + FADING * same_s, FAINTEST * ONCE_S)
    assert worth_of_next(made, FAINTLY_HAPPY) == pytest.approx(1 / divisor, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "fresh"), [(0.484375, False), (0.5, False), (0.515625, True), (0.75, True)]
)
def test_a_reading_that_differs_by_more_than_the_limit_counts_afresh(
    change: float, fresh: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OTHER_READING", 0.5)
    first = (0.0, 0.0, 0.0, 0.5, 0.0, 0.5, 0.0)
    moved = (0.0, 0.0, 0.0, 0.5 + change / 2, 0.0, 0.5 - change / 2, 0.0)
    made = BeliefFilter()
    made.add(0.0, first, 1.0, LONG_STAY)
    made.add(1000.0, first, 1.0, LONG_STAY)
    divisor = ONCE_S if fresh else FAINTEST * ONCE_S
    assert worth_of_next(made, moved) == pytest.approx(1 / divisor, rel=1e-3)


def test_readings_are_held_against_the_first_of_their_kind_so_that_no_creeping_one_is_new() -> None:
    made, last = BeliefFilter(), (0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    made.add(0.0, last, 1.0, LONG_STAY)
    for share in (0.9, 0.8, 0.71):
        made.add(20.0, (0.0, 0.0, 0.0, share, 0.0, 1 - share, 0.0), 1.0, LONG_STAY)
    crept = (0.0, 0.0, 0.0, 0.69, 0.0, 0.31, 0.0)
    assert worth_of_next(made, crept) == pytest.approx(1 / ONCE_S, rel=1e-3)


def test_what_is_read_as_often_as_in_faces_at_large_says_nothing() -> None:
    settings = replace(LONG_STAY, priors=HAPPY)
    assert shown(HAPPY, 60, settings).belief() == pytest.approx(EVEN, abs=1e-6)


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_a_higher_prior_makes_an_emotion_come_less_often(factor: float) -> None:
    priors = [p * factor if e is Emotion.HAPPY else p for e, p in zip(Emotion, EVEN, strict=True)]
    scaled = replace(LONG_STAY, priors=tuple(p / sum(priors) for p in priors))
    made = shown(FAINTLY_HAPPY, 0, scaled)
    expected = SHORTEST_STEP_S / ONCE_S * speaks(FAINTLY_HAPPY, scaled, Emotion.HAPPY, Emotion.SAD)
    assert odds(made.belief() or (), Emotion.HAPPY, Emotion.SAD) == pytest.approx(expected)


def test_of_priors_only_the_ratios_count() -> None:
    thrice = replace(NUMBERS, priors=tuple(3 * p for p in NUMBERS.priors))
    assert shown(HAPPY, 5, thrice).belief() == pytest.approx(shown(HAPPY, 5, NUMBERS).belief())


def test_priors_may_change_while_it_runs() -> None:
    made = shown(HAPPY, 20, NUMBERS)
    before = made.belief() or ()
    made.add(1.0, HAPPY, 1.0, replace(NUMBERS, priors=HAPPY, stay_s=1e9))
    assert made.belief() == pytest.approx(before, abs=1e-6)


def test_a_merged_emotion_is_expected_as_often_as_both_were() -> None:
    priors = Scores.from_mapping({"angry": 0.1, "disgust": 0.2, "sad": 0.3, "neutral": 0.4}).values
    merges = ((Emotion.DISGUST, Emotion.ANGRY), (Emotion.SAD, Emotion.ANGRY))
    found = shares_at_large(priors, merges)
    assert found == pytest.approx((0.6, 0.2, 0.0, 0.0, 0.3, 0.0, 0.4))
    assert shares_at_large(priors, ()) == pytest.approx(priors)


def test_a_face_as_most_are_says_nothing_with_emotions_merged_either() -> None:
    merges = ((Emotion.NEUTRAL, Emotion.SAD),)
    at_large = (0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.3)
    read = (0.1, 0.1, 0.1, 0.2, 0.4, 0.1, 0.0)
    made = shown(read, 60, replace(LONG_STAY, priors=at_large, merges=merges)).belief() or ()
    assert made[EMOTION_INDEX[Emotion.SAD]] == pytest.approx(made[EMOTION_INDEX[Emotion.HAPPY]])
    assert made[EMOTION_INDEX[Emotion.NEUTRAL]] < made[EMOTION_INDEX[Emotion.SAD]] / 100


@pytest.mark.parametrize(("emotion", "other", "share"), MISTAKEN)
def test_what_is_often_mistaken_is_not_driven_out_by_the_mistake(
    emotion: Emotion, other: Emotion, share: float
) -> None:
    read = sure(other, 0.95).values
    made = BeliefFilter()
    made.add(0.0, read, 1.0, LONG_STAY)
    believed = made.belief() or ()
    bystander = believed[EMOTION_INDEX[Emotion.HAPPY]]
    assert bystander < believed[EMOTION_INDEX[emotion]] < believed[EMOTION_INDEX[other]]
    assert 0 < share < 0.5


@pytest.mark.parametrize("merge", [(Emotion.DISGUST, Emotion.SAD), (Emotion.ANGRY, Emotion.SAD)])
def test_what_is_merged_away_is_mistaken_for_nothing(merge: tuple[Emotion, Emotion]) -> None:
    found = {(a, b) for a, b, _ in mistaken_places((merge,))}
    assert (EMOTION_INDEX[Emotion.DISGUST], EMOTION_INDEX[Emotion.ANGRY]) not in found
    assert len(found) == len(MISTAKEN) - 1


@pytest.mark.parametrize("distrust", [0.001, 0.2, 0.9])
def test_no_single_reading_can_say_more_than_the_distrust_lets_it(distrust: float) -> None:
    settings = replace(LONG_STAY, distrust=distrust)
    certain = Scores.from_mapping({"happy": 1.0}).values
    made = BeliefFilter()
    made.add(0.0, certain, 1.0, settings)
    most = math.log((1 - distrust) * 7 / distrust + 1) * SHORTEST_STEP_S / ONCE_S
    assert odds(made.belief() or (), Emotion.HAPPY, Emotion.SAD) == pytest.approx(most)


def test_more_distrust_believes_more_slowly() -> None:
    beliefs = [
        shown(HAPPY, 5, replace(NUMBERS, distrust=distrust)).belief() or ()
        for distrust in (0.1, 0.2, 0.3)
    ]
    assert sorted(beliefs, key=lambda b: -b[EMOTION_INDEX[Emotion.HAPPY]]) == beliefs


def test_a_face_that_keeps_still_is_believed_some_day() -> None:
    at = EMOTION_INDEX[Emotion.HAPPY]
    assert (shown(HAPPY, 60, NUMBERS).belief() or ())[at] > 0.95
    assert (shown(sure(Emotion.HAPPY, 0.5).values, 120, NUMBERS).belief() or ())[at] > 0.9


def test_one_error_of_three_seconds_does_not_turn_a_settled_belief() -> None:
    made = shown(HAPPY, 300, NUMBERS)
    for _ in range(15):
        made.add(0.2, ANGRY, 1.0, NUMBERS)
    believed = made.belief() or ()
    assert believed[EMOTION_INDEX[Emotion.HAPPY]] > 0.5
    assert believed[EMOTION_INDEX[Emotion.HAPPY]] > 2 * believed[EMOTION_INDEX[Emotion.ANGRY]]


def test_two_hundred_certain_and_opposite_readings_leave_a_belief_that_sums_to_one() -> None:
    made = BeliefFilter()
    settings = replace(NUMBERS, distrust=0.001, smoothing_s=0.1, priors=(0.001, *(1.0,) * 6))
    for emotion in (Emotion.ANGRY, Emotion.SAD) * 100:
        made.add(2.0, Scores.from_mapping({emotion: 1.0}).values, 1.0, settings)
        believed = made.belief() or ()
        assert sum(believed) == pytest.approx(1)
        assert min(believed) >= 0
