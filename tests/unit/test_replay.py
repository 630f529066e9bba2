"""`moodspeaker replay` over made-up logs. A line a second unless it says otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from moodspeaker.cli import mood_plot
from moodspeaker.cli.main import main
from moodspeaker.cli.mood_trace import MOST_POINTS, Point, Strip, Trace, with_gaps
from moodspeaker.errors import MoodspeakerError
from moodspeaker.mood.score_lines import in_time_order, read_lines
from moodspeaker.types import Decision, Emotion, Mood

QUICK = (
    "aggregation=smoothed",
    "enter_threshold=0.6",
    "smoothing_s=1",
    "hold_s=2",
    "mood.dwell_s=5",
    "absence_s=5",
)
KEYS = {
    "changes",
    "changes_per_hour",
    "share_right",
    "share_unsure",
    "delay_p50_s",
    "delay_p90_s",
    "time_in",
    "share_followed",
    "seconds",
    "true_changes",
}


def line(t: float, mood: str | None, truth: str | None = None) -> str:
    """A score log's line: a face that shows one emotion, or nobody."""
    rest = (1 - 0.94) / 6
    scores = mood and {e.value: 0.94 if e.value == mood else rest for e in Emotion}
    entry = {"t": t, "faces": int(mood is not None), "scores": scores, "quality": 1.0}
    return json.dumps(entry | ({"truth": truth} if truth else {}))


def story(parts: Iterable[tuple[str | None, int]], begin_s: float = 0.0, told: bool = False) -> str:
    """Each mood for so many seconds; the truth is what is shown."""
    moods = [mood for mood, seconds in parts for _ in range(seconds)]
    return "".join(
        line(begin_s + t, mood, (mood or "absent") if told else None) + "\n"
        for t, mood in enumerate(moods)
    )


