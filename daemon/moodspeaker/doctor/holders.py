"""Which programs have a camera open."""

from __future__ import annotations

import os
from pathlib import Path

DEVICES = ("/dev/video", "/dev/media", "/dev/v4l-subdev")


def holders(root: Path = Path("/"), devices: tuple[str, ...] = DEVICES) -> tuple[str, ...]:
    """`motion (process 812)` of every other process with such a file open.

    Without root only one's own processes are seen.
    """
    found = []
    for folder in sorted((root / "proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        if int(folder.name) != os.getpid() and holds_any(folder / "fd", devices):
            found.append(f"{name_of(folder)} (process {folder.name})")
    return tuple(found)


def holds_any(folder: Path, devices: tuple[str, ...]) -> bool:
    """Whether one of the open files in `/proc/N/fd` begins like that."""
    try:
        return any(str(entry.readlink()).startswith(devices) for entry in folder.iterdir())
    except OSError:
        return False


def name_of(folder: Path) -> str:
    """A process's own name."""
    try:
        return (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "?"
