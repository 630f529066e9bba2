"""The machine: its system, its clock, its power and what limits memory."""

from __future__ import annotations

import ctypes
import platform
import struct
import sys
from datetime import UTC, datetime
from pathlib import Path

from moodspeaker.doctor.finding import Finding, fine, wrong

OLDEST_PYTHON = (3, 11)
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
"""Before the first release; a Pi without a network begins in 1970 or where it was switched off."""
TIMEX_BYTES = 512
"""More than any struct timex has."""
TIME_ERROR = 5
LOW, HOT = 0x1, 0xE
"""Bits of get_throttled: under-voltage; slowed by it or by heat. 16 bits up: since the start."""
SINCE_START = 16
THROTTLED = "soc*/soc*:firmware/get_throttled"
"""A Pi 5 has an address in these names."""


def examine_system(
    bits: int = 8 * struct.calcsize("P"),
    machine: str = platform.machine(),
    python: tuple[int, ...] = tuple(sys.version_info[:3]),
    root: Path = Path("/"),
) -> Finding:
    """What programs run here: `bits` of ours, `machine` of the kernel."""
    if bits < 64:
        kernel = "64-bit kernel with 32-bit programs" if "64" in machine else "32-bit system"
        return wrong(
            "system",
            f"{kernel} ({machine}): there is no TFLite runtime for it",
            "write the 64-bit Raspberry Pi OS to the card, with Raspberry Pi Imager",
        )
    version = ".".join(str(number) for number in python)
    if python[:2] < OLDEST_PYTHON:
        return wrong(
            "system",
            f"Python {version} is too old: 3.11 is needed",
            "upgrade to Raspberry Pi OS Bookworm or newer, then: sudo scripts/install",
        )
    return fine("system", f"{board(root) or machine}, {bits}-bit, Python {version}")


def board(root: Path) -> str:
    """`Raspberry Pi 4 Model B Rev 1.4`; nothing where the kernel does not tell."""
    try:
        model = (root / "proc/device-tree/model").read_bytes()
    except OSError:
        return ""
    return model.decode("utf-8", "replace").strip("\0 \n")


def examine_clock(now: datetime, installed: datetime, *, synchronised: bool) -> Finding:
    """`installed` is when this program was put here: it cannot be earlier than that now."""
    earliest = max(EARLIEST, installed)
    if now < earliest:
        return wrong(
            "clock",
            f"it shows {now:%Y-%m-%d %H:%M} UTC, which is over: this program is of "
            f"{earliest:%Y-%m-%d}",
            "sudo timedatectl set-ntp true, and give it a network: a Pi that is off keeps no time",
        )
    how = "set by a time server" if synchronised else "no time server has set it yet"
    return fine("clock", f"{now:%Y-%m-%d %H:%M} UTC, {how}")


def installed_at() -> datetime:
    """When this program's files were written."""
    return datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)


def time_is_set(root: Path = Path("/")) -> bool:
    """Whether a time server has set the clock: timesyncd says so, or the kernel of any other."""
    if (root / "run/systemd/timesync/synchronized").exists():
        return True
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    except (OSError, AttributeError):
        return False
    return 0 <= state < TIME_ERROR


def examine_memory(root: Path = Path("/")) -> Finding:
    """Whether a limit of memory is kept. Without one the speaker runs as well."""
    if limits_memory(root):
        return fine("memory", "limits are kept")
    return fine(
        "memory",
        "MemoryMax of the service is not kept here; to have it, add cgroup_enable=memory to the "
        "one line of /boot/firmware/cmdline.txt and restart",
    )


def limits_memory(root: Path) -> bool:
    """Whether the kernel has its memory controller on, in either hierarchy."""
    groups = root / "sys/fs/cgroup"
    if "memory" in text_of(groups / "cgroup.controllers").split():
        return True
    rows = (line.split() for line in text_of(root / "proc/cgroups").splitlines())
    on = any(row[0] == "memory" and row[-1] == "1" for row in rows if row)
    return on and (groups / "memory").is_dir()


def text_of(path: Path) -> str:
    """A small file's text; nothing where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def examine_power(root: Path = Path("/")) -> Finding | None:
    """What the Pi's firmware says of its supply and its heat; None on other machines."""
    files = sorted((root / "sys/devices/platform").glob(THROTTLED))
    text = "".join(map(text_of, files[:1])).strip()
    try:
        bits = int(text, 16)
    except ValueError:
        return None
    if (bits | bits >> SINCE_START) & LOW:
        when = "now" if bits & LOW else "since it was started"
        return wrong(
            "power",
            f"too little voltage {when} ({text})",
            "use the power supply made for this Pi, and a short, thick cable",
        )
    if bits & HOT:
        return wrong(
            "power",
            f"slowed down by heat ({text})",
            "give it a heat sink or a fan; a lower camera.hot_c looks less often when hot",
        )
    return fine("power", "was too hot for a while" if bits >> SINCE_START else "enough")
