"""What the last seconds hold: its edges, its ties, and what it is held against."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fakes.moods import NUMBERS
from fakes.vision import sure
from moodspeaker.mood.settings import Likeness
from moodspeaker.mood.windows import MOST_FRAMES, PLANE_WIDTH, Majority, WindowVector, nearness
from moodspeaker.types import EMOTION_INDEX, Emotion, Scores

HAPPY, SAD = sure(Emotion.HAPPY).values, sure(Emotion.SAD).values
HAPPY_AT, SAD_AT = EMOTION_INDEX[Emotion.HAPPY], EMOTION_INDEX[Emotion.SAD]
PLANE = replace(NUMBERS, likeness=Likeness.PLANE)


def shares(window: Majority | WindowVector) -> tuple[float, float]:
    """Of happy and of sad."""
    believed = window.belief() or ()
    return believed[HAPPY_AT], believed[SAD_AT]


@pytest.mark.parametrize("window", [Majority(), WindowVector()])
def test_nothing_is_believed_before_anything_was_read(window: Majority | WindowVector) -> None:
    assert window.belief() is None
    window.add(0.0, HAPPY, 1.0, NUMBERS)
    assert window.belief() is not None
    window.forget()
    assert window.belief() is None


@pytest.mark.parametrize(("age_s", "happy"), [(14.5, 0.5), (15.0, 0.5), (15.5, 0.0), (1000.0, 0.0)])
def test_a_vote_as_old_as_the_window_still_counts_and_no_older_one(
    age_s: float, happy: float
) -> None:
    votes = Majority()
    votes.add(0.0, HAPPY, 1.0, NUMBERS)
    votes.add(age_s, SAD, 1.0, NUMBERS)
    assert shares(votes) == (happy, 1 - happy)


def test_a_window_made_shorter_drops_what_is_too_old_at_once() -> None:
    votes = Majority()
    votes.add(0.0, HAPPY, 1.0, NUMBERS)
    votes.add(5.0, SAD, 1.0, NUMBERS)
    votes.add(5.0, SAD, 1.0, replace(NUMBERS, window_s=9.0))
    assert shares(votes) == (0.0, 1.0)


def test_the_majority_is_of_votes_however_sure_each_was() -> None:
    votes = Majority()
    for reading in (sure(Emotion.HAPPY, 0.99).values, sure(Emotion.SAD, 0.3).values, SAD):
        votes.add(1.0, reading, 1.0, NUMBERS)
    assert shares(votes) == pytest.approx((1 / 3, 2 / 3))


def test_a_poor_frame_has_less_of_a_vote() -> None:
    votes = Majority()
    votes.add(1.0, HAPPY, 0.25, NUMBERS)
    votes.add(1.0, SAD, 0.75, NUMBERS)
    assert shares(votes) == (0.25, 0.75)


def test_of_equals_the_first_gets_the_vote() -> None:
    votes = Majority()
    votes.add(0.0, Scores.from_mapping({"happy": 0.5, "sad": 0.5}).values, 1.0, NUMBERS)
    assert shares(votes) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("later", "kept"), [(MOST_FRAMES - 2, True), (MOST_FRAMES - 1, True), (MOST_FRAMES, False)]
)
def test_a_window_holds_so_many_frames_and_the_oldest_leave_first(later: int, kept: bool) -> None:
    votes = Majority()
    votes.add(0.0, HAPPY, 1.0, NUMBERS)
    for _ in range(later):
        votes.add(0.0, SAD, 1.0, NUMBERS)
    assert (shares(votes)[0] > 0) is kept
    assert len(votes._window._frames) == min(later + 1, MOST_FRAMES)


def test_votes_added_and_taken_away_leave_no_share_below_nothing() -> None:
    votes = Majority()
    for weight in (0.1, 0.3, 0.9):
        votes.add(1.0, SAD, weight, NUMBERS)
    votes.add(100.0, HAPPY, 1.0, NUMBERS)
    assert votes._window.sums[SAD_AT] < 0
    assert shares(votes) == (1.0, 0.0)


def test_cosine_is_the_angle_to_each_emotion() -> None:
    spent = WindowVector()
    for _ in range(3):
        spent.add(1.0, HAPPY, 1.0, NUMBERS)
    spent.add(1.0, SAD, 1.0, NUMBERS)
    assert shares(spent) == pytest.approx((3 / math.sqrt(10), 1 / math.sqrt(10)))


@pytest.mark.parametrize(("gap_s", "counted_s"), [(0.0, 0.05), (1.9, 1.9), (2.0, 2.0), (2.1, 2.0)])
def test_seconds_are_those_since_the_last_frame_within_limits(
    gap_s: float, counted_s: float
) -> None:
    spent = WindowVector()
    spent.add(1.0, HAPPY, 1.0, NUMBERS)
    spent.add(gap_s, SAD, 0.5, NUMBERS)
    happy, sad = shares(spent)
    assert sad / happy == pytest.approx(counted_s / 2)


def test_on_the_plane_the_nearest_emotion_is_believed_most() -> None:
    spent = WindowVector()
    spent.add(1.0, HAPPY, 1.0, PLANE)
    believed = spent.belief() or ()
    assert max(believed) == believed[HAPPY_AT]
    assert sum(believed) == pytest.approx(1)


def test_on_the_plane_moods_that_cancel_out_lie_at_what_is_between_them() -> None:
    spent = WindowVector()
    settings = replace(PLANE, points=((-1, 0), (0, 1), (0, -1), (1, 0), (1, 1), (1, -1), (0, 0)))
    spent.add(1.0, HAPPY, 1.0, settings)
    spent.add(1.0, sure(Emotion.ANGRY).values, 1.0, settings)
    believed = spent.belief() or ()
    assert max(believed) == believed[EMOTION_INDEX[Emotion.NEUTRAL]]


def test_nearness_falls_to_one_in_e_in_its_width() -> None:
    points = ((0.0, 0.0), (PLANE_WIDTH, 0.0), (0.0, 2 * PLANE_WIDTH))
    near = nearness((1.0, 0.0, 0.0), points)
    assert near[1] / near[0] == pytest.approx(math.exp(-1))
    assert near[2] / near[0] == pytest.approx(math.exp(-2))
    assert sum(near) == pytest.approx(1)


def test_the_likeness_may_change_while_it_runs() -> None:
    spent = WindowVector()
    spent.add(1.0, HAPPY, 1.0, NUMBERS)
    assert shares(spent) == (1.0, 0.0)
    spent.add(1.0, HAPPY, 1.0, PLANE)
    assert 0 < shares(spent)[1] < shares(spent)[0] < 1