HAPPY_SAD = (("happy", 60), ("sad", 61))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A minute of happy, then one of sad, with the truth."""
    path = tmp_path / "log.jsonl"
    path.write_text(story(HAPPY_SAD, told=True))
    return path


def quick(*argv: str | Path) -> int:
    """The command with settings that decide within seconds."""
    sets = [part for setting in QUICK for part in ("--set", setting)]
    return main(["replay", *map(str, argv), *sets])


def as_json(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """What was printed."""
    printed: dict[str, object] = json.loads(capsys.readouterr().out)
    return printed


def test_the_json_holds_the_changes_and_every_figure(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert quick(log, "--json") == 0
    printed = as_json(capsys)
    assert set(printed) == KEYS
    changes = printed["changes"]
    assert isinstance(changes, list)
    moods = [(c["before"], c["after"]) for c in changes]
    assert moods == [("unsure", "happy"), ("happy", "sad")]
    assert set(changes[0]) == {"t", "before", "after", "reason"}
    assert changes[0]["t"] == 2.0
    assert 62 <= changes[1]["t"] <= 64
    assert printed["seconds"] == 120
    assert printed["changes_per_hour"] == 60
    assert printed["true_changes"] == 1
    assert sum(dict(printed["time_in"]).values()) == 120  # type: ignore[call-overload]
    assert (printed["delay_p50_s"], printed["delay_p90_s"]) == (2.0, changes[1]["t"] - 60)


def test_without_truth_its_figures_are_null(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "log"
    path.write_text(story(HAPPY_SAD))
    assert quick(path, "--json") == 0
    printed = as_json(capsys)
    nulls = {key for key, value in printed.items() if value is None}
    assert nulls == {
        "share_right",
        "share_unsure",
        "delay_p50_s",
        "delay_p90_s",
        "share_followed",
        "true_changes",
    }


def test_a_person_reads_changes_and_figures(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert quick(log) == 0
    text = capsys.readouterr().out
    assert "0:00:02  unsure -> happy" in text
    assert "changes an hour" in text
    assert "time happy" in text


def test_a_log_with_the_walls_clock_is_counted_from_its_beginning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "log"
    path.write_text(story(HAPPY_SAD, begin_s=1_773_140_400))
    assert quick(path) == 0
    text = capsys.readouterr().out
    assert "0:00:02  unsure -> happy" in text
    assert "begun 2026-03-1" in text
    assert quick(path, "--json") == 0
    assert as_json(capsys)["changes"][0]["t"] == 1_773_140_402  # type: ignore[index]


def test_lines_of_probe_are_read_and_the_largest_face_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def face(size: int, mood: str) -> dict[str, object]:
        return {"box": [0, 0, size, size], "emotions": {mood: 1.0}, "quality": 1.0}

    entries = [
        {"frame": n, "time_s": n / 5, "faces": [face(30, "sad"), face(60, "happy")]}
        for n in range(100)
    ]
    path = tmp_path / "probe"
    path.write_text("\n".join(map(json.dumps, entries)))
    assert quick(path, "--json") == 0
    assert [c["after"] for c in as_json(capsys)["changes"]] == ["happy"]  # type: ignore[attr-defined]


def test_standard_input_is_read(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with log.open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert quick("-", "--json") == 0
    assert len(as_json(capsys)["changes"]) == 2  # type: ignore[arg-type]


def test_several_logs_are_one_in_the_order_of_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    early, late = tmp_path / "z", tmp_path / "a"
    early.write_text(story([("happy", 60)], begin_s=100))
    late.write_text(story([("sad", 60)], begin_s=160))
    assert quick(late, early, "--json") == 0
    printed = as_json(capsys)
    assert [c["after"] for c in printed["changes"]] == ["happy", "sad"]  # type: ignore[attr-defined]
    assert printed["seconds"] == 119


def test_logs_that_all_count_from_nothing_follow_one_another() -> None:
    parts = [story([("happy", 3)]), "", story([("sad", 3)])]
    frames = in_time_order([read_lines(part.splitlines(), "log") for part in parts])
    assert [frame.observation.time_s for frame in frames] == [0, 1, 2, 2, 3, 4]


def test_time_does_not_run_backwards_when_the_clock_is_set() -> None:
    lines = [line(t, "happy") for t in (10, 11, 5, 6, 20)]
    frames = in_time_order([read_lines(lines, "log")])
    assert [frame.observation.time_s for frame in frames] == [10, 11, 11, 12, 26]


def test_a_setting_needs_no_section_and_may_be_nested(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert quick(log, "--json", "--set", "floors.sad=0.999") == 0
    assert [c["after"] for c in as_json(capsys)["changes"]] == ["happy"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("setting", "named", "why"),
    [
        ("dwell_s=-1", "mood.dwell_s", "greater than or equal to 0"),
        ("dwell=3", "mood.dwell", "did you mean dwell_s"),
        ("dwell_s=soon", "mood.dwell_s", "not 'soon'"),
        ("enter_threshold=0.1", "mood", "leave_threshold must be below"),
        ("dwell_s", "dwell_s", "KEY=VALUE"),
        ("=3", "=3", "KEY=VALUE"),
        ("dwell_s=[", "dwell_s", "no YAML"),
        ("dwell_s.x=3", "mood.dwell_s", "should be a valid number"),
        ("camera.width=640", "camera.width", "only settings of mood"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    log: Path, setting: str, named: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(log), "--set", setting]) == 2
    (error,) = capsys.readouterr().err.splitlines()
    assert error.startswith(f"--set {named}")
    assert why in error


def test_settings_lie_over_the_config_file(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "mood.yaml"
    config.write_text("mood: {hold_s: 200}\n")
    assert main(["replay", str(log), "--config", str(config), "--json"]) == 0
    assert as_json(capsys)["changes"] == []
    assert quick(log, "--config", config, "--json") == 0
    assert len(as_json(capsys)["changes"]) == 2  # type: ignore[arg-type]


def test_two_configs_stand_side_by_side(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "slow.yaml"
    other.write_text("mood: {hold_s: 200}\n")
    assert quick(log, "--against", other, "--json") == 0
    printed = as_json(capsys)
    against = printed.pop("against")
    assert isinstance(against, dict)
    assert set(against) == set(printed) == KEYS
    assert against["changes"] == []
    assert quick(log, "--against", other) == 0
    rows = capsys.readouterr().out.splitlines()
    assert ["changes", "2", "0"] in [row.split() for row in rows]
    assert "no mood was named" in "\n".join(rows)


@pytest.mark.parametrize("argv", [["--config"], ["--against"]])
def test_a_missing_config_is_exit_2(
    log: Path, argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(log), *argv, "none.yaml"]) == 2
    assert "none.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "cannot be read: No such file"),
        ("", "no frames"),
        ("\n\n", "no frames"),
        (line(0, "happy") + "\n{", "log.txt:2 is no line of a score log"),
        ("[]", "log.txt:1 "),
        ("3", "log.txt:1 "),
        ('{"t": NaN, "faces": 0, "scores": null}', "log.txt:1 "),
        ('{"t": 1e999, "faces": 0, "scores": null}', "log.txt:1 "),
        ('{"t": 1' + 400 * "0" + ', "faces": 0, "scores": null}', "log.txt:1 "),
        (line(0, "happy", "bored"), "truth 'bored'"),
        ("\udcff\udcfe", "log.txt:1 "),
    ],
)
def test_a_log_that_is_none_is_one_clear_line(
    tmp_path: Path, text: str | None, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "log.txt"
    if text is not None:
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    assert main(["replay", str(path)]) == 1
    (error,) = capsys.readouterr().err.splitlines()
    assert error.startswith("moodspeaker: ")
    assert why in error


@pytest.mark.slow
def test_a_picture_is_drawn_of_two_runs_and_the_truth(log: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    other, out = tmp_path / "default.yaml", tmp_path / "out.svg"
    other.write_text("")
    assert quick(log, "--plot", out, "--against", other) == 0
    assert out.read_text().rstrip().endswith("</svg>")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["default.yaml", "log.jsonl", "out.svg"]


@dataclass
class FakeFigure:
    """Writes what it is told, and fails where it is told to."""

    error: OSError | None = None

    def savefig(self, path: Path, **_: object) -> None:
        """As matplotlib's."""
        path.write_text("new")
        if self.error:
            raise self.error


