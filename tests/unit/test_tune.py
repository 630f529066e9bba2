"""Tuning: candidates, costs, a truth made of the log, and the command over all of them."""

from __future__ import annotations

import json
import math
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from moodspeaker.app.factories import mood_settings
from moodspeaker.cli import tune as command
from moodspeaker.cli.main import main
from moodspeaker.config.load import parse_config
from moodspeaker.config.mood_section import MoodSection
from moodspeaker.mood import tuning
from moodspeaker.mood.reference import REFERENCE_S, with_reference, without_short
from moodspeaker.mood.replaying import Change, Outcome
from moodspeaker.mood.score_lines import LoggedFrame
from moodspeaker.mood.settings import Aggregation
from moodspeaker.mood.tuning import (
    Cost,
    Range,
    Search,
    changes_of,
    consistent,
    cost_of,
    false_changes,
    halves,
    ranges,
)
from moodspeaker.types import Emotion, Mood, Observation, Scores

SETTINGS = mood_settings(MoodSection())
SLOW = replace(SETTINGS, hold_s=40.0)


def frame(t: float, mood: str | None, truth: str | None = None) -> LoggedFrame:
    """A face that shows one emotion, or nobody."""
    rest = (1 - 0.9) / 6
    shares = {e.value: 0.9 if e.value == mood else rest for e in Emotion}
    scores = Scores.from_mapping(shares) if mood else None
    return LoggedFrame(
        Observation(t, int(mood is not None), scores), Mood(truth) if truth else None
    )


def story(*parts: tuple[str | None, int], told: bool = True) -> list[LoggedFrame]:
    """Each mood for so many seconds."""
    moods = [mood for mood, seconds in parts for _ in range(seconds)]
    return [frame(t, mood, (mood or "absent") if told else None) for t, mood in enumerate(moods)]


def written(path: Path, frames: Sequence[LoggedFrame]) -> Path:
    """As a log."""
    entries = [
        {
            "t": f.observation.time_s,
            "faces": f.observation.faces,
            "scores": f.observation.scores and f.observation.scores.as_dict(),
            "quality": 1.0,
            "truth": f.truth and f.truth.value,
        }
        for f in frames
    ]
    path.write_text("\n".join(map(json.dumps, entries)))
    return path


def outcome(changes: int, true_changes: int, right: float, *delays_s: float) -> Outcome:
    """An hour."""
    change = Change(0.0, Mood.HAPPY, Mood.SAD, "")
    return Outcome(3600.0, (change,) * changes, {}, right, 0.0, delays_s, None, true_changes)


@pytest.mark.parametrize("aggregation", list(Aggregation))
def test_only_what_matters_to_the_aggregation_is_searched(aggregation: Aggregation) -> None:
    keys = {span.key for span in ranges(aggregation)}
    assert ("stay_s" in keys) is ("distrust" in keys) is (aggregation is Aggregation.HMM)
    assert ("window_s" in keys) is not ("smoothing_s" in keys)
    assert {"enter_threshold", "leave_threshold", "margin", "hold_s", "dwell_s"} < keys


@pytest.mark.parametrize("aggregation", list(Aggregation))
def test_every_value_that_is_tried_passes_the_schema(aggregation: Aggregation) -> None:
    for place in (-0.1, 0.0, 0.5, 1.0, 1.1):
        values = {span.key: span.at(place) for span in ranges(aggregation)}
        settings = consistent(replace(SETTINGS, **values))  # type: ignore[arg-type]
        section = {key: getattr(settings, key) for key in values}
        assert parse_config(json.dumps({"mood": section}), "tried").mood.model_fields_set == {
            *values
        }


@pytest.mark.parametrize("even", [True, False])
def test_a_range_finds_the_place_of_its_values(even: bool) -> None:
    span = Range("dwell_s", 5, 300, even)
    assert (span.at(0), span.at(1)) == (5, 300)
    assert (span.place_of(1), span.place_of(1000)) == (0, 1)
    assert span.place_of(span.at(0.4)) == pytest.approx(0.4, abs=0.02)
    assert span.at(0.5) == pytest.approx(150 if even else 39)


