"""Gives memory that nobody uses back to the system."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Blocks for milliseconds; does nothing where the C library is not glibc.

    Months of small things that come and go leave holes in the heap, which glibc keeps for itself
    but at its very end. The call lets go of the interpreter.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