def test_a_picture_takes_the_place_of_an_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mood_plot, "figure_of", lambda *_: FakeFigure())
    out = tmp_path / "out.png"
    out.write_text("old")
    mood_plot.draw(out, [], "the beginning")
    assert (out.read_text(), list(tmp_path.iterdir())) == ("new", [out])


def test_a_full_disk_leaves_the_older_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = OSError(28, "No space left on device")
    monkeypatch.setattr(mood_plot, "figure_of", lambda *_: FakeFigure(error))
    out = tmp_path / "out.png"
    out.write_text("old")
    with pytest.raises(MoodspeakerError, match=r"out\.png cannot be written: No space left"):
        mood_plot.draw(out, [], "the beginning")
    assert (out.read_text(), list(tmp_path.iterdir())) == ("old", [out])


def test_without_matplotlib_the_remedy_is_told(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["replay", str(log), "--plot", str(log.with_name("out.png"))]) == 1
    error = capsys.readouterr().err
    assert "--plot needs matplotlib (pip install 'moodspeaker[plot]')" in error


@pytest.mark.parametrize(
    ("place", "why"),
    [("out.txt", "name it"), ("none/out.png", "no folder"), ("folder.png", "overwrite")],
)
def test_a_place_where_nothing_can_be_drawn_is_told_before_the_log_is_read(
    tmp_path: Path, place: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder.png").mkdir()
    assert main(["replay", "no-such-log", "--plot", str(tmp_path / place)]) == 1
    (error,) = capsys.readouterr().err.splitlines()
    assert why in error


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_trace_keeps_no_more_points_than_it_may(more: int) -> None:
    trace = Trace()
    decision = Decision(Mood.UNSURE, 0.0, None, "")
    for second in range(MOST_POINTS + more):
        trace.add(float(second), decision, None)
    kept = MOST_POINTS + more if more <= 0 else MOST_POINTS // 2 + 1
    assert len(trace.points) == kept
    assert trace.points[-1].time_s == MOST_POINTS + more - 1


@pytest.mark.parametrize(("gap_s", "spans"), [(9.9, 1), (10.0, 1), (10.1, 2)])
def test_a_strip_has_a_hole_where_the_speaker_was_off(gap_s: float, spans: int) -> None:
    strip = Strip()
    for time_s in (0.0, 1.0, 1.0 + gap_s, 2.0 + gap_s):
        strip.add(time_s, Mood.HAPPY)
    assert len(strip.ended()) == spans
    assert strip.ended() == strip.ended()


def test_lines_are_not_drawn_over_a_hole() -> None:
    points = [Point(t, (1.0,) * 7, 0.9) for t in (0.0, 1.0, 2.0, 50.0, 51.0)]
    drawn = with_gaps(points)
    assert [point.time_s for point in drawn] == [0, 1, 2, 26, 50, 51]
    assert drawn[3].belief is None
