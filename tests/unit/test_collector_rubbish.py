"""What is rubbish beside a large library is not kept for ever."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from moodspeaker.runtime.collector import MANY, THOROUGH_EVERY, Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL = gc.get_threshold()
FEW = 10_000
OFTEN = 70, 10, 10
"""A full search is due after 7,700 new objects, where there are not many more old ones."""


class Knot:
    """Held by itself alone."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()
    gc.set_threshold(*USUAL)


def blocks(collector: Collector, n: int, objects: int | None = None) -> None:
    """So many connections, say."""
    for _ in range(n):
        with collector.nothing_collected() as block:
            block.objects = objects


def test_rubbish_from_before_is_gone() -> None:
    gc.disable()
    rubbish = weakref.ref(Knot())
    assert rubbish() is not None
    blocks(Collector(), 1)
    assert rubbish() is None


def test_what_is_lost_only_after_a_large_block_is_found_some_blocks_later() -> None:
    gc.disable()
    collector, connection = Collector(), Knot()
    rubbish = weakref.ref(connection)
    blocks(collector, 1)
    del connection
    blocks(collector, THOROUGH_EVERY - 1)
    assert rubbish() is not None
    blocks(collector, 1)
    assert rubbish() is None


@pytest.mark.parametrize(("objects", "kept"), [(MANY - 1, False), (MANY, True), (None, True)])
def test_a_small_block_keeps_nothing(objects: int | None, kept: bool) -> None:
    gc.disable()
    collector, connection = Collector(), Knot()
    rubbish = weakref.ref(connection)
    blocks(collector, 1, objects)
    del connection
    blocks(collector, 1, objects)
    assert (rubbish() is not None) is kept


def test_small_blocks_never_search_through_all() -> None:
    collector = Collector()
    blocks(collector, 1)
    set_aside = gc.get_freeze_count()
    blocks(collector, 2 * THOROUGH_EVERY, MANY - 1)
    assert gc.get_freeze_count() == pytest.approx(set_aside, rel=0.01)


def test_after_a_thorough_search_all_is_set_aside_again() -> None:
    collector = Collector()
    blocks(collector, THOROUGH_EVERY)
    blocks(collector, 1, objects=0)
    assert gc.get_freeze_count() > 0


def test_connections_that_come_and_go_leave_no_more_than_a_few_behind() -> None:
    collector = Collector()
    lost: list[weakref.ref[Knot]] = []
    for _ in range(10 * THOROUGH_EVERY):
        connection = Knot()
        lost.append(weakref.ref(connection))
        blocks(collector, 1)
        del connection
    assert sum(ref() is not None for ref in lost) <= THOROUGH_EVERY


def test_old_rubbish_is_found_by_python_itself_when_no_block_comes_any_more() -> None:
    blocks(Collector(), 1)
    gc.set_threshold(*OFTEN)
    old = Knot()
    # It outlives the small searches, as a connection does.
    gc.collect(1)
    rubbish = weakref.ref(old)
    del old
    # Not looked at meanwhile: whoever asks a weak reference holds what it refers to.
    held = [[number] for number in range(FEW)]
    assert held
    assert rubbish() is None