@pytest.mark.parametrize(("changes", "false"), [(0, 0), (3, 0), (4, 0), (5, 1), (9, 5)])
def test_the_first_mood_and_the_true_changes_are_no_false_ones(changes: int, false: int) -> None:
    assert false_changes(outcome(changes, 3, 1.0)) == false


@pytest.mark.parametrize(("delay_s", "late_s"), [(29.9, 0.0), (30.0, 0.0), (30.5, 0.5)])
def test_a_delay_costs_only_beyond_its_limit(delay_s: float, late_s: float) -> None:
    cost = cost_of(outcome(5, 3, 0.9, delay_s), 30.0)
    assert cost == Cost(late_s, pytest.approx(0.1 + 120 / 3600))


def test_being_late_is_worse_than_being_wrong() -> None:
    wrong, late = outcome(12, 3, 0.1, 30.0), outcome(4, 3, 1.0, 30.1)
    assert cost_of(wrong, 30.0) < cost_of(late, 30.0)


def test_naming_nothing_is_worst() -> None:
    assert cost_of(outcome(0, 3, 0.2), 30.0) == Cost(math.inf, math.inf)


def found(frames: list[LoggedFrame], seed: int = 1, trials: int = 12) -> dict[str, float]:
    """What a search from `SLOW` changes."""
    search = Search(frames, SLOW, 15.0, random.Random(seed))
    return changes_of(SLOW, search.run(trials, lambda _: None))


def test_a_search_finds_what_holds_the_delay() -> None:
    assert found(story(("happy", 130), ("sad", 130)))["hold_s"] < 15


@pytest.mark.parametrize(("least", "kept"), [(0.001, True), (0.2, False)])
def test_what_gains_next_to_nothing_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, least: float, kept: bool
) -> None:
    monkeypatch.setattr(tuning, "LEAST_GAIN", least)
    frames = [frame(float(t), "happy", "happy") for t in range(150)]
    search = Search(frames, SETTINGS, 60.0, random.Random(1))
    assert bool(changes_of(SETTINGS, search.run(8, lambda _: None))) is kept


def test_the_same_seed_finds_the_same() -> None:
    frames = story(("happy", 50), ("sad", 50))
    once = found(frames, seed=3, trials=6)
    assert once == found(frames, seed=3, trials=6)


def test_a_search_never_gets_worse_than_its_start() -> None:
    frames = story(("happy", 50), ("sad", 50))
    search = Search(frames, SETTINGS, 60.0, random.Random(1))
    before = search.cost(SETTINGS)
    assert search.cost(search.run(4, lambda _: None)) <= before


def test_every_trial_is_told() -> None:
    told: list[int] = []
    Search(story(("happy", 5)), SETTINGS, 60.0, random.Random(1)).run(3, told.append)
    assert told == [1, 2, 3]


def test_halves_are_of_time_and_a_long_gap_counts_little() -> None:
    frames = [frame(t, "happy") for t in (*range(100), *range(100_000, 100_100))]
    first, second = halves(frames)
    assert abs(len(first) - len(second)) <= 12
    assert [*first, *second] == frames


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_frames_have_halves_too(count: int) -> None:
    frames = [frame(t, "happy") for t in range(count)]
    first, second = halves(frames)
    assert [*first, *second] == frames


def test_the_reference_knows_long_moods_from_their_first_second() -> None:
    frames = story(("happy", 200), ("sad", 200), told=False)
    truths = [f.truth for f in with_reference(frames, SETTINGS)]
    turn = truths.index(Mood.SAD)
    assert abs(turn - 200) <= 1
    assert truths == [Mood.HAPPY] * turn + [Mood.SAD] * (400 - turn)


def test_the_reference_knows_no_errors_of_seconds() -> None:
    frames = story(("happy", 200), ("fear", 20), ("happy", 100), ("sad", 29), told=False)
    assert {f.truth for f in with_reference(frames, SETTINGS)} == {Mood.HAPPY}


