"""`moodspeaker library report --plot`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from fakes.library_bench import SONG, LibraryBench
from moodspeaker.cli.library_count import WANTED, report_of
from moodspeaker.cli.library_plot import STYLES, dots_of, figure_of
from moodspeaker.library.places import at, by_point
from moodspeaker.library.records import Origin, StoredTrack
from moodspeaker.music.fusion import Source
from moodspeaker.music.plane import Point

if TYPE_CHECKING:
    pass

TRACKS = tuple(StoredTrack(f"{n}.ogg") for n in range(4))
SAID = (
    by_point("0.ogg", 0.8, 0.35),
    at("0.ogg", Origin.GENRE, Point(0.1, 0.1), "Rock"),
    at("1.ogg", Origin.AUDIO, Point(-0.5, -0.5), ""),
    at("2.ogg", Origin.AUDIO, Point(-0.5, -0.5), ""),
)


def test_a_track_is_a_dot_of_its_most_trusted_source_and_equal_ones_are_one_dot() -> None:
    dots = {one.source: one for one in dots_of(TRACKS, SAID)}
    assert {source: one.tracks for source, one in dots.items() if one.tracks} == {
        Source.USER: 1,
        Source.AUDIO: 2,
    }
    assert len(dots[Source.AUDIO].places) == 1


def test_sources_that_are_trusted_most_are_drawn_last() -> None:
    assert [one.source for one in dots_of(TRACKS, SAID)] == list(reversed(STYLES))


def test_tracks_that_have_gone_are_not_drawn() -> None:
    assert not any(dot.places for dot in dots_of([StoredTrack("0.ogg", gone_since=1.0)], SAID))


def test_every_mood_is_named_with_its_tracks_and_no_name_hides_another() -> None:
    pytest.importorskip("matplotlib")
    report = report_of(TRACKS, SAID, 3.5)
    figure = figure_of(dots_of(TRACKS, SAID), report)
    figure.draw_without_rendering()
    plane = figure.axes[0]
    assert {text.get_text() for text in plane.texts} == {
        f"{mood.mood} {mood.tracks}" for mood in report.moods
    }
    boxes = [text.get_window_extent() for text in plane.texts]
    assert len(boxes) == len(WANTED)
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n])
    assert all(plane.bbox.x0 < box.x0 and box.x1 < plane.bbox.x1 for box in boxes)
    assert "4 tracks, 3 labelled; nothing is known of 1" in figure.get_suptitle()


def test_a_picture_is_written_beside_the_report(library: LibraryBench) -> None:
    pytest.importorskip("matplotlib")
    library.run("set", SONG, "happy")
    file = library.folder / "p.SVG"
    assert library.run("report", "--plot", str(file)) == 0
    assert "3 tracks; 33% labelled" in library.out
    assert "<svg" in file.read_text(encoding="utf-8")
    assert not list(library.folder.glob(".*"))


def test_a_library_without_labels_has_a_picture_too() -> None:
    pytest.importorskip("matplotlib")
    assert figure_of(dots_of(TRACKS, ()), report_of(TRACKS, (), 3.5)).axes


def test_without_matplotlib_one_line_says_what_to_install(
    library: LibraryBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert library.run("report", "--plot", str(library.folder / "p.png")) == 1
    assert "moodspeaker[plot]" in library.err
    assert library.err.count("\n") == 1
    assert library.out == ""


def test_a_picture_that_cannot_be_written_is_told_before_the_report(library: LibraryBench) -> None:
    for name in ("p.gif", "nowhere/p.png"):
        assert library.run("report", "--plot", str(library.folder / name)) == 1
        assert name in library.err
        assert library.out == ""
