"""Sound analysis into the label store, with analysers that answer at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fakes.label_store import said
from moodspeaker.cli import library_label
from moodspeaker.cli.library_label import lines_of, progress_line, teller
from moodspeaker.errors import LibraryError, ModelError
from moodspeaker.library.analysers import Answer, outcomes
from moodspeaker.library.analysis_plan import Due, Plan, planned
from moodspeaker.library.heat import COOLED_BY_C, Heat
from moodspeaker.library.labelling import BATCH, BATCH_S, DETAIL, Labeller, LabelReport
from moodspeaker.library.records import Analysis, Estimate, Origin, StoredTrack
from moodspeaker.library.store import LabelStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL = "1-abc"
PLACE = (0.1, -0.2, 0.3, 0.4)
HOT_C = 78.0


class ReadyAnalyser:
    """Answers as its rule says, at once."""

    def __init__(self, rule: Callable[[Path], Answer]) -> None:
        self.given: list[Path] = []
        self._rule = rule
        self._always_readable = os.open(os.devnull, os.O_RDONLY)

    def give(self, path: Path) -> None:
        self.given.append(path)

    def answer(self) -> Answer:
        return self._rule(self.given[-1])

    def fileno(self) -> int:
        return self._always_readable

    def close(self) -> None:
        os.close(self._always_readable)


class Thermometer:
    """Tells a row of temperatures, then the last again; each sleep is counted."""

    def __init__(self, *temperatures: float | None) -> None:
        self.left = list(temperatures)
        self.slept = 0
        self.told: list[str] = []

    def read(self) -> float | None:
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]

    def sleep(self, _: float) -> None:
        self.slept += 1

    def heat(self) -> Heat:
        return Heat(HOT_C, self.read, self.told.append, self.sleep)


class Bench:
    """Files of one byte, a store that knows them, and a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "music"
        self.folder.mkdir()
        self.store = LabelStore.open(folder / "labels.db")
        self.now_s = 0.0
        self.told: list[tuple[int, int]] = []
        self.thermometer = Thermometer(None)
        self.rule: Callable[[Path], Answer] = lambda _: Answer(PLACE)
        self.analyser = ReadyAnalyser(self._ruled)

    def _ruled(self, path: Path) -> Answer:
        return self.rule(path)

    def add(self, *uris: str) -> None:
        for uri in uris:
            (self.folder / uri).write_bytes(b"x")
        self.store.put_tracks([StoredTrack(uri) for uri in uris], 1)

    def dues(self, *, again: bool = False) -> list[Due]:
        return planned(self.store, self.folder, MODEL, again=again).due

    def label(self, *, again: bool = False) -> LabelReport:
        heat = self.thermometer.heat()
        labeller = Labeller(self.store, self.folder, MODEL, heat, lambda: self.now_s)
        dues = self.dues(again=again)
        analysers: Any = [self.analyser]
        return labeller.run(dues, analysers, lambda *told: self.told.append(told))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.store.close()
    made.analyser.close()


def test_a_track_gets_its_place_and_is_not_analysed_again(bench: Bench) -> None:
    bench.add("a.ogg")
    assert bench.label() == LabelReport(analysed=1)
    assert bench.store.estimates() == (Estimate("a.ogg", "audio", *PLACE, DETAIL, MODEL),)
    stat = (bench.folder / "a.ogg").stat()
    done = Analysis("a.ogg", stat.st_mtime_ns, 1, MODEL)
    assert bench.store.analyses() == {"a.ogg": done}
    assert bench.label() == LabelReport()
    assert bench.told == [(1, 1)]


def test_a_file_that_fails_is_told_and_tried_again_only_when_asked(bench: Bench) -> None:
    bench.add("a.ogg")
    bench.rule = lambda _: Answer(problem="no \udce9 sound")
    assert bench.label().problems == [("a.ogg", "no \udce9 sound")]
    assert bench.store.analyses()["a.ogg"].problem == "no ? sound"
    assert bench.label() == LabelReport()
    bench.rule = lambda _: Answer(PLACE)
    assert bench.label(again=True).analysed == 1


