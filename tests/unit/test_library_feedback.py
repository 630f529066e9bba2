"""`moodspeaker library like`, `dislike`, `wrong` and `undo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes.library_bench import OTHER, SONG, LibraryBench, unscanned
from moodspeaker.cli.library_feedback import give
from moodspeaker.library.records import Feedback, Liking

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> LibraryBench:
    """Scanned once."""
    made = unscanned(tmp_path, monkeypatch, capsys)
    made.stock()
    return made


def said(bench: LibraryBench, uri: str = SONG) -> tuple[Feedback, ...]:
    """What the store has."""
    store = bench.store()
    found = store.feedback(uri)
    store.close()
    return found


@pytest.mark.parametrize("word", ["like", "dislike", "wrong"])
def test_a_word_counts_for_one_track_and_one_mood(bench: LibraryBench, word: str) -> None:
    assert bench.run(word, SONG, "sad") == 0
    assert "for sad (number 1)" in bench.out
    (one,) = said(bench)
    assert (one.kind, one.mood, one.weight, one.undone) == (Liking(word), "sad", 1.0, False)
    assert said(bench, OTHER) == ()


def test_it_is_dated_by_the_clock(bench: LibraryBench) -> None:
    give(Liking.LIKE, SONG, "sad", clock=lambda: 1e9)
    assert said(bench) == (Feedback(SONG, "sad", Liking.LIKE, 1.0, 1e9),)


@pytest.mark.parametrize("mood", ["happy", "Happy", "joyful"])
def test_a_mood_goes_by_its_name_or_by_a_word_for_it(bench: LibraryBench, mood: str) -> None:
    assert bench.run("like", SONG, mood) == 0
    assert said(bench)[0].mood == "happy"


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("like", SONG, "hapy"), "did you mean happy?"),
        (("like", SONG, "calm"), "one of angry, disgust, fear"),
        (("wrong", "other.wav", "sad"), f"did you mean {OTHER}?"),
        (("undo", "other.wav"), f"did you mean {OTHER}?"),
    ],
)
def test_what_is_not_known_is_one_line_and_nothing_is_noted(
    bench: LibraryBench, argv: tuple[str, ...], hint: str
) -> None:
    assert bench.run(*argv) == 1
    assert hint in bench.err
    assert bench.err.count("\n") == 1
    assert said(bench) == ()


def test_undo_takes_back_the_latest_that_is_in_force_on_that_track(bench: LibraryBench) -> None:
    for word, uri in (("like", SONG), ("dislike", SONG), ("wrong", OTHER)):
        bench.run(word, uri, "sad")
    assert bench.run("undo", SONG) == 0
    assert "undone: disliked for sad" in bench.out
    assert [one.undone for one in said(bench)] == [False, True]
    bench.run("undo", SONG)
    assert "undone: liked for sad" in bench.out
    assert bench.run("undo", SONG) == 0
    assert "there is nothing to undo" in bench.out
    assert [one.undone for one in said(bench, OTHER)] == [False]


def test_undo_all_takes_back_skips_too(bench: LibraryBench) -> None:
    bench.run("like", SONG, "sad")
    store = bench.store()
    store.add_feedback(Feedback(SONG, "happy", Liking.SKIP, 1.0, 1e9))
    store.close()
    assert bench.run("undo", SONG, "--all") == 0
    assert bench.out.count("undone: ") == 2
    assert all(one.undone for one in said(bench))


def test_what_was_said_of_a_track_that_is_no_longer_known_can_be_taken_back(
    bench: LibraryBench,
) -> None:
    store = bench.store()
    store.add_feedback(Feedback("gone.ogg", "happy", Liking.DISLIKE, 1.0, 1e9))
    store.close()
    assert bench.run("undo", "gone.ogg") == 0
    assert "undone: disliked for happy, 2001-09-09 (number 1)" in bench.out
