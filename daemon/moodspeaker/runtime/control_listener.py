"""The listening control socket: made with its rights, and taken away again."""

from __future__ import annotations

import socket
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError
from moodspeaker.runtime.control_place import check_length

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODE = 0o660
REMEDY = "set MOODSPEAKER_CONTROL to a path that can be written"


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """A bound socket that nobody can connect to before it has its rights; `listen` is up to you.

    The file goes away with it, unless another service has taken its place. Raises
    MoodspeakerError: too long a path, a live service there, or a place that cannot be written.
    """
    check_length(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.setblocking(False)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            clear_away(path)
            listener.bind(str(path))
            path.chmod(MODE)
            ours = path.lstat().st_ino
        except OSError as error:
            raise MoodspeakerError(f"{path} cannot be made: {error.strerror}", REMEDY) from error
        try:
            yield listener
        finally:
            remove(path, ours)


def clear_away(path: Path) -> None:
    """Removes what a dead service left. Raises MoodspeakerError for anything else, and OSError."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise MoodspeakerError(f"{path} is there and is no socket", "remove it")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except BlockingIOError:
            pass  # So many wait for it that there is no room for us: it lives.
    raise MoodspeakerError(f"another moodspeaker listens on {path}", "end it first")


def remove(path: Path, inode: int) -> None:
    """Takes the file away where it is still this one; where it cannot, it is stale, no more."""
    with suppress(OSError):
        if path.lstat().st_ino == inode:
            path.unlink()
