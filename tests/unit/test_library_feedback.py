"""`moodspeaker library like`, `dislike`, `wrong` and `undo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes.library_bench import OTHER, SONG, LibraryBench
from moodspeaker.cli.library_feedback import give
from moodspeaker.library.records import Feedback, Liking

if TYPE_CHECKING:
    pass


def said(library: LibraryBench, uri: str = SONG) -> tuple[Feedback, ...]:
    """What the store has."""
    store = library.store()
    found = store.feedback(uri)
    store.close()
    return found


@pytest.mark.parametrize("word", ["like", "dislike", "wrong"])
def test_a_word_counts_for_one_track_and_one_mood(library: LibraryBench, word: str) -> None:
    assert library.run(word, SONG, "sad") == 0
    assert "for sad (number 1)" in library.out
    (one,) = said(library)
    assert (one.kind, one.mood, one.weight, one.undone) == (Liking(word), "sad", 1.0, False)
    assert said(library, OTHER) == ()


def test_it_is_dated_by_the_clock(library: LibraryBench) -> None:
    give(Liking.LIKE, SONG, "sad", clock=lambda: 1e9)
    assert said(library) == (Feedback(SONG, "sad", Liking.LIKE, 1.0, 1e9),)


@pytest.mark.parametrize("mood", ["happy", "Happy", "joyful"])
def test_a_mood_goes_by_its_name_or_by_a_word_for_it(library: LibraryBench, mood: str) -> None:
    assert library.run("like", SONG, mood) == 0
    assert said(library)[0].mood == "happy"


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
    library: LibraryBench, argv: tuple[str, ...], hint: str
) -> None:
    assert library.run(*argv) == 1
    assert hint in library.err
    assert library.err.count("\n") == 1
    assert said(library) == ()


def test_undo_takes_back_the_latest_that_is_in_force_on_that_track(library: LibraryBench) -> None:
    for word, uri in (("like", SONG), ("dislike", SONG), ("wrong", OTHER)):
        library.run(word, uri, "sad")
    assert library.run("undo", SONG) == 0
    assert "undone: disliked for sad" in library.out
    assert [one.undone for one in said(library)] == [False, True]
    library.run("undo", SONG)
    assert "undone: liked for sad" in library.out
    assert library.run("undo", SONG) == 0
    assert "there is nothing to undo" in library.out
    assert [one.undone for one in said(library, OTHER)] == [False]


def test_undo_all_takes_back_skips_too(library: LibraryBench) -> None:
    library.run("like", SONG, "sad")
    store = library.store()
    store.add_feedback(Feedback(SONG, "happy", Liking.SKIP, 1.0, 1e9))
    store.close()
    assert library.run("undo", SONG, "--all") == 0
    assert library.out.count("undone: ") == 2
    assert all(one.undone for one in said(library))


def test_what_was_said_of_a_track_that_is_no_longer_known_can_be_taken_back(
    library: LibraryBench,
) -> None:
    store = library.store()
    store.add_feedback(Feedback("gone.ogg", "happy", Liking.DISLIKE, 1.0, 1e9))
    store.close()
    assert library.run("undo", "gone.ogg") == 0
    assert "undone: disliked for happy, 2001-09-09 (number 1)" in library.out
