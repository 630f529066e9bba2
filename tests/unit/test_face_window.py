"""The face's last 15 seconds."""

from __future__ import annotations

import pytest

from moodspeaker.app.face_window import FaceWindow
from moodspeaker.types import Emotion, Observation, Scores


def seen(time_s: float, emotion: Emotion | None) -> Observation:
    """A face that shows it surely; None for no face."""
    scores = emotion and Scores.from_mapping({emotion.value: 1.0})
    return Observation(time_s, faces=int(emotion is not None), scores=scores)


def test_before_two_readings_nothing_is_known() -> None:
    window = FaceWindow()
    window.observe(None)
    window.observe(seen(0, None))
    window.observe(seen(1, Emotion.SAD))
    assert window.shares is None


def test_shares_are_of_the_seconds_that_each_emotion_led() -> None:
    window = FaceWindow()
    for second in range(13):
        window.observe(seen(second, Emotion.HAPPY if second <= 9 else Emotion.NEUTRAL))
    assert window.shares is not None
    assert window.shares[Emotion.HAPPY] == pytest.approx(9 / 12)
    assert window.shares[Emotion.NEUTRAL] == pytest.approx(3 / 12)


def test_what_is_older_than_15_seconds_is_forgotten() -> None:
    window = FaceWindow()
    for second in range(40):
        window.observe(seen(second, Emotion.SAD if second < 20 else Emotion.HAPPY))
    assert window.shares is not None
    assert window.shares[Emotion.HAPPY] == 1


def test_a_gap_without_a_face_does_not_count_for_the_face_after_it() -> None:
    window = FaceWindow()
    window.observe(seen(0, Emotion.SAD))
    window.observe(seen(1, Emotion.SAD))
    window.observe(seen(10, Emotion.HAPPY))
    assert window.shares is not None
    assert window.shares[Emotion.HAPPY] == pytest.approx(2 / 3)
