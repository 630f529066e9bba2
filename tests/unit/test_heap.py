"""Memory that nobody uses goes back to the system."""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path

import pytest

from moodspeaker.runtime.heap import give_back

PIECE_BYTES = 20_000
"""Of the C library's own heap: Python's holds smaller things, mappings larger ones."""
PIECES = 2_000


def test_holes_in_the_heap_are_given_back() -> None:
    if not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("the C library is not glibc: it is left to itself")
    # What the collector would free meanwhile is none of ours.
    gc.collect()
    pieces = [b"x" * PIECE_BYTES for _ in range(PIECES)]
    used = heap_mb()
    # What is in between stays, so that the holes are not at the heap's end.
    del pieces[::2]
    holed = heap_mb()
    give_back()
    given_back = heap_mb()
    half_mb = PIECES * PIECE_BYTES / 2 / 1e6
    assert used - holed < 0.2 * half_mb
    assert holed - given_back > 0.5 * half_mb
    assert len(pieces) == PIECES / 2


def heap_mb() -> float:
    """Resident memory that is no file's: the kernel may drop that at any time."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("RssAnon:"))
    return int(kilobytes) * 1024 / 1e6
