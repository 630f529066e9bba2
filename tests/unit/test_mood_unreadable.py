"""Somebody is there and cannot be read, and frames that do not come."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fakes.moods import QUICK, Room
from fakes.vision import sure
from moodspeaker.types import Emotion, Mood, Scores

HAPPY, SAD = sure(Emotion.HAPPY), sure(Emotion.SAD)


@pytest.mark.parametrize(("seconds", "mood"), [(4.9, Mood.HAPPY), (5.0, Mood.UNSURE)])
def test_somebody_who_cannot_be_read_is_unsure_and_not_absent(seconds: float, mood: Mood) -> None:
    room = Room()
    room.see(HAPPY, 3.0)
    assert room.see(Scores((math.nan,) * 7), seconds).mood is mood


@pytest.mark.parametrize(("seconds", "mood"), [(19.9, Mood.HAPPY), (20.0, Mood.UNSURE)])
def test_a_mood_lasts_in_the_dark_as_long_as_moods_do(seconds: float, mood: Mood) -> None:
    room = Room(replace(QUICK, stay_s=20.0))
    room.see(HAPPY, 3.0)
    assert room.see(SAD, seconds, quality=0.19).mood is mood


def test_what_leads_when_the_light_goes_is_not_named_in_the_dark() -> None:
    room = Room()
    room.see(HAPPY, 1.9)
    assert room.see(HAPPY, 60.0, quality=0.19).mood is Mood.UNSURE


def test_a_gap_without_frames_holds_no_lead() -> None:
    room = Room(replace(QUICK, hold_s=5.0))
    room.see(HAPPY, 0.1)
    room.pause(1800.0)
    assert room.see(HAPPY, 0.1).mood is Mood.UNSURE
    assert room.see(HAPPY, 3.1).mood is Mood.HAPPY
