"""A place where a file is synced at once, however busy the disk is."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

SHARED_MEMORY = Path("/dev/shm")
_PLACES: list[TemporaryDirectory[str]] = []
"""Each takes itself away at the end of this process."""


def memory_or(folder: Path) -> Path:
    """Where a file is synced at once, if this machine has such a place.

    MPD answers nobody while it syncs a sticker; on a busy disk that can be longer than a time
    limit, and would be a fault that no test has ordered.
    """
    return SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else folder


def in_memory(folder: Path) -> Path:
    """`folder`: as it is where it is there, else a link into memory, or made on the disk."""
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = memory_or(folder)
    if place == folder:
        folder.mkdir()
    else:
        _PLACES.append(TemporaryDirectory(dir=place))
        folder.symlink_to(_PLACES[-1].name)
    return folder
