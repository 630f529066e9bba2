"""Python's search for rubbish, kept from holding everything up."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

YOUNG, MIDDLE, OLD = gc.get_threshold()
NEVER = 1_000_000_000


@contextmanager
def kept_for_good() -> Iterator[None]:
    """What is made in the block, and all that was before, is never searched for rubbish.

    For modules: a search through their 60,000 objects takes longer than the loop may wait. Not
    for connections: one that is lost is rubbish only a search can find.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        # Python puts a full search off until there is a quarter more than the last one left. Now
        # that is nothing: such searches are small, and come often enough to be bounded.
        gc.collect()
        gc.enable()


@contextmanager
def no_full_search() -> Iterator[None]:
    """For a block that makes a whole music library, most of it for a moment.

    Python would search through all of it again and again. It still searches what is new, in
    small pieces, and finds there what it need not look at any more: tuples of plain values. What
    was rubbish before goes first, a lost connection, say.
    """
    gc.collect()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    try:
        yield
    finally:
        gc.set_threshold(YOUNG, MIDDLE, OLD)
