"""The score log in a real folder. Times are Unix times of one day in 2026."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.vision import sure
from moodspeaker.mood.score_lines import read_lines
from moodspeaker.runtime import score_log
from moodspeaker.runtime.score_log import MEGABYTE, ScoreLog, ScoreLogLimits
from moodspeaker.types import (
    Box,
    Emotion,
    Face,
    FaceReading,
    Hindrance,
    Observation,
    Scores,
    Trouble,
)

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp()
DAY_S = 86400.0
WIDE = ScoreLogLimits(every_s=1.0, days=7, file_mb=10, total_mb=50)
SEEN = Observation(3.0, 1, Scores((0.1, 0.0, 0.05, 0.61239, 0.1, 0.03761, 0.1)), quality=0.75)


@dataclass
class Clock:
    """The wall's, set by hand."""

    now_s: float = NOON

    def __call__(self) -> float:
        return self.now_s


def made(folder: Path, clock: Clock | None = None, **limits: float) -> ScoreLog:
    """A log with other limits than `WIDE`."""
    return ScoreLog(folder, replace(WIDE, **limits), clock or Clock())


def files(folder: Path) -> dict[str, int]:
    """Names with how many lines are in each."""
    return {p.name: p.read_text().count("\n") for p in sorted(folder.iterdir())}


def fill(log: ScoreLog, lines: int, begin_s: float = NOON) -> None:
    """So many lines of equal length, a second apart."""
    for second in range(lines):
        log.add(SEEN, begin_s + second)


def one_line_bytes(folder: Path) -> int:
    """How long a line of `fill` is."""
    log = made(folder / "measure")
    fill(log, 1)
    log.flush()
    return sum(p.stat().st_size for p in (folder / "measure").iterdir())


def test_a_line_read_back_is_the_same_observation(tmp_path: Path) -> None:
    log = made(tmp_path)
    log.add(SEEN, NOON)
    log.add(replace(SEEN, faces=0, scores=None, quality=1.0), NOON + 1)
    log.flush()
    text = (tmp_path / "scores-2026-03-10.jsonl").read_text()
    face, nobody = [frame.observation for frame in read_lines(text.splitlines(), "log")]
    assert (face.time_s, face.faces, face.quality) == (NOON, 1, 0.75)
    assert face.scores is not None
    assert SEEN.scores is not None
    assert face.scores.values == pytest.approx(SEEN.scores.values, abs=5e-5)
    assert nobody == Observation(NOON + 1, 0, None, quality=1.0)


def test_there_is_nothing_but_numbers_in_the_file(tmp_path: Path) -> None:
    reading = FaceReading(Face(Box(1, 2, 30, 30), 0.9), sure(Emotion.SAD), 0.5, Hindrance.DARK)
    log = made(tmp_path)
    log.add(
        replace(SEEN, readings=(reading,), hindrance=Hindrance.DARK, trouble=Trouble.COVERED), NOON
    )
    log.flush()
    entry = json.loads((tmp_path / "scores-2026-03-10.jsonl").read_text())
    assert sorted(entry) == ["faces", "quality", "scores", "t"]
    assert sorted(entry["scores"]) == sorted(emotion.value for emotion in Emotion)
    assert all(type(value) in (int, float) for value in entry["scores"].values())
    assert all(type(entry[key]) in (int, float) for key in ("t", "faces", "quality"))


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), -1.0])
def test_scores_that_are_no_numbers_become_none(tmp_path: Path, broken: float) -> None:
    log = made(tmp_path)
    log.add(replace(SEEN, scores=Scores((broken, *[0.1] * 6)), quality=float("nan")), NOON)
    log.flush()
    entry = json.loads((tmp_path / "scores-2026-03-10.jsonl").read_text())
    assert (entry["scores"], entry["quality"]) == (None, 0.0)


@pytest.mark.parametrize(("gap_s", "lines"), [(0.99, 1), (1.0, 2), (1.01, 2), (-3600.0, 2)])
def test_a_line_comes_no_sooner_than_allowed_and_a_clock_set_back_stops_none(
    tmp_path: Path, gap_s: float, lines: int
) -> None:
    log = made(tmp_path)
    log.add(SEEN, NOON)
    log.add(replace(SEEN, repeated=True), NOON + gap_s)
    log.flush()
    assert files(tmp_path) == {"scores-2026-03-10.jsonl": lines}