def test_a_problem_that_may_pass_is_tried_again_by_the_next_run(bench: Bench) -> None:
    bench.add("a.m4a")
    bench.rule = lambda _: Answer(problem="no ffmpeg", lasting=False)
    for _ in range(2):
        assert bench.label().problems == [("a.m4a", "no ffmpeg")]
    assert bench.store.analyses() == {}


def test_a_file_that_becomes_unreadable_loses_what_its_old_sound_said(bench: Bench) -> None:
    bench.add("a.ogg")
    bench.store.put_estimates([said("a.ogg")])
    bench.label()
    (bench.folder / "a.ogg").write_bytes(b"xx")
    bench.rule = lambda _: Answer(problem="damaged")
    bench.label()
    assert bench.store.estimates() == (said("a.ogg"),)


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"new")])
def test_a_file_that_changes_while_it_is_analysed_is_left_to_the_next_run(
    bench: Bench, change: Callable[[Path], object]
) -> None:
    bench.add("a.ogg")

    def changed(path: Path) -> Answer:
        change(path)
        return Answer(PLACE)

    bench.rule = changed
    assert bench.label() == LabelReport(changed=1)
    assert (bench.store.analyses(), bench.store.estimates()) == ({}, ())


@pytest.mark.parametrize(("at", "kept"), [(BATCH, 0), (BATCH + 1, BATCH), (BATCH + 2, BATCH)])
def test_a_run_that_is_killed_loses_a_batch_at_most(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, at: int, kept: int
) -> None:
    bench.add(*(f"{n:02}.ogg" for n in range(BATCH + 2)))

    def killed(path: Path) -> Answer:
        # A kill runs nothing afterwards, so nothing more is stored.
        if len(bench.analyser.given) == at:
            monkeypatch.setattr(Labeller, "_store_batch", lambda _: None)
            raise KeyboardInterrupt
        return Answer(PLACE)

    bench.rule = killed
    with pytest.raises(KeyboardInterrupt):
        bench.label()
    assert len(bench.store.analyses()) == kept


@pytest.mark.parametrize(("seconds", "kept"), [(BATCH_S - 0.1, 0), (BATCH_S, 1)])
def test_slow_files_are_stored_after_a_while(bench: Bench, seconds: float, kept: int) -> None:
    bench.add("a.ogg", "b.ogg")
    seen: list[int] = []

    def slow(path: Path) -> Answer:
        seen.append(len(bench.store.analyses()))
        bench.now_s += seconds
        return Answer(PLACE)

    bench.rule = slow
    bench.label()
    assert seen == [0, kept]


def test_a_run_that_is_stopped_stores_what_it_has_and_goes_on_there(bench: Bench) -> None:
    bench.add("a.ogg", "b.ogg", "c.ogg")

    def stopped(path: Path) -> Answer:
        if path.name == "c.ogg":
            raise KeyboardInterrupt
        return Answer(PLACE)

    bench.rule = stopped
    with pytest.raises(KeyboardInterrupt):
        bench.label()
    assert list(bench.store.analyses()) == ["a.ogg", "b.ogg"]
    assert [due.uri for due in bench.dues()] == ["c.ogg"]


def test_a_full_disk_ends_the_run_with_one_clear_line(bench: Bench) -> None:
    bench.add(*(f"{n}{'x' * 200}" for n in range(3 * BATCH)))
    pages = bench.store._rows("PRAGMA page_count")[0][0]
    bench.store._rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LibraryError, match="make room") as caught:
        bench.label()
    assert "\n" not in str(caught.value)
    assert len(bench.analyser.given) < 3 * BATCH


def test_each_analyser_has_one_file_at_a_time() -> None:
    one, two = ReadyAnalyser(lambda _: Answer(PLACE)), ReadyAnalyser(lambda _: Answer(PLACE))
    pair: Any = [one, two]
    dues = [Due(str(n), Path(str(n)), 0, 0) for n in range(5)]
    found = [outcome.due for outcome in outcomes(pair, dues)]
    assert sorted(found, key=lambda due: due.uri) == dues
    assert len(one.given) + len(two.given) == 5
    assert abs(len(one.given) - len(two.given)) <= 1
    one.close()
    two.close()