def test_the_reference_says_nothing_of_an_empty_room() -> None:
    frames = story(("happy", 100), (None, 50), ("happy", 100), told=False)
    truths = [f.truth for f in with_reference(frames, SETTINGS)]
    assert truths == [Mood.HAPPY] * 100 + [None] * 50 + [Mood.HAPPY] * 100


def test_a_log_without_a_face_has_no_reference() -> None:
    frames = story((None, 100), told=False)
    assert {f.truth for f in with_reference(frames, SETTINGS)} == {None}


@pytest.mark.parametrize(("seconds", "kept"), [(59, False), (60, True), (61, True)])
def test_a_run_is_kept_from_a_minute_on(seconds: int, kept: bool) -> None:
    assert REFERENCE_S == 60
    leaders = [0] * 100 + [1] * seconds + [2] * 90
    left = without_short(leaders, [float(t) for t in range(len(leaders))])
    assert left == (leaders if kept else [0] * (100 + seconds) + [2] * 90)


def test_runs_that_alternate_end_as_one() -> None:
    leaders = [n % 2 for n in range(50)]
    assert len(set(without_short(leaders, [float(t) for t in range(50)]))) == 1


LONG = story(("happy", 80), ("sad", 80), ("happy", 80), ("neutral", 80))


def tuned(path: Path, *argv: str) -> int:
    """The command with few trials."""
    return main(["tune", str(path), "--trials", "5", *argv])


def test_what_is_printed_is_a_section_for_the_config(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "slow.yaml"
    config.write_text("mood: {hold_s: 40}\n")
    log = written(tmp_path / "log", LONG)
    assert tuned(log, "--delay", "15", "--config", str(config)) == 0
    printed = capsys.readouterr()
    assert parse_config(printed.out, "printed").mood.hold_s < 40
    assert "# Truth: as the log gives it." in printed.out
    assert "second half: changes an hour" in printed.out
    assert printed.err == ""


def test_without_truth_it_is_said_that_one_was_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = written(tmp_path / "log", story(("happy", 150), ("sad", 150), told=False))
    assert tuned(log) == 0
    assert "# Truth: the log gives none; one was made of its own scores" in capsys.readouterr().out


def test_the_json_holds_both_halves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tuned(written(tmp_path / "log", LONG), "--json", "--seed", "4") == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["truth"], printed["trials"], printed["seed"]) == ("log", 5, 4)
    for half in ("first_half", "second_half"):
        assert set(printed[half]) == {"before", "after"}
        assert printed[half]["after"]["share_right"] is not None


def test_a_limit_that_nothing_holds_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuned(written(tmp_path / "log", LONG), "--delay", "0.001") == 0
    assert "No settings came within a median delay of 0.001 s." in capsys.readouterr().out


def test_where_nothing_is_better_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuned(written(tmp_path / "log", story((None, 100)))) == 0
    text = capsys.readouterr().out
    assert "Nothing better was found" in text
    assert parse_config(text, "printed").mood == MoodSection()


def test_a_terminal_sees_how_long_it_will_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = written(tmp_path / "log", story(("happy", 20)))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert tuned(log) == 0
    steps = capsys.readouterr().err.split("\r")
    assert steps[1] == "trial 1 of 5 "
    assert steps[command.FIRST_TRIALS].startswith("trial 3 of 5, 0:00:0")


@pytest.mark.parametrize(
    ("argv", "why"),
    [(["none"], "none cannot be read"), (["--config", "none.yaml", "none"], "none.yaml")],
)
def test_what_cannot_be_read_is_one_line(
    argv: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tune", *argv]) in (1, 2)
    (error,) = capsys.readouterr().err.splitlines()
    assert why in error


@pytest.mark.parametrize("option", [["--trials", "0"], ["--trials", "1.5"], ["--delay", "0"]])
def test_numbers_that_make_no_search_are_refused(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["tune", "log", *option])
    assert ended.value.code == 2
    assert option[0] in capsys.readouterr().err