def test_nothing_is_written_before_the_flush_and_nothing_twice(tmp_path: Path) -> None:
    log = made(tmp_path / "new")
    fill(log, 3)
    assert not (tmp_path / "new").exists()
    log.flush()
    log.flush()
    assert files(tmp_path / "new") == {"scores-2026-03-10.jsonl": 3}


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "scores"
    folder.mkdir(mode=0o755)
    log = made(folder)
    fill(log, 1)
    log.flush()
    (file,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_each_utc_day_has_its_file(tmp_path: Path) -> None:
    midnight = NOON + DAY_S / 2
    log = made(tmp_path, Clock(midnight))
    fill(log, 5, midnight - 2)
    log.flush()
    assert files(tmp_path) == {"scores-2026-03-10.jsonl": 2, "scores-2026-03-11.jsonl": 3}


@pytest.mark.parametrize(("spare_bytes", "second"), [(-1, True), (0, False), (1, False)])
def test_a_file_that_would_pass_its_size_is_followed_by_another(
    tmp_path: Path, spare_bytes: int, second: bool
) -> None:
    size = (2 * one_line_bytes(tmp_path) + spare_bytes) / MEGABYTE
    log = made(tmp_path / "log", file_mb=size)
    for begin in (0, 1):
        fill(log, 1, NOON + begin)
        log.flush()
    first, other = "scores-2026-03-10.jsonl", "scores-2026-03-10.1.jsonl"
    assert files(tmp_path / "log") == ({other: 1, first: 1} if second else {first: 2})


def test_the_tenth_file_of_a_day_comes_after_the_ninth(tmp_path: Path) -> None:
    log = made(tmp_path, file_mb=1e-6)
    for second in range(12):
        fill(log, 1, NOON + second)
        log.flush()
    assert [file.number for file in score_log.score_files(tmp_path)] == list(range(12))


@pytest.mark.parametrize(("days", "kept"), [(6, True), (7, True), (8, False)])
def test_files_older_than_their_days_go_though_nothing_is_seen(
    tmp_path: Path, days: int, kept: bool
) -> None:
    clock = Clock()
    log = made(tmp_path, clock)
    fill(log, 1)
    log.flush()
    clock.now_s += days * DAY_S
    log.flush()
    assert bool(files(tmp_path)) is kept


@pytest.mark.parametrize(("spare_bytes", "kept"), [(-1, 2), (0, 3), (1, 3)])
def test_the_oldest_file_goes_when_the_folder_is_too_large(
    tmp_path: Path, spare_bytes: int, kept: int
) -> None:
    size = (3 * one_line_bytes(tmp_path) + spare_bytes) / MEGABYTE
    folder, clock = tmp_path / "log", Clock()
    log = made(folder, clock, total_mb=size)
    for day in range(3):
        clock.now_s = NOON + day * DAY_S
        fill(log, 1, clock.now_s)
        log.flush()
    names = [f"scores-2026-03-{day}.jsonl" for day in (10, 11, 12)]
    assert sorted(files(folder)) == names[-kept:]


@pytest.mark.parametrize("name", ["notes.txt", "scores-2026-02-30.jsonl", "scores-old.jsonl"])
def test_what_is_not_ours_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    clock = Clock()
    log = made(tmp_path, clock)
    fill(log, 1)
    log.flush()
    clock.now_s += 1000 * DAY_S
    log.flush()
    assert (tmp_path / name).read_text() == "mine"


def test_trouble_is_told_once_and_so_is_its_end_and_nothing_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    folder = tmp_path / "scores"
    folder.write_text("a file where the folder should be")
    log = made(folder)
    fill(log, 2)
    log.flush()
    log.flush()
    folder.unlink()
    fill(log, 1, NOON + 2)
    log.flush()
    log.flush()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert str(folder) in caplog.text
    assert files(folder) == {"scores-2026-03-10.jsonl": 3}


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_of_what_waits_too_long_the_oldest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    monkeypatch.setattr(score_log, "MOST_WAITING", 20)
    folder = tmp_path / "scores"
    folder.write_text("")
    log = made(folder)
    fill(log, 10)
    log.flush()
    fill(log, 10 + more, NOON + 10)
    log.flush()
    folder.unlink()
    log.flush()
    lines = (folder / "scores-2026-03-10.jsonl").read_text().splitlines()
    first = next(read_lines(lines, "log")).observation.time_s
    assert (len(lines), first - NOON) == (min(20, 20 + more), max(0, more))


def test_a_full_disk_leaves_whole_lines_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = made(tmp_path)
    fill(log, 1)
    log.flush()
    (path,) = tmp_path.iterdir()
    before = path.read_bytes()
    write = score_log.os.pwrite

    def full(descriptor: int, data: bytes, place: int) -> int:
        if place > len(before):
            raise OSError(28, "No space left on device")
        return write(descriptor, data[:10], place)

    monkeypatch.setattr(score_log.os, "pwrite", full)
    fill(log, 2, NOON + 1)
    log.flush()
    assert path.read_bytes() == before
    monkeypatch.undo()
    log.flush()
    assert path.read_bytes().count(b"\n") == 3
    assert path.read_bytes().startswith(before)


def test_half_a_line_that_a_power_cut_left_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "scores-2026-03-10.jsonl"
    path.write_text('{"t":1.0,"faces":0,"scores":null,"quality":1.0}\n{"t":2.0,"fac' + "x" * 500)
    log = made(tmp_path)
    fill(log, 1)
    log.flush()
    times = [f.observation.time_s for f in read_lines(path.read_text().splitlines(), "log")]
    assert times == [1.0, NOON]


def test_a_file_that_is_there_is_written_on_without_a_new_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = made(tmp_path)
    fill(log, 1)
    log.flush()
    named: list[str] = []
    monkeypatch.setattr(sys, "intern", lambda name: named.append(name) or name)
    fill(log, 1, NOON + 1)
    log.flush()
    assert not [name for name in named if name.startswith("scores")]
    assert files(tmp_path) == {"scores-2026-03-10.jsonl": 2}
