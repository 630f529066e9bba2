"""One process at a time."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def only_one(path: Path, what: str) -> Iterator[None]:
    """Holds a lock, which ends with the process however that ends; the file stays.

    Raises MoodspeakerError where another process holds it, or the file cannot be made.
    """
    descriptor = opened(path)
    try:
        take(descriptor, path, what)
        yield
    finally:
        os.close(descriptor)


def opened(path: Path) -> int:
    """Raises MoodspeakerError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unwritable(path, error) from error


def take(descriptor: int, path: Path, what: str) -> None:
    """With the process id in it, for people. Raises MoodspeakerError, for a full disk too."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise MoodspeakerError(f"another {what} is at work", "wait for it, or end it") from error
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> MoodspeakerError:
    """What to raise."""
    remedy = "check its rights and the disk, or set MOODSPEAKER_STATE_DIR"
    return MoodspeakerError(f"{path} cannot be written: {error.strerror}", remedy)
