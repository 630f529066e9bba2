"""Python's search for rubbish, kept from looking through a whole music library."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def nothing_collected() -> Iterator[None]:
    """What is made in the block is never searched for rubbish, only freed once nobody holds it.

    A search through 20,000 tracks stops everything, the event loop too, for a tenth of a second,
    and would come again and again. Little is lost: such data has no cycles. What was rubbish before
    goes first: it would be kept for ever, some of it at each connection. That is quick, because
    what former blocks made is not looked through any more.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
