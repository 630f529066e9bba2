"""A person calls the mood in force wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.moods import QUICK, Room
from fakes.vision import sure
from moodspeaker.types import Emotion, Mood

HAPPY, SAD = sure(Emotion.HAPPY), sure(Emotion.SAD)
# A tenth of a second is no exact number; where an edge is to be hit, frames come so often.
EXACT_FPS = 8


def test_a_mood_called_wrong_is_unsure_at_once_and_forgotten() -> None:
    room = Room()
    room.see(HAPPY, 4.0)
    assert room.engine.reject() is Emotion.HAPPY
    assert room.engine.mood is Mood.UNSURE
    decision = room.see(SAD, 0)
    assert decision.scores is not None
    assert decision.scores[Emotion.SAD] == pytest.approx(0.9)


@pytest.mark.parametrize(("off_s", "mood"), [(-1.0, "unsure"), (0.0, "happy"), (1.0, "happy")])
def test_a_mood_called_wrong_stays_away_for_its_time(off_s: float, mood: str) -> None:
    room = Room(replace(QUICK, wrong_s=60.0, hold_s=0.0), fps=EXACT_FPS)
    room.see(HAPPY, 4.0)
    room.engine.reject()
    decision = room.see(HAPPY, 60.0 + off_s)
    assert decision.mood == mood
    assert ("; called wrong: happy" in decision.reason) is (mood == "unsure")


def test_another_mood_may_come_while_one_is_called_wrong() -> None:
    room = Room(replace(QUICK, wrong_s=600.0))
    room.see(HAPPY, 12.0)
    room.engine.reject()
    assert room.see(SAD, 4.0).mood is Mood.SAD
    room.engine.reject()
    reason = room.see(HAPPY, 60.0).reason
    assert room.engine.mood is Mood.UNSURE
    assert reason.endswith("; called wrong: happy, sad")


def test_where_no_emotion_is_named_nothing_is_wrong() -> None:
    room = Room()
    assert room.engine.reject() is None
    room.see(None, 6.0)
    assert room.engine.reject() is None
    assert room.engine.mood is Mood.ABSENT
