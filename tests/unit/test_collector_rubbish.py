"""What is rubbish beside a large library is not kept for ever."""

from __future__ import annotations

import gc
import weakref
from itertools import count
from typing import TYPE_CHECKING

import pytest

from moodspeaker.runtime import collector
from moodspeaker.runtime.collector import THOROUGH_EVERY, nothing_collected

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


def blocks(n: int) -> None:
    """So many connections, say."""
    for _ in range(n):
        with nothing_collected():
            pass


def test_rubbish_from_before_is_gone() -> None:
    gc.disable()
    rubbish = weakref.ref(Knot())
    assert rubbish() is not None
    blocks(1)
    assert rubbish() is None


def test_what_is_lost_only_after_a_block_is_found_some_blocks_later() -> None:
    gc.disable()
    connection = Knot()
    rubbish = weakref.ref(connection)
    blocks(1)
    del connection
    blocks(THOROUGH_EVERY)
    assert rubbish() is None


def test_connections_that_come_and_go_leave_no_more_than_a_few_behind() -> None:
    lost: list[weakref.ref[Knot]] = []
    for _ in range(10 * THOROUGH_EVERY):
        connection = Knot()
        lost.append(weakref.ref(connection))
        blocks(1)
        del connection
    assert sum(ref() is not None for ref in lost) <= THOROUGH_EVERY


def test_old_rubbish_is_found_by_python_itself_when_no_block_comes_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collector, "_blocks", count())
    blocks(1)
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
