"""The lines of the score log, and those that probe prints."""

from __future__ import annotations

import json
import math

import pytest

from fakes.vision import sure
from moodspeaker.mood.score_lines import LogDamaged, LoggedFrame, line_of, read_lines
from moodspeaker.types import Emotion, Mood, Observation, Scores

LINE = '{"t":1.5,"faces":1,"scores":{"happy":0.9,"sad":0.1},"quality":0.5}'
FACE = {"box": [0, 0, 10, 10], "score": 0.9, "emotions": {"sad": 1.0}, "quality": 0.25}
LARGER = FACE | {"box": [50, 0, 10, 11], "emotions": {"happy": 1.0}, "quality": 0.75}


def read(*lines: str) -> list[LoggedFrame]:
    """As of a file log.jsonl."""
    return list(read_lines(lines, "log.jsonl"))


def probed(**entry: object) -> LoggedFrame:
    """A line of probe --json."""
    (frame,) = read(json.dumps({"time_s": 2.5, "faces": []} | entry))
    return frame


def test_a_line_of_the_score_log_is_read() -> None:
    scores = Scores.from_mapping({"happy": 0.9, "sad": 0.1})
    assert read(LINE) == [LoggedFrame(Observation(1.5, 1, scores, 0.5))]


def test_what_was_written_is_read_back_to_four_digits() -> None:
    seen = Observation(12.3456, 2, sure(Emotion.FEAR, 0.123456), 0.98765)
    (frame,) = read(line_of(seen))
    assert (frame.observation.time_s, frame.observation.faces) == (12.346, 2)
    assert frame.observation.quality == 0.988
    assert frame.observation.scores is not None
    assert frame.observation.scores[Emotion.FEAR] == 0.1235


def test_a_frame_without_a_face_is_written_and_read_back() -> None:
    seen = Observation(3.0, 0, None, 0.0)
    assert "\n" not in line_of(seen)
    assert read(line_of(seen)) == [LoggedFrame(seen)]


def test_a_quality_that_is_left_out_is_full() -> None:
    (frame,) = read('{"t":0,"faces":1,"scores":{"happy":1}}')
    assert frame.observation.quality == 1.0


def test_a_probed_picture_counts_its_largest_face() -> None:
    seen = probed(faces=[FACE, LARGER]).observation
    assert (seen.time_s, seen.faces, seen.quality) == (2.5, 2, 0.75)
    assert seen.scores == Scores.from_mapping({"happy": 1.0})


def test_a_probed_picture_without_a_face_has_no_scores() -> None:
    seen = probed().observation
    assert (seen.faces, seen.scores) == (0, None)


def test_scores_that_are_no_numbers_are_left_to_the_engine() -> None:
    (frame,) = read(line_of(Observation(1.0, 1, Scores((math.nan,) * 7))))
    assert frame.observation.scores is not None
    assert math.isnan(frame.observation.scores[Emotion.HAPPY])


@pytest.mark.parametrize("truth", [*(e.value for e in Emotion), "absent"])
def test_the_truth_is_an_emotion_or_absent(truth: str) -> None:
    (frame,) = read(LINE.replace('"t"', f'"truth":"{truth}","t"'))
    assert frame.truth is Mood(truth)
    assert probed(truth=truth).truth is Mood(truth)


def test_a_truth_of_null_is_none() -> None:
    assert probed(truth=None).truth is None


def test_empty_lines_are_passed_over_and_counted() -> None:
    assert len(read("", LINE, "  \n", LINE)) == 2
    with pytest.raises(LogDamaged, match=r"^log\.jsonl:4 "):
        read("", LINE, "\n", "x")


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "3",
        "null",
        "[]",
        '"text"',
        "{}",
        LINE[:-1],
        LINE.replace('"t"', '"x"'),
        LINE.replace("1.5", '"soon"'),
        LINE.replace("1.5", "null"),
        LINE.replace("1.5", "NaN"),
        LINE.replace("1.5", "1e999"),
        LINE.replace("1.5", "1" * 400),
        LINE.replace('"faces":1', '"faces":Infinity'),
        LINE.replace("0.9", '"much"'),
        LINE.replace('{"happy":0.9,"sad":0.1}', "[0.9,0.1]"),
        LINE.replace("0.5", "[]"),
        LINE.replace('"t"', '"truth":"unsure","t"'),
        LINE.replace('"t"', '"truth":"off","t"'),
        LINE.replace('"t"', '"truth":["happy"],"t"'),
        "[" * 100_000,
        json.dumps({"time_s": 1, "faces": [3]}),
        json.dumps({"time_s": 1, "faces": [{}]}),
        json.dumps({"time_s": 1, "faces": [FACE | {"emotions": None}]}),
        json.dumps({"faces": []}),
    ],
    ids=range(25),
)
def test_a_damaged_line_is_named_by_its_file_and_number(line: str) -> None:
    with pytest.raises(LogDamaged, match=r"^log\.jsonl:2 is no line of a score log: ") as damaged:
        read(LINE, line, LINE)
    assert "probe --json" in damaged.value.remedy


def test_the_lines_before_a_damaged_one_are_read() -> None:
    lines = read_lines([LINE, "x"], "log.jsonl")
    assert next(lines).observation.time_s == 1.5
    with pytest.raises(LogDamaged):
        next(lines)
