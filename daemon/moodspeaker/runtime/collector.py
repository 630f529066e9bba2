"""Python's search for rubbish, kept from looking through a whole music library."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

THOROUGH_EVERY = 10
"""After so many large blocks the next begins with a search through all that there is."""
MANY = 5000
"""A search through less takes a few milliseconds, which nobody minds."""


@dataclass(slots=True)
class Block:
    """`objects` is about how many of those that are made in it stay, None for very many."""

    objects: int | None = None

    @property
    def is_large(self) -> bool:
        """Whether they are kept from later searches."""
        return self.objects is None or self.objects >= MANY


class Collector:
    """Of the whole process: there is one."""

    def __init__(self) -> None:
        self._large_blocks = 0

    @contextmanager
    def nothing_collected(self) -> Iterator[Block]:
        """What is made in the block is not searched for rubbish, only freed once nobody holds it.

        A search through 20,000 tracks stops everything, the event loop too, for a tenth of a
        second, and would come again and again. What was rubbish before goes first: it would be
        kept for ever. That is quick, because what large blocks left is not looked through, but
        after ten of them: a connection that was up during one is rubbish only once it is lost.
        """
        block = Block()
        thorough = self._large_blocks >= THOROUGH_EVERY
        if thorough:
            self._large_blocks = 0
            gc.unfreeze()
        gc.collect()
        gc.disable()
        try:
            yield block
        finally:
            if thorough or block.is_large:
                self._large_blocks += 1
                gc.freeze()
            # Python puts a full search off until there is a quarter more than the last one left.
            # Now that is nothing: such searches are small, and come often enough to be bounded.
            gc.collect()
            gc.enable()


nothing_collected = Collector().nothing_collected