@pytest.mark.parametrize(("degrees", "hot"), [(HOT_C, False), (HOT_C + 0.1, True), (None, False)])
def test_hotter_than_the_limit_is_too_hot(degrees: float | None, hot: bool) -> None:
    assert Thermometer(degrees).heat().too_hot is hot


def test_it_pauses_until_it_is_well_below_the_limit_and_tells() -> None:
    enough = HOT_C - COOLED_BY_C
    thermometer = Thermometer(80.0, 79.0, HOT_C, enough + 0.1, enough, 0.0)
    thermometer.heat().wait()
    assert thermometer.slept == 3
    assert thermometer.told == ["80 °C: paused until it is 75 °C", "cool enough: going on"]


def test_what_was_done_is_stored_before_a_pause(bench: Bench) -> None:
    bench.add("a.ogg", "b.ogg")
    stored: list[int] = []
    bench.thermometer = Thermometer(60.0, 90.0, 90.0, 90.0, 60.0)
    bench.thermometer.sleep = lambda _: stored.append(len(bench.store.analyses()))  # type: ignore[method-assign]
    assert bench.label().analysed == 2
    assert stored == [1]


@pytest.mark.parametrize(
    ("done", "total", "seconds", "line"),
    [
        (30, 60, 59.0, "30 of 60 tracks, 31 a minute, 59 s left"),
        (30, 60, 60.0, "30 of 60 tracks, 30 a minute, 1 min left"),
        (10, 5000, 20.0, "10 of 5000 tracks, 30 a minute, 2.8 h left"),
        (60, 60, 60.0, "60 of 60 tracks, 60 a minute"),
    ],
)
def test_progress_says_how_far_how_fast_and_how_long(
    done: int, total: int, seconds: float, line: str
) -> None:
    assert progress_line(done, total, seconds) == line


def test_without_a_terminal_progress_is_a_line_a_minute(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now_s = 0.0
    tell = teller(lambda: now_s)
    for done in range(1, 14):
        now_s = done * 10.0
        tell(done, 13)
    told = [line.split(",")[0] for line in capsys.readouterr().err.splitlines()]
    assert told == ["6 of 13 tracks", "12 of 13 tracks", "13 of 13 tracks"]


def test_the_report_names_the_first_problems_on_a_line_each() -> None:
    problems = [(f"li\nne{n}.ogg", "da\x1bmaged") for n in range(6)]
    plan = Plan([], done=2, streams=1, missing=["a"])
    lines = list(lines_of(LabelReport(3, 1, problems), plan, 5.0))
    assert lines[:4] == [
        "3 tracks analysed in 5 s, 2 were known, 1 streams left out",
        "not in the music folder: 1 (a)",
        "changed or removed meanwhile: 1, the next run looks again",
        "not analysed: 6; --again tries them once more",
    ]
    assert lines[4] == "  li\\nne0.ogg: da\\x1bmaged"
    assert (len(lines), lines[-1]) == (10, "  ...")


def test_a_model_that_is_missing_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOODSPEAKER_STATE_DIR", str(tmp_path))
    monkeypatch.setattr(library_label, "model_folder", lambda: tmp_path)
    LabelStore.open(tmp_path / "labels.db").close()
    (tmp_path / "c.yaml").write_text(f"library:\n  music_dir: {tmp_path}\n")
    with pytest.raises(ModelError, match=r"audio\.json.*No such file"):
        library_label.label(library_label.LabelOptions(tmp_path / "c.yaml"))


def test_a_music_folder_that_is_missing_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(f"library:\n  music_dir: {tmp_path}/none\n")
    with pytest.raises(LibraryError, match=r"no folder .*none \(set library\.music_dir"):
        library_label.label(library_label.LabelOptions(tmp_path / "c.yaml"))


def test_user_labels_are_no_business_of_the_analysis(bench: Bench) -> None:
    bench.add("a.ogg")
    bench.store.put_estimates([said("a.ogg", Origin.USER)])
    bench.label()
    assert [one.source for one in bench.store.estimates()] == ["audio", "user"]
