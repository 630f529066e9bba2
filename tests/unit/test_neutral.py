"""The personal neutral: taken, stored, taken off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.vision import sure
from moodspeaker.app.calibrator import CALIBRATION_S, Calibrator
from moodspeaker.mood.neutral import NeutralCollector, NotResting, PersonalNeutral, relative
from moodspeaker.runtime.neutral_file import NeutralFile
from moodspeaker.types import Emotion, Observation, Scores

SAD_AT_REST = Scores.from_mapping({"sad": 0.6, "neutral": 0.4})
TAKEN_AT = 1_700_000_000.0


def seen(scores: Scores | None, faces: int = 1, quality: float = 0.9) -> Observation:
    """One frame."""
    return Observation(0.0, faces, scores, quality)


def collected(*frames: Observation) -> PersonalNeutral:
    """The neutral of those frames."""
    collector = NeutralCollector()
    for frame in frames:
        collector.add(frame)
    return collector.result(TAKEN_AT)


def test_the_resting_face_becomes_all_neutral() -> None:
    assert relative(SAD_AT_REST, SAD_AT_REST)[Emotion.NEUTRAL] == pytest.approx(1.0)


@pytest.mark.parametrize("emotion", list(Emotion))
def test_what_is_certain_stays_certain(emotion: Emotion) -> None:
    certain = Scores.from_mapping({emotion: 1.0})
    assert relative(certain, SAD_AT_REST)[emotion] == pytest.approx(1.0)


def test_what_an_emotion_loses_goes_to_neutral_and_the_sum_stays_one() -> None:
    now = Scores.from_mapping({"sad": 0.8, "happy": 0.1, "neutral": 0.1})
    found = relative(now, SAD_AT_REST)
    assert found[Emotion.SAD] == pytest.approx(0.5)
    assert found[Emotion.HAPPY] == pytest.approx(0.1)
    assert sum(found.values) == pytest.approx(1.0)


def test_without_a_lean_at_rest_nothing_changes() -> None:
    now, level = sure(Emotion.ANGRY), Scores.from_mapping({"neutral": 1.0})
    assert relative(now, level).values == pytest.approx(now.values)


def test_ten_frames_make_a_neutral_and_nine_do_not() -> None:
    frame = seen(SAD_AT_REST)
    assert collected(*[frame] * 10).resting.values == pytest.approx(SAD_AT_REST.values)
    with pytest.raises(NotResting, match="9 of 9 frames"):
        collected(*[frame] * 9)


def test_poor_frames_do_not_count_and_half_must_be_good() -> None:
    good, poor = seen(SAD_AT_REST), seen(sure(Emotion.HAPPY), quality=0.49)
    assert collected(*[good] * 10, *[poor] * 10).frames == 10
    with pytest.raises(NotResting, match="10 of 21"):
        collected(*[good] * 10, *[poor] * 11)


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        ([], "0 of 0"),
        ([seen(None, faces=0)] * 30, "0 of 30"),
        ([seen(SAD_AT_REST, faces=2)] * 30, "more than one face"),
        ([seen(sure(Emotion.HAPPY, 0.95))] * 30, "looked happy"),
        ([seen(sure(Emotion.HAPPY)), seen(sure(Emotion.NEUTRAL))] * 15, "came and went"),
    ],
)
def test_what_is_no_resting_face_is_refused_with_the_reason(
    frames: list[Observation], why: str
) -> None:
    with pytest.raises(NotResting, match=why):
        collected(*frames)


def test_the_file_gives_back_what_it_was_given_and_is_gone_when_removed(tmp_path: Path) -> None:
    file = NeutralFile(tmp_path / "state")
    neutral = PersonalNeutral(SAD_AT_REST, TAKEN_AT, 42)
    assert file.load() is None
    file.save(neutral)
    assert file.load() == neutral
    assert (file.remove(), file.remove(), file.load()) == (True, False, None)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"scores": {"happy": 1}}', '{"scores": null, "taken_at": 0, "frames": 1}'],
)
def test_a_damaged_file_is_no_neutral_and_is_told(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = NeutralFile(tmp_path)
    file.path.write_text(text)
    assert file.load() is None
    assert "there is no personal neutral" in caplog.text


def test_scores_that_are_no_shares_are_refused(tmp_path: Path) -> None:
    file = NeutralFile(tmp_path)
    file.save(PersonalNeutral(SAD_AT_REST, TAKEN_AT, 42))
    stored = json.loads(file.path.read_text())
    stored["scores"]["sad"] = 7.0
    file.path.write_text(json.dumps(stored))
    assert file.load() is None


def test_the_calibrator_collects_until_its_time_is_over_and_stores(tmp_path: Path) -> None:
    file = NeutralFile(tmp_path)
    calibrator = Calibrator(file, wall=lambda: TAKEN_AT)
    calibrator.observe(seen(sure(Emotion.HAPPY)))
    assert not calibrator.due(1000.0)
    calibrator.begin(100.0, faces=1)
    for _ in range(12):
        calibrator.observe(seen(SAD_AT_REST))
    assert not calibrator.due(100.0 + CALIBRATION_S - 0.1)
    assert calibrator.due(100.0 + CALIBRATION_S)
    assert calibrator.store(calibrator.end()) == ("calibrated", {"frames": 12})
    stored = file.load()
    assert stored is not None
    assert (stored.taken_at, stored.frames) == (TAKEN_AT, 12)
    assert stored.resting.values == pytest.approx(SAD_AT_REST.values)
    assert not calibrator.due(1000.0)


def test_a_failed_calibration_leaves_the_neutral_that_there_was(tmp_path: Path) -> None:
    file = NeutralFile(tmp_path)
    before = PersonalNeutral(SAD_AT_REST, TAKEN_AT, 42)
    file.save(before)
    calibrator = Calibrator(file)
    calibrator.begin(0.0, faces=1)
    kind, data = calibrator.store(calibrator.end())
    assert kind == "calibration_failed"
    assert "0 of 0 frames" in str(data["reason"])
    assert file.load() == before


@pytest.mark.parametrize("faces", [0, 2])
def test_calibrating_begins_with_exactly_one_face(tmp_path: Path, faces: int) -> None:
    calibrator = Calibrator(NeutralFile(tmp_path))
    with pytest.raises(NotResting, match="not exactly one face"):
        calibrator.begin(0.0, faces)
    assert not calibrator.due(1000.0)
