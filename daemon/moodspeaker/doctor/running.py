"""The control socket: whether a service runs, and what it says of itself."""

from __future__ import annotations

import json
import os
import re
import socket
import stat
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker import __version__
from moodspeaker.app.parts import LOCK
from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.errors import MoodspeakerError
from moodspeaker.runtime.control_client import NotRunning, connected

if TYPE_CHECKING:
    from moodspeaker.doctor.finding import Finding

STATE_LIMIT_S = 5.0
PID, PLACE = 4, 5
"""Columns of /proc/locks."""
TROUBLED = re.compile(r"(?:^|; )([a-z]+(?: [a-z]+)?): ")
"""The parts in the service's `problem`; what is wrong with each is examined below."""
NAME = "control"
RESTART = "sudo systemctl restart moodspeaker"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking. `state` is what the service says, None where it said nothing.

    `occupied` says that a service may have the camera, whether it answered or not.
    """

    finding: Finding
    state: dict[str, Any] | None = None
    occupied: bool = False


def ask_for(state_dir: Path, path: Path, root: Path = Path("/")) -> Answer:
    """The same of the service on this state folder, which may run and listen elsewhere."""
    answer = ask_service(path, root)
    number = None if answer.occupied else lock_holder(state_dir / LOCK, root)
    if number is None:
        return answer
    return Answer(
        wrong(
            NAME,
            f"a service works on {state_dir} (process {number}) and does not listen on {path}",
            "set MOODSPEAKER_CONTROL as the service has it; where it cannot listen at all, "
            "journalctl -u moodspeaker says why",
        ),
        occupied=True,
    )


def lock_holder(path: Path, root: Path) -> int | None:
    """The process that holds that lock. It is not tried: a service that starts would give up."""
    try:
        inode = path.stat().st_ino
        rows = [line.split() for line in (root / "proc/locks").read_text("ascii").splitlines()]
    except (OSError, UnicodeDecodeError):
        return None
    held = (row for row in rows if row[1:2] == ["FLOCK"] and len(row) > PLACE)
    return next((int(row[PID]) for row in held if row[PLACE].endswith(f":{inode}")), None)


def ask_service(path: Path, root: Path = Path("/")) -> Answer:
    """Looks on for as long as it takes to hear the state."""
    if odd(path):
        remedy = f"sudo rm {path}, then: {RESTART}"
        return Answer(wrong(NAME, f"{path} is there and is no socket", remedy))
    try:
        state = state_told(path)
    except NotRunning as error:
        return unanswered(path, error, root)
    except MoodspeakerError as error:
        return closed(path, error)
    except (OSError, ValueError, TypeError):
        return foreign(path, root)
    if state is None:
        silent = wrong(NAME, f"a service listens on {path} and says nothing", RESTART)
        return Answer(silent, occupied=True)
    return Answer(heard(state), state, occupied=True)


def state_told(path: Path) -> dict[str, Any] | None:
    """The service's state; None where it does not come in time.

    Raises MoodspeakerError and OSError; ValueError and TypeError for what no service would say.
    """
    with connected(path) as line:
        line.send({"watch": True})
        until_s = time.monotonic() + STATE_LIMIT_S
        while (told := line.receive(max(0.0, until_s - time.monotonic()))) is not None:
            content = json.loads(told)
            if "state" in content:
                return dict(content["state"])
    return None


def heard(state: dict[str, Any]) -> Finding:
    """The service answers."""
    version = state.get("version")
    if version != __version__:
        return wrong(
            NAME, f"the service that runs is version {version}, here is {__version__}", RESTART
        )
    parts = TROUBLED.findall(str(state.get("problem") or ""))
    troubles = f"; it has trouble with: {', '.join(parts)}" if parts else ""
    return fine(NAME, f"the service runs and answers{troubles}")


def unanswered(path: Path, error: NotRunning, root: Path) -> Answer:
    """Nobody there; or somebody who hung up on us."""
    if "hung up" in error.what:
        return foreign(path, root)
    return Answer(fine(NAME, "no service runs here: its parts are tried by this command"))


def closed(path: Path, error: MoodspeakerError) -> Answer:
    """Somebody is there: we may not ask, or it does not answer; or the path will not do."""
    if isinstance(error.__cause__, PermissionError):
        remedy = (
            "run `sudo moodspeaker doctor`; or sudo usermod -aG moodspeaker $USER, then log out "
            "and in again"
        )
        return Answer(wrong(NAME, f"you may not ask the service on {path}", remedy), occupied=True)
    if error.__cause__ is None:
        return Answer(
            wrong(
                NAME, f"no socket can be there: {path}", "set MOODSPEAKER_CONTROL to a shorter path"
            )
        )
    return Answer(
        wrong(NAME, f"a service listens on {path} and does not answer", RESTART), occupied=True
    )


def foreign(path: Path, root: Path) -> Answer:
    """Something else listens there, and the service cannot."""
    who = holder(path, root)
    return Answer(
        wrong(
            NAME,
            f"{path} is held by another program{who and f': {who}'}",
            "end it, or set MOODSPEAKER_CONTROL to another path for service and commands",
        )
    )


def holder(path: Path, root: Path) -> str:
    """Name and number of the process that listens there; nothing where it is not told."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1.0)
            probe.connect(str(path))
            raw = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        number = struct.unpack("3i", raw)[0]
        name = (root / "proc" / str(number) / "comm").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return f"{name} (process {number})"


def odd(path: Path) -> bool:
    """Whether something other than a socket is in the way."""
    try:
        return not stat.S_ISSOCK(os.lstat(path).st_mode)
    except OSError:
        return False
