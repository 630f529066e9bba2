"""The other end of the control socket: asks a running service, and waits for its answer."""

from __future__ import annotations

import json
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError
from moodspeaker.runtime.control_place import check_length

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONNECT_LIMIT_S = 2.0
ANSWER_LIMIT_S = 15.0
"""A command gets ten seconds."""
CHUNK_BYTES = 64 * 1024


class NotRunning(MoodspeakerError):
    """No service answers there."""


class Line:
    """A connection to a service, a line at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._rest = b""

    def send(self, request: dict[str, object]) -> None:
        """One request. Raises NotRunning, and MoodspeakerError for a service that hangs."""
        try:
            self._connection.settimeout(ANSWER_LIMIT_S)
            self._connection.sendall(json.dumps(request).encode() + b"\n")
        except BrokenPipeError:
            return  # It has refused us; what it said of that waits to be read.
        except TimeoutError:
            raise hangs() from None
        except OSError as error:
            raise NotRunning(f"moodspeaker hung up: {error.strerror}") from error

    def receive(self, limit_s: float) -> bytes | None:
        """The next line without its end; None when none came. Raises NotRunning at the end."""
        until_s = time.monotonic() + limit_s
        while b"\n" not in self._rest:
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return None
            self._rest += self._more(left_s)
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _more(self, limit_s: float) -> bytes:
        self._connection.settimeout(limit_s)
        try:
            more = self._connection.recv(CHUNK_BYTES)
        except TimeoutError:
            return b""
        except OSError as error:
            raise NotRunning(f"moodspeaker hung up: {error.strerror}") from error
        if not more:
            raise NotRunning("moodspeaker has ended, or hung up")
        return more


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a command; `text` is the JSON line as it came."""

    ok: bool
    error: str
    text: str


def ask(path: Path, entity: str, payload: str) -> Reply:
    """One command. Raises NotRunning, and MoodspeakerError where there is no proper answer."""
    with connected(path) as line:
        line.send({"entity": entity, "payload": payload})
        told = line.receive(ANSWER_LIMIT_S)
    if told is None:
        raise hangs()
    try:
        content = json.loads(told)
        return Reply(bool(content["ok"]), str(content["error"] or ""), told.decode())
    except (ValueError, TypeError, KeyError) as error:
        raise MoodspeakerError(f"{path} does not answer as moodspeaker does") from error


@contextmanager
def connected(path: Path) -> Iterator[Line]:
    """Raises NotRunning, and MoodspeakerError for one that may not be used."""
    check_length(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(CONNECT_LIMIT_S)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotRunning(f"no moodspeaker is running here (no socket {path})") from error
        except ConnectionRefusedError as error:
            raise NotRunning(
                f"no moodspeaker is running here (nobody listens on {path})"
            ) from error
        except PermissionError as error:
            remedy = "use sudo, or join the group of that file"
            raise MoodspeakerError(f"{path} may not be used by you", remedy) from error
        except (TimeoutError, BlockingIOError) as error:
            raise hangs() from error
        yield Line(connection)


def hangs() -> MoodspeakerError:
    """What to raise of a service that says nothing."""
    return MoodspeakerError("moodspeaker is there and does not answer", "restart it, see its log")
