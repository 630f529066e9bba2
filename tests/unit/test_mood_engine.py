"""The mood engine, at its boundaries. Times are seconds of the frames' own clock."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fakes.vision import sure
from moodspeaker.app.factories import mood_settings
from moodspeaker.config.mood_section import MoodSection
from moodspeaker.mood.engine import MoodEngine
from moodspeaker.mood.settings import Aggregation, MoodSettings
from moodspeaker.types import Decision, Emotion, Mood, Observation, Scores

QUICK = replace(
    mood_settings(MoodSection()),
    aggregation=Aggregation.SMOOTHED,
    enter_threshold=0.5,
    leave_threshold=0.3,
    margin=0.1,
    hold_s=2.0,
    dwell_s=10.0,
    smoothing_s=1.0,
    absence_s=5.0,
    changes_per_hour=6,
)
HAPPY, SAD, NEUTRAL = sure(Emotion.HAPPY), sure(Emotion.SAD), sure(Emotion.NEUTRAL)


class Room:
    """Feeds an engine frames 0.1 s apart."""

    def __init__(self, settings: MoodSettings = QUICK) -> None:
        self.engine = MoodEngine(settings)
        self.tenths = 0
        self.changes: list[tuple[float, Mood]] = []

    @property
    def now_s(self) -> float:
        return self.tenths / 10

    def see(self, scores: Scores | None, seconds: float, quality: float = 1.0) -> Decision:
        """Shows the same for so long; at least one frame."""
        for _ in range(max(1, round(seconds * 10))):
            self.tenths += 1
            faces = 1 if scores else 0
            decision = self.engine.observe(Observation(self.now_s, faces, scores, quality))
            if decision.changed:
                self.changes.append((self.now_s, decision.mood))
        return decision


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
    ("lead", "mood"), [(0.09, Mood.UNSURE), (0.1, Mood.HAPPY), (0.11, Mood.HAPPY)]
)
def test_the_margin_itself_is_enough(lead: float, mood: Mood) -> None:
    second = (1 - lead) / 2
    scores = Scores.from_mapping({"happy": second + lead, "sad": second})
    assert Room().see(scores, 4.0).mood is mood


def test_a_lead_that_breaks_before_the_hold_starts_again() -> None:
    room = Room()
    room.see(HAPPY, 1.9)
    room.see(SAD, 1.5)
    assert room.engine.mood is Mood.UNSURE


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
    named = [mood for _, mood in room.changes if mood.emotion]
    distinct = [m for before, m in zip([None, *named], named, strict=False) if m is not before]
    assert len(distinct) == 3
    assert "changes in the last hour" in room.see(HAPPY if named[-1] is Mood.SAD else SAD, 5).reason


def test_an_hour_after_the_first_change_another_is_allowed() -> None:
    room = Room(replace(QUICK, changes_per_hour=1))
    room.see(HAPPY, 3.0)
    room.see(SAD, 60.0)
    assert room.engine.mood is Mood.UNSURE
    room.tenths += 36000
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
    room.tenths = -1000
    room.see(SAD, 9.0)
    assert room.engine.mood is not Mood.SAD
    assert room.see(SAD, 3.0).mood is Mood.SAD


def test_a_gap_without_frames_does_not_count_as_seen_time() -> None:
    room = Room()
    room.see(HAPPY, 1.0)
    room.tenths += 3000
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
    late.tenths = 864000
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
    assert not [mood for _, mood in room.changes if mood.emotion]
