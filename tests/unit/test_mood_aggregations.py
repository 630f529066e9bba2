"""Every way to a belief under the same engine, and what emotions are held to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.moods import QUICK, Room
from fakes.vision import sure
from moodspeaker.mood.settings import Aggregation, Likeness
from moodspeaker.types import EMOTION_INDEX, Emotion, Mood, Scores

HAPPY, SAD = sure(Emotion.HAPPY), sure(Emotion.SAD)


def floors(**needed: float) -> tuple[float, ...]:
    """By emotion; the others need nothing of their own."""
    return tuple(needed.get(emotion.value, 0.0) for emotion in Emotion)


@pytest.mark.parametrize(
    ("p", "mood"), [(0.74, Mood.UNSURE), (0.75, Mood.HAPPY), (0.76, Mood.HAPPY)]
)
def test_an_emotions_own_floor_is_enough_and_nothing_less(p: float, mood: Mood) -> None:
    room = Room(replace(QUICK, hold_s=0.0, floors=floors(happy=0.75)))
    decision = room.see(sure(Emotion.HAPPY, p), 0)
    assert decision.mood is mood
    assert mood is Mood.HAPPY or decision.reason == "happy is read at 0.74, its floor is 0.75"


def test_a_floor_is_for_its_emotion_alone_and_lowers_nothing() -> None:
    room = Room(replace(QUICK, floors=floors(happy=1.0, sad=0.1)))
    assert room.see(sure(Emotion.SAD, 0.49), 4.0).mood is Mood.UNSURE
    assert room.see(sure(Emotion.SAD, 0.51), 5.0).mood is Mood.SAD


def test_a_floor_keeps_no_mood_in_force_from_staying() -> None:
    room = Room()
    room.see(HAPPY, 4.0)
    room.engine.settings = replace(QUICK, floors=floors(happy=1.0))
    assert room.see(HAPPY, 4.0).mood is Mood.HAPPY


def test_merged_emotions_are_one() -> None:
    room = Room(replace(QUICK, merges=((Emotion.DISGUST, Emotion.ANGRY),)))
    decision = room.see(Scores.from_mapping({"angry": 0.4, "disgust": 0.4, "sad": 0.2}), 4.0)
    assert (decision.mood, decision.confidence) == (Mood.ANGRY, pytest.approx(0.8))
    assert decision.scores is not None
    assert decision.scores[Emotion.DISGUST] == 0.0


@pytest.mark.parametrize("likeness", Likeness)
@pytest.mark.parametrize("kind", Aggregation)
def test_every_aggregation_names_a_steady_face_and_then_another(
    kind: Aggregation, likeness: Likeness
) -> None:
    room = Room(replace(QUICK, aggregation=kind, likeness=likeness, window_s=10.0))
    assert room.see(HAPPY, 30.0).mood is Mood.HAPPY
    assert room.see(SAD, 60.0).mood is Mood.SAD
    # On the plane the way from happy to sad leads past neutral.
    assert [mood for mood in room.named if mood is not Mood.NEUTRAL] == [Mood.HAPPY, Mood.SAD]


@pytest.mark.parametrize("kind", Aggregation)
def test_whatever_the_aggregation_the_scores_told_are_the_smoothed_readings(
    kind: Aggregation,
) -> None:
    decision = Room(replace(QUICK, aggregation=kind)).see(HAPPY, 10.0)
    assert decision.scores is not None
    assert decision.scores.values == pytest.approx(HAPPY.values)


@pytest.mark.parametrize("kind", [k for k in Aggregation if k is not QUICK.aggregation])
def test_the_aggregation_may_change_while_it_runs(kind: Aggregation) -> None:
    room = Room()
    room.see(HAPPY, 30.0)
    room.engine.settings = replace(QUICK, aggregation=kind)
    first = room.see(SAD, 0)
    assert first.mood in (Mood.HAPPY, Mood.UNSURE)
    # The new one has seen this frame alone; the smoothed readings go on.
    believed = room.engine._aggregator.belief()
    assert believed is not None
    assert (believed[EMOTION_INDEX[Emotion.SAD]] > 0.89) is (kind is not Aggregation.HMM)
    assert first.scores is not None
    assert first.scores.ranked()[0] is Emotion.HAPPY
    assert room.see(SAD, 60.0).mood is Mood.SAD
    assert room.named == [Mood.HAPPY, Mood.SAD]
