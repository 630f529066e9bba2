"""What the proof asks systemd, MPD, the broker and the kernel, inside the container.

Only the standard library: this runs on the container's own Python, beside the speaker.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

UNIT = "moodspeaker.service"
PROGRAM = "/opt/moodspeaker/bin/moodspeaker"
CONFIG = Path("/etc/moodspeaker/moodspeaker.yaml")
MPD = ("127.0.0.1", 6600)
COMMAND_LIMIT_S = 60.0
ANSWER_LIMIT_S = 5.0
LOOK_EVERY_S = 0.05
KEPT_CHARACTERS = 6000


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has run."""

    status: int
    said: str
    seconds: float

    def facts(self) -> dict[str, Any]:
        """As it goes into the results; of a long text the end."""
        return {
            "status": self.status,
            "said": self.said[-KEPT_CHARACTERS:],
            "seconds": round(self.seconds, 2),
        }


def run(*command: str, limit_s: float = COMMAND_LIMIT_S) -> Ended:
    """Runs to the end; status 124 where it took too long, as `timeout` has it."""
    began_s = time.monotonic()
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        said = error.output.decode(errors="replace") if error.output else ""
        return Ended(124, said, time.monotonic() - began_s)
    return Ended(done.returncode, done.stdout, time.monotonic() - began_s)


def systemctl(*arguments: str) -> Ended:
    """One systemctl command."""
    return run("systemctl", *arguments)


def show(*properties: str, unit: str = UNIT) -> dict[str, str]:
    """Properties of a unit, as texts."""
    said = systemctl("show", unit, "--property", ",".join(properties)).said
    return dict(line.partition("=")[::2] for line in said.splitlines() if "=" in line)


def main_pid(unit: str = UNIT) -> int:
    """0 where nothing runs."""
    return int(show("MainPID", unit=unit).get("MainPID", "0"))


def active(unit: str = UNIT) -> bool:
    """Whether systemd says so; a service of Type=notify is active once it was READY."""
    return show("ActiveState", unit=unit).get("ActiveState") == "active"


def restarted(before: int, unit: str = UNIT) -> bool:
    """Whether the unit is up again as another process."""
    return active(unit) and main_pid(unit) not in {0, before}


def until(condition: Callable[[], object], limit_s: float) -> float | None:
    """Seconds until it held; None where it never did."""
    began_s = time.monotonic()
    while time.monotonic() - began_s < limit_s:
        if condition():
            return round(time.monotonic() - began_s, 2)
        time.sleep(LOOK_EVERY_S)
    return None


def mpd(command: str) -> tuple[tuple[str, str], ...]:
    """What MPD answers, line by line; empty where it does not answer, or refuses."""
    try:
        with socket.create_connection(MPD, ANSWER_LIMIT_S) as link, link.makefile("rw") as lines:
            lines.readline()
            lines.write(command + "\n")
            lines.flush()
            return tuple(answered(iter(lines.readline, "")))
    except OSError:
        return ()


def answered(lines: Any) -> list[tuple[str, str]]:
    """The pairs up to OK or ACK."""
    pairs = []
    for line in lines:
        if line == "OK\n" or line.startswith("ACK"):
            break
        name, _, value = line.rstrip("\n").partition(": ")
        pairs.append((name, value))
    return pairs


def playing() -> str:
    """The file that MPD plays now; empty where none."""
    if dict(mpd("status")).get("state") != "play":
        return ""
    return dict(mpd("currentsong")).get("file", "")


def plays(mood: str) -> bool:
    """Whether a track of that mood's folder plays."""
    return playing().startswith(f"{mood}/")


def newest() -> int:
    """The highest song id in MPD's queue; what is queued later has a higher one."""
    return max((int(value) for name, value in mpd("playlistinfo") if name == "Id"), default=-1)


def plays_newer(mood: str, than: int) -> bool:
    """Whether a track of that mood plays that was queued after the song `than`."""
    return plays(mood) and int(dict(mpd("currentsong")).get("Id", -1)) > than


def queue() -> list[str]:
    """The files in MPD's queue, in order."""
    return [value for name, value in mpd("playlistinfo") if name == "file"]


def retained(topic: str) -> str | None:
    """What the broker keeps on `moodspeaker/<id>/<topic>`; None where nothing, or no broker."""
    said = run(
        *("mosquitto_sub", "-h", "127.0.0.1", "-t", f"moodspeaker/+/{topic}"),
        *("-C", "1", "-W", "2", "--retained-only"),
    )
    return said.said.strip() if said.status == 0 else None


def state(topic: str = "state") -> dict[str, Any]:
    """A retained JSON object; empty where there is none."""
    try:
        found = json.loads(retained(topic) or "{}")
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def online() -> bool:
    """Whether the broker knows the speaker as there."""
    return retained("availability") == "online"


def processes_of(user: str) -> list[str]:
    """The command lines of everything that runs as that user."""
    return run("ps", "-o", "args=", "-u", user).said.splitlines()


def journal(*options: str, unit: str = UNIT) -> str:
    """What the unit, and systemd about it, wrote."""
    return run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}", *options).said


def since_boot_s(monotonic_us: str) -> float:
    """A time stamp of `systemctl show`, in seconds; 0 where it has not happened."""
    return round(int(monotonic_us or 0) / 1e6, 3)


def entry(path: str) -> dict[str, str]:
    """Owner, group and mode of a file or folder; empty where there is none."""
    told = run("stat", "-c", "%U %G %a", path)
    names = ("owner", "group", "mode")
    return dict(zip(names, told.said.split(), strict=True)) if told.status == 0 else {}


def drop_in(name: str, text: str) -> None:
    """Lays a drop-in for the unit, and tells systemd; an empty text takes it away."""
    path = Path(f"/run/systemd/system/{UNIT}.d/{name}.conf")
    path.parent.mkdir(parents=True, exist_ok=True)
    if text:
        path.write_text(text)
    else:
        path.unlink(missing_ok=True)
    systemctl("daemon-reload")


def configure(text: str) -> None:
    """Replaces the config's text; owner and mode stay what the installer made them."""
    CONFIG.write_text(text)


def kill(pid: int, signal_number: int) -> None:
    """Sends a signal."""
    os.kill(pid, signal_number)
