"""Python's search for rubbish, kept from looking through a whole music library."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

THOROUGH_EVERY = 10
"""Of so many blocks the first begins with a search through all that there is."""
_blocks = count()


@contextmanager
def nothing_collected() -> Iterator[None]:
    """What is made in the block is not searched for rubbish, only freed once nobody holds it.

    A search through 20,000 tracks stops everything, the event loop too, for a tenth of a second,
    and would come again and again. What was rubbish before goes first: it would be kept for ever.
    That is quick, because what former blocks left is not looked through, but for every tenth
    time: a connection that was up during one of them is rubbish only once it is lost.
    """
    if next(_blocks) % THOROUGH_EVERY == 0:
        gc.unfreeze()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        # Python puts a full search off until there is a quarter more than the last one left. Now
        # that is nothing: such searches are small, and come often enough to be bounded.
        gc.collect()
        gc.enable()
