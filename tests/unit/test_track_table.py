"""A library of tracks as columns."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from moodspeaker.types import Track, TrackCounts, TrackTable

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL = Track(
    "b.ogg",
    "Title",
    "Artist",
    "Album",
    ("sad", "calm"),
    (0.1, 0.2, 0.3, 0.4),
    "Rock;Pop",
    1971,
    ("happy",),
    TrackCounts(like=2, plays=7),
)
PLAIN = Track("a.ogg")
MANY = 5000


@pytest.fixture
def nothing_else() -> Iterator[None]:
    """What was made before the test is not among what the collector looks through."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def test_it_gives_back_what_it_was_made_of_by_uri() -> None:
    table = TrackTable.of([FULL, PLAIN])
    assert tuple(table) == (PLAIN, FULL)
    assert table.uris == ("a.ogg", "b.ogg")
    assert (table[0], table[-1], table[:1]) == (PLAIN, FULL, (PLAIN,))
    assert (table.get("b.ogg"), table.get("c.ogg")) == (FULL, None)
    with pytest.raises(IndexError):
        table[2]


def test_a_track_that_comes_twice_is_there_once_as_it_came_last() -> None:
    table = TrackTable.of([Track("x", title="old"), Track("x", title="new")])
    assert tuple(table) == (Track("x", title="new"),)


def test_one_of_none_is_empty() -> None:
    table = TrackTable.of(())
    assert (len(table), tuple(table), table.labelled, table.get("x")) == (0, (), 0, None)


def test_one_of_itself_is_itself() -> None:
    table = TrackTable.of([FULL])
    assert TrackTable.of(table) is table


@pytest.mark.parametrize(
    ("track", "labelled"),
    [(PLAIN, 0), (Track("x", moods=("sad",)), 1), (Track("x", place=(0.0, 0.0, 1.0, 1.0)), 1)],
)
def test_a_track_with_a_word_or_a_place_is_labelled(track: Track, labelled: int) -> None:
    assert TrackTable.of([track]).labelled == labelled


def test_other_counts_leave_the_rest_and_the_old_table_as_they_are() -> None:
    table, counts = TrackTable.of([FULL, PLAIN]), TrackCounts(skips=3)
    other = table.with_counts({0: counts})
    assert tuple(other) == (Track("a.ogg", counts=counts), FULL)
    assert tuple(table) == (PLAIN, FULL)
    assert other.rows is table.rows


@pytest.mark.usefixtures("nothing_else")
def test_the_search_for_rubbish_passes_it_over() -> None:
    words = ("happy", "calm")
    table = TrackTable.of(
        Track(f"{n}.ogg", f"{n}", "Artist", moods=words[: n % 3], place=(n / MANY, 0.0, 0.1, 0.2))
        for n in range(MANY)
    )
    gc.collect()
    assert len(table) == MANY
    assert len(gc.get_objects()) < MANY / 10
