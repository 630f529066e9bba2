"""Keeps freed memory in the process while a network trains."""

from __future__ import annotations

import ctypes
import ctypes.util
import sys

# <malloc.h>
M_TRIM_THRESHOLD = -1
M_TOP_PAD = -2
M_MMAP_THRESHOLD = -3
# The largest that glibc takes for M_MMAP_THRESHOLD on 64 bits.
LARGEST_BLOCK = 32 * 2**20


def keep_freed() -> None:
    """Tells glibc not to hand freed blocks back to the kernel; elsewhere does nothing.

    TensorFlow frees and asks again for every tensor of every step. Handing each back cost up to
    half of the processor's time in page faults (measured: 111 of 231 CPU seconds).
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(ctypes.util.find_library("c")), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGEST_BLOCK)
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(M_TOP_PAD, 2 * LARGEST_BLOCK)
