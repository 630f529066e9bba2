"""The mood engine, at its boundaries. Times are seconds of the frames' own clock."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fakes.moods import QUICK, Room
from fakes.vision import sure
from moodspeaker.mood.engine import LONGEST_STEP_S, MoodEngine, first_two
from moodspeaker.types import Emotion, Mood, Observation, Scores

HAPPY, SAD, NEUTRAL = sure(Emotion.HAPPY), sure(Emotion.SAD), sure(Emotion.NEUTRAL)
ANGRY = sure(Emotion.ANGRY, 0.95)
HOUR_S = 3600.0
# A tenth of a second is no exact number; where an edge is to be hit, frames come so often.
EXACT_FPS = 8


def test_a_new_engine_is_unsure() -> None:
    assert MoodEngine(QUICK).mood is Mood.UNSURE


def test_a_steady_face_becomes_its_mood_after_the_hold_and_not_before() -> None:
    room = Room()
    assert room.see(HAPPY, 2.0).mood is Mood.UNSURE
    assert room.see(HAPPY, 0.1).mood is Mood.HAPPY
    assert room.see(HAPPY, 5.0).changed is False


def test_the_reason_of_a_change_holds_its_numbers() -> None:
    room = Room()
    room.see(HAPPY, 2.0)
    reason = room.see(HAPPY, 0.1).reason
    assert reason == "happy 0.90, needed 0.50; led angry by 0.88; held 2 s"


@pytest.mark.parametrize(
    ("p", "mood"), [(0.49, Mood.UNSURE), (0.5, Mood.HAPPY), (0.51, Mood.HAPPY)]
)
def test_the_enter_threshold_itself_is_enough(p: float, mood: Mood) -> None:
    assert Room().see(sure(Emotion.HAPPY, p), 4.0).mood is mood


@pytest.mark.parametrize(
    ("lead", "mood"), [(0.1249, Mood.UNSURE), (0.125, Mood.HAPPY), (0.1251, Mood.HAPPY)]
)
def test_the_margin_itself_is_enough(lead: float, mood: Mood) -> None:
    second = (1 - lead) / 2
    scores = Scores.from_mapping({"happy": second + lead, "sad": second})
    assert Room(replace(QUICK, margin=0.125, hold_s=0.0)).see(scores, 0).mood is mood


def test_a_lead_that_breaks_before_the_hold_starts_again() -> None:
    room = Room()
    room.see(HAPPY, 1.9)
    room.see(SAD, 1.5)
    assert room.engine.mood is Mood.UNSURE


def test_a_missed_face_starts_the_hold_again() -> None:
    room = Room()
    room.see(HAPPY, 1.5)
    room.see(None, 0)
    assert room.see(HAPPY, 1.5).mood is Mood.UNSURE
    assert room.see(HAPPY, 1.0).mood is Mood.HAPPY


def test_no_second_mood_within_the_dwell_however_sure() -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    room.see(SAD, 20.0)
    (first_s, _), *_, (last_s, last) = room.changes
    assert last is Mood.SAD
    assert last_s - first_s == pytest.approx(10.0, abs=0.11)


def test_a_mood_below_the_leaving_line_becomes_unsure_first() -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    assert room.see(SAD, 3.0).mood is Mood.UNSURE


def test_coming_back_from_unsure_to_the_same_mood_waits_for_no_dwell() -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    room.see(SAD, 2.0)
    assert room.see(HAPPY, 5.0).mood is Mood.HAPPY


def test_no_more_changes_in_an_hour_than_allowed() -> None:
    room = Room(replace(QUICK, dwell_s=0.0, changes_per_hour=3))
    for _ in range(5):
        room.see(HAPPY, 10.0)
        room.see(SAD, 10.0)
    assert room.named == [Mood.HAPPY, Mood.SAD, Mood.HAPPY]
    assert "3 changes in the last hour are the most allowed" in room.see(SAD, 5).reason


def test_an_hour_after_the_first_change_another_is_allowed() -> None:
    room = Room(replace(QUICK, changes_per_hour=1))
    room.see(HAPPY, 3.0)
    room.see(SAD, 60.0)
    assert room.engine.mood is Mood.UNSURE
    room.pause(HOUR_S)
    assert room.see(SAD, 5.0).mood is Mood.SAD


@pytest.mark.parametrize(
    ("away_s", "mood"), [(4.9, Mood.HAPPY), (5.0, Mood.ABSENT), (5.1, Mood.ABSENT)]
)
def test_nobody_is_absent_after_the_grace_and_not_before(away_s: float, mood: Mood) -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    assert room.see(None, away_s).mood is mood


def test_whoever_comes_back_is_read_afresh() -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    room.see(None, 6.0)
    decision = room.see(SAD, 0.1)
    assert decision.mood is Mood.UNSURE
    assert decision.scores is not None
    assert decision.scores[Emotion.SAD] == pytest.approx(0.9)


def test_one_missed_face_changes_nothing() -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    room.see(None, 0.3)
    assert room.see(HAPPY, 0.1).mood is Mood.HAPPY


@pytest.mark.parametrize(
    "bad",
    [
        Scores((math.nan,) * 7),
        Scores((0.0,) * 7),
        Scores((math.inf, 0, 0, 0, 0, 0, 0)),
        Scores((-0.5, 1.5, 0, 0, 0, 0, 0)),
    ],
)
def test_scores_that_make_no_sense_are_no_reading(bad: Scores) -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    decision = room.see(bad, 0.5)
    assert decision.mood is Mood.HAPPY
    assert decision.scores is not None
    assert decision.scores[Emotion.HAPPY] == pytest.approx(0.9)


def test_scores_that_do_not_sum_to_one_are_scaled() -> None:
    room = Room()
    decision = room.see(Scores(tuple(2 * p for p in HAPPY.values)), 4.0)
    assert decision.confidence == pytest.approx(0.9)


def test_a_frame_of_no_quality_does_not_count() -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    room.see(SAD, 3.0, quality=0.0)
    assert room.engine.mood is Mood.HAPPY


def test_time_going_backwards_is_survived_and_loses_no_wait() -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    room.count = -1000
    room.see(SAD, 9.0)
    assert room.engine.mood is not Mood.SAD
    assert room.see(SAD, 3.0).mood is Mood.SAD


def test_a_gap_without_frames_does_not_count_as_seen_time() -> None:
    room = Room()
    room.see(HAPPY, 1.0)
    room.pause(300)
    decision = room.see(SAD, 0.1)
    assert decision.scores is not None
    assert decision.scores[Emotion.SAD] > 0.89


def test_no_pictures_at_all_is_unsure_and_forgets() -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    decision = room.engine.lose("no picture for 9 s")
    assert (decision.mood, decision.changed, decision.scores) == (Mood.UNSURE, True, None)
    assert decision.reason == "no picture for 9 s"


def test_the_same_frames_give_the_same_decisions_whenever_they_come() -> None:
    early, late = Room(), Room()
    late.pause(86400)
    for room in (early, late):
        for scores in (HAPPY, None, SAD, NEUTRAL, HAPPY, SAD):
            room.see(scores, 7.0)
    shifted = [(round(t - 86400, 6), mood) for t, mood in late.changes]
    assert shifted == [(round(t, 6), mood) for t, mood in early.changes]
    assert shifted


def test_alternating_faces_do_not_flap() -> None:
    room = Room(replace(QUICK, smoothing_s=5.0))
    for _ in range(100):
        room.see(HAPPY, 0.3)
        room.see(SAD, 0.3)
    assert room.named == []


@pytest.mark.parametrize(
    ("belief", "places"),
    [
        ((0.1, 0.5, 0.4, 0.0), (1, 2)),
        ((0.4, 0.1, 0.1, 0.4), (0, 3)),
        ((0.25, 0.25, 0.25, 0.25), (0, 1)),
        ((0.0, 0.0, 0.0, 1.0), (3, 0)),
        ((0.0, 0.0, 0.0, 0.0), (0, 1)),
    ],
)
def test_the_first_of_equals_leads_and_the_next_is_second(
    belief: tuple[float, ...], places: tuple[int, int]
) -> None:
    assert first_two(belief) == places


@pytest.mark.parametrize(("p", "mood"), [(0.29, "unsure"), (0.3, "happy"), (0.31, "happy")])
def test_the_leaving_line_itself_is_enough_to_stay(p: float, mood: str) -> None:
    room = Room()
    room.see(HAPPY, 4.0)
    # After so long a time this frame alone counts.
    room.pause(10_000)
    poor = Scores.from_mapping({"happy": p, "sad": 0.4, "fear": 0.6 - p})
    assert room.see(poor, 0).mood == mood


@pytest.mark.parametrize(("frames", "mood"), [(16, "unsure"), (17, "happy"), (18, "happy")])
def test_a_lead_as_long_as_the_hold_is_enough(frames: int, mood: str) -> None:
    assert Room(fps=EXACT_FPS).see(HAPPY, frames / EXACT_FPS).mood == mood


@pytest.mark.parametrize(("off_s", "mood"), [(-1.0, "unsure"), (0.0, "sad"), (1.0, "sad")])
def test_the_dwell_itself_is_enough(off_s: float, mood: str) -> None:
    room = Room(replace(QUICK, hold_s=0.0, smoothing_s=0.1), fps=EXACT_FPS)
    room.see(HAPPY, 0)
    assert room.engine.mood is Mood.HAPPY
    assert room.see(SAD, 10.0 + off_s).mood == mood


@pytest.mark.parametrize(("off_s", "mood"), [(-1.0, "unsure"), (0.0, "sad"), (1.0, "sad")])
def test_a_change_counts_for_an_hour(off_s: float, mood: str) -> None:
    room = Room(replace(QUICK, hold_s=0.0, smoothing_s=0.1, changes_per_hour=1), fps=EXACT_FPS)
    room.see(HAPPY, 0)
    room.pause(HOUR_S - 1 + off_s)
    assert room.see(SAD, 1.0).mood == mood


@pytest.mark.parametrize("lost", [True, False])
def test_the_first_face_after_nobody_counts_no_more_than_the_first_of_all(lost: bool) -> None:
    room, fresh = Room(fps=EXACT_FPS), Room(fps=EXACT_FPS)
    room.see(HAPPY, 4.0)
    if lost:
        room.engine.lose("no picture")
        room.pause(60)
    else:
        room.see(None, 60.0)
    for shown in (room, fresh):
        shown.see(SAD, 0)
    assert room.see(HAPPY, 0).scores == fresh.see(HAPPY, 0).scores


@pytest.mark.parametrize(
    ("looked_s", "mood"), [(4.9, Mood.UNSURE), (5.0, Mood.ABSENT), (5.1, Mood.ABSENT)]
)
def test_after_a_loss_nobody_is_absent_before_the_camera_has_looked_for_so_long(
    looked_s: float, mood: Mood
) -> None:
    room = Room()
    room.see(HAPPY, 4.0)
    room.engine.lose("no picture")
    room.pause(60)
    # The first frame shows that the camera looks again: no time has passed with it.
    room.see(None, 0)
    assert room.see(None, looked_s).mood is mood


@pytest.mark.parametrize("jump_s", [math.nan, math.inf, -math.inf, 1e308])
def test_a_clock_that_goes_mad_is_survived(jump_s: float) -> None:
    room = Room()
    room.see(HAPPY, 4.0)
    for time_s in (-jump_s, jump_s, -jump_s, jump_s):
        assert len(room.engine.observe(Observation(time_s, 1, HAPPY)).reason) < 100
    assert room.engine._now_s <= room.now_s + 2 * LONGEST_STEP_S
    assert room.see(SAD, 60.0).mood is Mood.SAD
