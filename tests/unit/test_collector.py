"""A large library is not searched for rubbish, and what is rubbish beside it is found."""

from __future__ import annotations

import gc
import weakref
from math import prod
from typing import TYPE_CHECKING

import pytest

from moodspeaker.runtime.collector import kept_for_good, no_full_search

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL = gc.get_threshold()
MANY = 2 * prod(threshold + 1 for threshold in USUAL)
"""So many new objects bring about a full search, where there are few old ones."""


class Knot:
    """Held by itself alone."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _few_old_ones() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    # A full search is put off until there is a quarter more than the last one left.
    gc.collect()
    yield
    gc.enable()
    gc.unfreeze()
    gc.set_threshold(*USUAL)


@pytest.fixture
def searches() -> Iterator[list[int]]:
    """The generations that were searched."""
    seen: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(info["generation"])

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


def test_modules_are_never_looked_through() -> None:
    gc.unfreeze()
    with kept_for_good():
        assert not gc.isenabled()
        made = [[n] for n in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= len(made)


def test_an_error_among_the_modules_leaves_it_switched_on() -> None:
    with pytest.raises(RuntimeError), kept_for_good():
        raise RuntimeError
    assert gc.isenabled()


def test_many_new_objects_bring_about_a_full_search(searches: list[int]) -> None:
    assert [[n] for n in range(MANY)]
    assert 2 in searches


def test_in_the_block_only_what_is_new_is_searched(searches: list[int]) -> None:
    with no_full_search():
        searches.clear()
        assert [[n] for n in range(MANY)]
        assert set(searches) == {0, 1}


def test_rubbish_from_before_is_gone() -> None:
    gc.disable()
    rubbish = weakref.ref(Knot())
    assert rubbish() is not None
    with no_full_search():
        assert rubbish() is None


def test_what_was_up_in_one_block_and_is_lost_is_gone_with_the_next() -> None:
    gc.disable()
    connection = Knot()
    rubbish = weakref.ref(connection)
    with no_full_search():
        pass
    del connection
    assert rubbish() is not None
    with no_full_search():
        pass
    assert rubbish() is None


def test_tuples_of_plain_values_are_not_looked_at_any_more() -> None:
    with no_full_search():
        rows = [(str(n), n / 2) for n in range(MANY)]
    assert sum(map(gc.is_tracked, rows)) < MANY / 10


@pytest.mark.parametrize("fails", [False, True])
def test_afterwards_all_is_as_usual(fails: bool) -> None:
    try:
        with no_full_search(), no_full_search():
            assert gc.get_threshold()[:2] == USUAL[:2]
            assert gc.get_threshold() != USUAL
            assert not fails
    except AssertionError:
        assert fails
    assert gc.get_threshold() == USUAL
