"""What the default settings do with faces that a person would call clear."""

from __future__ import annotations

import math

import pytest

from fakes.moods import DEFAULTS, Room
from fakes.vision import sure
from moodspeaker.types import Emotion, Mood

FPS = 5


def test_a_steady_face_is_named_within_twenty_seconds_by_default() -> None:
    assert Room(DEFAULTS, fps=FPS).wait_for(Mood.HAPPY, sure(Emotion.HAPPY, 0.7), 20.0) < math.inf


@pytest.mark.parametrize("minutes", [2, 10])
def test_a_new_face_is_named_within_forty_seconds_by_default(minutes: int) -> None:
    room = Room(DEFAULTS, fps=FPS)
    assert room.see(sure(Emotion.NEUTRAL, 0.7), 60.0 * minutes).mood is Mood.NEUTRAL
    assert room.wait_for(Mood.HAPPY, sure(Emotion.HAPPY, 0.7), 40.0) < math.inf
    assert room.named == [Mood.NEUTRAL, Mood.HAPPY]


def test_a_faint_face_is_named_within_a_minute_by_default() -> None:
    assert Room(DEFAULTS, fps=FPS).wait_for(Mood.SAD, sure(Emotion.SAD, 0.5), 60.0) < math.inf


@pytest.mark.parametrize("p", [0.7, 0.95])
def test_faces_that_alternate_every_second_change_the_mood_once_at_most_by_default(
    p: float,
) -> None:
    room = Room(DEFAULTS, fps=FPS)
    for _ in range(300):
        room.see(sure(Emotion.HAPPY, p), 1.0)
        room.see(sure(Emotion.SAD, p), 1.0)
    assert len(room.changes) <= 1


@pytest.mark.parametrize("p", [0.5, 0.7, 0.95])
def test_an_outburst_of_three_seconds_changes_nothing_by_default(p: float) -> None:
    room = Room(DEFAULTS, fps=FPS)
    room.see(sure(Emotion.HAPPY, p), 120.0)
    room.changes.clear()
    room.see(sure(Emotion.ANGRY, 0.95), 3.0)
    assert room.see(sure(Emotion.HAPPY, p), 60.0).mood is Mood.HAPPY
    assert room.changes == []


@pytest.mark.parametrize("p", [0.3, 0.35, 0.4])
@pytest.mark.parametrize("emotion", Emotion)
def test_a_reading_that_says_next_to_nothing_names_nothing_rare_by_default(
    emotion: Emotion, p: float
) -> None:
    room = Room(DEFAULTS, fps=1)
    room.see(sure(emotion, p), 900.0)
    rare = {Mood.DISGUST, Mood.FEAR} - {Mood(emotion.value)}
    assert not rare & set(room.named)
