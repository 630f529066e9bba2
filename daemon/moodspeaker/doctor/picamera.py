"""Whether picamera2 works in this environment, and which cameras it lists."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.doctor.finding import wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.doctor.finding import Finding

NAME = "picamera2"
LIMIT_S = 40.0
"""The import alone takes a Pi Zero ten seconds."""
MARK = "cameras:"
CODE = (
    "import json; from picamera2 import Picamera2; "
    f"print({MARK!r} + json.dumps([c.get('Model', '?') for c in Picamera2.global_camera_info()]))"
)
TOO_NEW = ("numpy.dtype size changed", "compiled using NumPy 1.x", "_ARRAY_API")

TOO_OLD = "from C header, got 96 from PyObject"
"""The size of a dtype in numpy 1; in numpy 2 it is 88."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a child process with picamera2 left. `status` None: it did not end in time."""

    status: int | None
    out: str
    error: str


def try_picamera2(
    python: str = sys.executable,
    environment: Mapping[str, str] = os.environ,
    limit_s: float = LIMIT_S,
) -> Tried:
    """In a process of its own: a library that does not fit may crash or hang the one it is in."""
    try:
        done = subprocess.run(
            [python, "-c", CODE],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit_s,
            check=False,
            env=dict(environment),
        )
    except subprocess.TimeoutExpired:
        return Tried(None, "", "")
    return Tried(done.returncode, done.stdout, done.stderr)


def cameras(tried: Tried) -> list[str] | None:
    """The models that it lists; None where it failed."""
    marked = [line for line in tried.out.splitlines() if line.startswith(MARK)]
    if tried.status != 0 or not marked:
        return None
    models: list[str] = json.loads(marked[-1].removeprefix(MARK))
    return models


def failure(tried: Tried, prefix: Path = Path(sys.prefix)) -> Finding:
    """Why there is no list. `prefix` is the virtual environment's folder."""
    last = (tried.error.strip().splitlines() or ["it said nothing"])[-1]
    if tried.status is None:
        return wrong(NAME, "its import hangs", "sudo reboot; if it stays so: sudo dmesg | tail -30")
    if tried.status < 0:
        return wrong(
            NAME,
            f"its import crashes (signal {-tried.status})",
            "sudo apt-get install --reinstall python3-picamera2 python3-libcamera",
        )
    if numpy := wrong_numpy(tried.error, prefix):
        return numpy
    if "No module named 'picamera2'" in last:
        return absent(prefix)
    if "No module named" in last:
        return wrong(
            NAME,
            f"it misses a part: {last}",
            "sudo apt-get install --reinstall python3-picamera2 python3-libcamera",
        )
    return wrong(
        NAME,
        f"it does not import: {last}",
        "sudo apt-get update && sudo apt-get full-upgrade, then: sudo reboot",
    )


def wrong_numpy(error: str, prefix: Path) -> Finding | None:
    """An environment whose numpy is not the one that apt's picamera2 is built for."""
    if TOO_OLD in error:
        return wrong(
            NAME,
            "it is built for numpy 2, and numpy 1 is in this environment",
            f"{prefix}/bin/pip install 'numpy>=2', then: sudo systemctl restart moodspeaker",
        )
    if any(words in error for words in TOO_NEW):
        return wrong(
            NAME,
            "it is built for numpy 1, and numpy 2 is in this environment",
            f"{prefix}/bin/pip install 'numpy<2' 'opencv-python-headless<4.12', then: "
            "sudo systemctl restart moodspeaker",
        )
    return None


def absent(prefix: Path) -> Finding:
    """Not installed; or installed by apt, where this environment does not look."""
    settings = prefix / "pyvenv.cfg"
    if closed_in(settings):
        return wrong(
            NAME,
            f"{prefix} does not see the system's packages, of which picamera2 is one",
            f"write `include-system-site-packages = true` into {settings}, and: "
            "sudo apt-get install python3-picamera2; for a USB camera set camera.kind: v4l2",
        )
    return wrong(
        NAME,
        "it is not installed",
        "sudo apt-get install python3-picamera2; for a USB camera set camera.kind: v4l2",
    )


def closed_in(settings: Path) -> bool:
    """Whether this is a virtual environment that leaves the system's packages out."""
    try:
        text = settings.read_text(encoding="utf-8")
    except OSError:
        return False
    pairs = (line.partition("=") for line in text.lower().splitlines())
    told = {key.strip(): value.strip() for key, _, value in pairs}
    return told.get("include-system-site-packages") != "true"
