"""One process at a time."""

from __future__ import annotations

import fcntl
import logging
import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


log = logging.getLogger(__name__)


class OtherAtWork(MoodspeakerError):
    """Another process holds the lock."""


@contextmanager
def only_one(path: Path, what: str) -> Iterator[None]:
    """Holds a lock, which ends with the process however that ends; the file stays.

    Raises OtherAtWork where another process holds it, MoodspeakerError where the file cannot be
    made.
    """
    descriptor = opened(path)
    try:
        take(descriptor, path, what)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def only_one_if_possible(path: Path, what: str) -> Iterator[None]:
    """The same, but where the file cannot be made it is told and done without.

    Raises OtherAtWork.
    """
    with ExitStack() as held:
        try:
            held.enter_context(only_one(path, what))
        except OtherAtWork:
            raise
        except MoodspeakerError as error:
            log.warning("%s", error)
        yield


def opened(path: Path) -> int:
    """Raises MoodspeakerError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unwritable(path, error) from error


def take(descriptor: int, path: Path, what: str) -> None:
    """With the process id in it, for people.

    Raises OtherAtWork, and MoodspeakerError for a full disk.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise OtherAtWork(f"another {what} is at work", "wait for it, or end it") from error
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> MoodspeakerError:
    """What to raise."""
    remedy = "check its rights and the disk, or set MOODSPEAKER_STATE_DIR"
    return MoodspeakerError(f"{path} cannot be written: {error.strerror}", remedy)
