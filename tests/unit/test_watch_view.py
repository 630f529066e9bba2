"""`moodspeaker watch`: what it draws, and what it tells line by line."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fakes.broker import A_STATE
from fakes.control_bench import ControlBench
from moodspeaker.cli import watch
from moodspeaker.cli.watch import page, read
from moodspeaker.cli.watch_changes import change
from moodspeaker.cli.watch_view import (
    ASCII,
    UNICODE,
    Sight,
    bar,
    duration,
    fit,
    number,
    shortly,
    view,
    width,
)
from moodspeaker.errors import MoodspeakerError
from moodspeaker.home import payloads
from moodspeaker.runtime.control_client import NotRunning
from moodspeaker.types import Emotion, Mood, Scores

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW_S = 1_000_000.0
LONG = "a reason that goes on and on " * 8
SCORES = Scores.from_mapping({"happy": 0.5, "neutral": 0.3, "sad": 0.2})


def sight(**changes: object) -> Sight:
    """All topics told, the longest texts that there can be."""
    state = replace(
        A_STATE, mood=Mood.HAPPY, confidence=0.5, scores=SCORES, reason=LONG, since=NOW_S - 90
    )
    track = {
        "uri": "a.ogg",
        "title": "A song",
        "artist": "Somebody",
        "mood": "happy",
        "valence": 0.5,
        "arousal": -0.25,
        "why": LONG,
    }
    tuning = {
        "enter_threshold": 0.8,
        "leave_threshold": 0.3,
        "margin": 0.1,
        "policy": "lift",
        "profile": "auto",
        "profile_active": "evening",
        "volume_max": 70,
        "quiet": True,
    }
    numbers = {"fps": 5.04, "latency_ms": 31.4, "temperature_c": 51.2, "rss_mb": 180.3}
    told: dict[str, Any] = {
        "state": json.loads(payloads.state_payload(state)),
        "track": track,
        "tuning": tuning,
        "diagnostics": {**numbers, "uptime_s": 7300, "coverage": 0.93},
        **changes,
    }
    return Sight(**told)


def drawn(seen: Sight, columns: int = 80, rows: int = 24) -> str:
    """The view as one text."""
    return "\n".join(view(seen, columns, rows, NOW_S))


@pytest.mark.parametrize(
    "part",
    [
        "HAPPY  50 %  for 1 min 30 s",
        "enter 0.8",
        "leave 0.3",
        "margin 0.1",
        "Somebody - A song",
        "for happy, valence 0.5, arousal -0.25",
        "policy lift, volume cap 70 %",
        "evening (chosen: auto), quiet hours",
        "5.04 fps, 31.4 ms, 51.2 C, 180 MB, up 2 h 1 min, labelled 93 %",
        "model",
    ],
)
def test_a_person_can_read_off(part: str) -> None:
    assert part in drawn(sight())


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (80, 23), (40, 10), (200, 60), (20, 1)])
def test_it_fits_the_terminal_however_long_the_texts(columns: int, rows: int) -> None:
    lines = view(sight(), columns, rows, NOW_S)
    assert 0 < len(lines) <= rows
    assert max(map(width, lines)) <= columns


def test_in_80_by_24_nothing_is_left_out() -> None:
    text = drawn(sight())
    labels = ("reason", "track", "chosen", "why", "held by", "following", "profile", "problem")
    assert all(f" {label}" in text for label in (*labels, "camera", "service"))


def test_a_problem_is_told_and_who_holds_the_player() -> None:
    state = {**sight().state, "problem": "mpd: away", "held_by": "a person paused"}
    text = drawn(sight(state=state))
    assert "problem   mpd: away" in text
    assert "held by   a person paused" in text


def test_before_anything_is_known_it_waits() -> None:
    assert drawn(Sight()) == "waiting for moodspeaker ..."


def test_with_only_the_state_known_the_rest_is_a_dash() -> None:
    text = drawn(Sight(state=sight().state))
    assert "enter -" in text
    assert "numbers come once a minute" in text


def test_the_first_numbers_were_taken_too_early_to_say_anything() -> None:
    text = drawn(sight(diagnostics={"fps": 0.0, "uptime_s": 0}))
    assert "0 fps" not in text


def test_without_scores_the_bars_are_empty_and_there_is_no_certainty() -> None:
    state = replace(A_STATE, mood=Mood.ABSENT, confidence=0.0, scores=None)
    text = drawn(sight(state=json.loads(payloads.state_payload(state))))
    assert UNICODE.full not in text
    assert "ABSENT  for" in text


def test_the_mood_in_force_is_marked_among_the_bars() -> None:
    marked = [line for line in drawn(sight()).splitlines() if line.startswith("*")]
    assert [line.split()[0] for line in marked] == ["*happy"]


def test_there_is_a_bar_for_each_emotion_and_its_score() -> None:
    lines = drawn(sight()).splitlines()
    for emotion in Emotion:
        assert any(
            line[1:].startswith(emotion.value) and line.endswith(f"{SCORES[emotion]:.2f}")
            for line in lines
        )


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0.0, "..:..|...."), (0.5, "##:##|...."), (1.0, "##:##|####"), (None, "..:..|....")],
)
def test_a_bar_is_as_long_as_its_score_with_the_marks_over_it(
    score: float | None, expected: str
) -> None:
    assert bar(score, 10, ((0.2, ASCII.leave), (0.5, ASCII.enter)), ASCII) == expected


def test_a_threshold_of_one_is_still_on_the_bar() -> None:
    assert bar(0.0, 4, ((1.0, "|"), (None, ":")), ASCII) == "...|"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, "-"),
        (59.9, "59 s"),
        (60, "1 min 0 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (86399, "23 h 59 min"),
        (86400, "1 d 0 h"),
    ],
)
def test_a_duration_is_told_in_its_largest_units(seconds: float | None, expected: str) -> None:
    assert duration(seconds) == expected


def test_a_title_cannot_steer_the_terminal() -> None:
    track = {"uri": "a", "title": "\x1b[2Jgone\r\n\x07", "artist": None}
    text = drawn(sight(track=track))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "?[2Jgone" in text
    assert "\x1b" not in change(Sight(), "track", track)


def test_wide_characters_count_twice() -> None:
    assert fit("音楽音楽", 5) == "音楽"
    assert width("e\u0301") == 1


@pytest.mark.parametrize("value", [None, "x", True, [], {}])
def test_what_is_no_number_is_a_dash(value: object) -> None:
    assert number(value) is None
    assert shortly(value) == "-"


def test_every_line_of_the_screen_is_cleared_before_it_is_written() -> None:
    assert page(("one", "two"), 3) == "\x1b[H\x1b[Kone\r\n\x1b[Ktwo\r\n\x1b[K"


# Line by line.


def test_a_number_that_moved_is_worth_no_line() -> None:
    state = sight().state
    assert change(sight(), "state", {**state, "confidence": 0.9, "reason": "other"}) == ""


def test_a_mood_is_told_with_its_reason() -> None:
    now = {**sight().state, "mood": "sad", "reason": "it led"}
    assert change(sight(), "state", now) == f"mood sad ({now['source']}): it led"


def test_a_problem_is_told_with_the_mood_and_so_is_its_end() -> None:
    wrong = {**sight().state, "problem": "mpd: away"}
    assert change(sight(), "state", wrong).endswith("; problem mpd: away")
    assert change(sight(state=wrong), "state", sight().state).endswith("; problem None")


def test_a_track_is_told_once() -> None:
    seen = sight()
    assert change(Sight(), "track", seen.track).startswith("track Somebody - A song: a reason")
    assert change(seen, "track", seen.track) == ""


def test_a_setting_that_changed_is_told_alone() -> None:
    seen = sight()
    assert change(seen, "tuning", {**seen.tuning, "margin": 0.2}) == "tuning margin 0.2"
    assert change(Sight(), "tuning", seen.tuning) == ""


@pytest.mark.parametrize("line", [b"x", b"[]", b"{}", b'{"state": 1}', b"\xff"])
def test_what_does_not_speak_our_language_is_told(line: bytes) -> None:
    with pytest.raises(MoodspeakerError, match="does not speak"):
        read(line)


def test_a_refusal_is_told_as_it_is() -> None:
    with pytest.raises(MoodspeakerError, match="16 clients"):
        read(b'{"entity": null, "ok": false, "error": "16 clients are connected already"}')


# Against a server.


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ControlBench:
    """A server that knows state and settings."""
    monkeypatch.setattr(watch, "FIRST_LIMIT_S", 30.0)
    monkeypatch.setattr(watch, "QUIET_S", 0.02)
    made = ControlBench(tmp_path)
    made.board.update(A_STATE)
    made.board.tuning({"enter_threshold": 0.8})
    return made


async def test_once_prints_one_view_and_ends(
    bench: ControlBench, capsys: pytest.CaptureFixture[str]
) -> None:
    async with bench.running():
        assert await asyncio.to_thread(watch.watch, bench.path, once=True) == 0
    assert "enter 0.8" in capsys.readouterr().out


async def test_once_as_json_prints_each_topic_as_it_is(
    bench: ControlBench, capsys: pytest.CaptureFixture[str]
) -> None:
    async with bench.running():
        await asyncio.to_thread(watch.watch, bench.path, once=True, as_json=True)
    lines = capsys.readouterr().out.splitlines()
    assert {topic for line in lines for topic in json.loads(line)} == {"state", "tuning", "track"}


async def test_without_a_terminal_it_tells_a_line_a_change_until_the_service_ends(
    bench: ControlBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    async with bench.running():
        watching = asyncio.create_task(asyncio.to_thread(watch.watch, bench.path))
        while not bench.board._onlookers:
            await asyncio.sleep(0)
        bench.board.update(replace(A_STATE, mood=Mood.SAD))
        while "mood sad" not in out.getvalue():
            await asyncio.sleep(0.001)
    with pytest.raises(NotRunning, match="has ended"):
        await watching
    assert [line.split()[2] for line in out.getvalue().splitlines()] == ["happy", "sad"]


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


async def test_ctrl_c_ends_it_well(bench: ControlBench, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: Callable[..., None] = interrupted
    monkeypatch.setattr(watch, "follow", stopped)
    async with bench.running():
        assert await asyncio.to_thread(watch.watch, bench.path) == 0
