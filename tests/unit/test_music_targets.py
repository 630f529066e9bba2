"""Policies as targets for the next tracks."""

from __future__ import annotations

from itertools import pairwise

import pytest

from moodspeaker.music.plane import CALM, EMOTION_POINTS, UPLIFTED, Point
from moodspeaker.music.policy import LIFT_STEPS, Policy
from moodspeaker.music.targets import (
    NO_WISH,
    CustomWish,
    calmer,
    custom_point,
    target_point,
)
from moodspeaker.types import Emotion

SAD = EMOTION_POINTS[Emotion.SAD]
LOW = [point for point in EMOTION_POINTS.values() if point.valence < 0]
NEVER_HERE = Point(-0.01, -0.9)


def way(policy: Policy, start: Point, steps: int = 6) -> list[Point]:
    """The targets of the first tracks."""
    found = [target_point(policy, start, step) for step in range(steps)]
    return [point for point in found if point is not None]


@pytest.mark.parametrize("policy", [Policy.MATCH, Policy.LIFT, Policy.CALM])
@pytest.mark.parametrize("start", EMOTION_POINTS.values())
def test_the_first_track_is_where_the_listener_is(policy: Policy, start: Point) -> None:
    assert target_point(policy, start, 0) == start


@pytest.mark.parametrize("start", EMOTION_POINTS.values())
def test_match_stays_there(start: Point) -> None:
    assert set(way(Policy.MATCH, start)) == {start}


@pytest.mark.parametrize("start", [*LOW, NEVER_HERE])
def test_lift_never_falls_and_never_leaps(start: Point) -> None:
    for one, next_one in pairwise(way(Policy.LIFT, start)):
        assert next_one.valence >= one.valence
        assert next_one.distance(UPLIFTED) <= one.distance(UPLIFTED)
        assert one.distance(next_one) <= start.distance(UPLIFTED) / LIFT_STEPS + 1e-9


@pytest.mark.parametrize(
    ("policy", "goal", "start"),
    [*[(Policy.LIFT, UPLIFTED, p) for p in LOW], *[(Policy.CALM, CALM, p) for p in LOW]],
)
def test_lift_and_calm_arrive_with_the_last_step_and_stay(
    policy: Policy, goal: Point, start: Point
) -> None:
    distances = [point.distance(goal) for point in way(policy, start)]
    assert distances[LIFT_STEPS - 1] > 0.1
    assert distances[LIFT_STEPS:] == pytest.approx([0.0] * len(distances[LIFT_STEPS:]), abs=1e-9)


@pytest.mark.parametrize("valence", [0.0, 0.01, 0.8])
def test_lift_leaves_a_listener_who_is_well_where_he_is(valence: float) -> None:
    assert set(way(Policy.LIFT, Point(valence, 0.5))) == {Point(valence, 0.5)}


def test_calm_goes_down_from_anger_a_step_at_a_time() -> None:
    arousals = [point.arousal for point in way(Policy.CALM, EMOTION_POINTS[Emotion.ANGRY])]
    assert arousals == sorted(arousals, reverse=True)


def test_a_return_to_neutral_neither_restarts_a_lift_nor_lets_it_fall() -> None:
    faces = [Emotion.SAD, Emotion.SAD, Emotion.NEUTRAL, Emotion.NEUTRAL, Emotion.SAD]
    kept = [target_point(Policy.LIFT, SAD, step) for step, _ in enumerate(faces)]
    assert kept == way(Policy.LIFT, SAD, len(faces))
    assert kept[-1] != SAD


def test_a_step_before_the_first_counts_as_the_first() -> None:
    assert target_point(Policy.LIFT, SAD, -1) == SAD


def test_keep_has_no_target() -> None:
    assert way(Policy.KEEP, SAD) == []


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (CustomWish(point=Point(0.0, 0.0), moods=("sad",)), Point(0.0, 0.0)),
        (CustomWish(moods=("calm", "wibble"), genres=("metal",)), Point(0.3, -0.7)),
        (CustomWish(genres=("melodic death metal",)), Point(-0.1, 0.55)),
    ],
)
def test_a_custom_wish_has_its_own_target(wish: CustomWish, expected: Point) -> None:
    found = custom_point(wish)
    assert found is not None
    assert found.distance(expected) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "wish",
    [
        CustomWish(playlist="evening", moods=("calm",)),
        CustomWish(stream="http://radio.example/live", point=Point(0.0, 0.0)),
        CustomWish(moods=("wibble",)),
    ],
)
def test_a_playlist_a_stream_or_unknown_words_have_no_target(wish: CustomWish) -> None:
    assert custom_point(wish) is None


def test_decades_alone_leave_the_place_to_the_policy() -> None:
    assert not NO_WISH.places
    assert not CustomWish(decades=(1970,)).places
    assert CustomWish(genres=("jazz",)).places


@pytest.mark.parametrize(
    ("arousal", "expected"), [(0.9, 0.2), (0.5, 0.2), (0.4, 0.1), (0.0, -0.3), (-0.9, -1.0)]
)
def test_calmer_hours_are_calmer_and_never_wild(arousal: float, expected: float) -> None:
    target = calmer(Point(0.5, arousal))
    assert (target.valence, target.arousal) == pytest.approx((0.5, expected))
