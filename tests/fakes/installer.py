"""`scripts/install` without root: as a command, and its parts in a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSTALL = ROOT / "scripts" / "install"
PARTS = INSTALL.with_name("install.d")
LIMIT_S = 180

# Every part in a shell of its own, with places and powers that a test may have.
PREPARED = """
set -euo pipefail
here={scripts} checkout={checkout}
for part in places system packages account program state service wheelhouse remove; do
  . "$here/install.d/$part.sh"
done
action=upgrade wheelhouse='' broker='' apt=no purge=no settle_s=0
top={top}
program=$top/opt/moodspeaker versions=$top/opt/moodspeaker.d
previous=$versions/previous
config_folder=$top/etc config=$top/etc/moodspeaker.yaml mpd_conf=$top/etc/mpd.conf
state=$top/state state_before=$top/before units=$top/units command=$top/bin/moodspeaker
user=$(id -un) python={python} os_release=$top/os-release
as_user() {{ "$@"; }}
booted() {{ false; }}
mkdir -p "$versions" "$config_folder" "$units" "$state"
cd /
"""


def refusal(tmp_path: Path, *options: str, **fakes: str) -> subprocess.CompletedProcess[str]:
    """scripts/install, with commands of this machine replaced by shell lines.

    The interpreter is one that is always refused, so that nothing is ever installed here.
    """
    folder = tmp_path / "bin"
    for name, line in {"old-python": "[ $1 = --version ] && echo Python 3.9.2", **fakes}.items():
        fake(folder / name, line)
    environment = os.environ | {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHON": str(folder / "old-python"),
    }
    return subprocess.run(
        [INSTALL, *options],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def fake(path: Path, line: str) -> None:
    """A command that runs one line of shell."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def shell(top: Path, code: str, checkout: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Some lines of shell after the installer's parts, all of it below `top`."""
    prepared = PREPARED.format(
        scripts=ROOT / "scripts", checkout=checkout, top=top, python=sys.executable
    )
    return subprocess.run(
        ["bash", "-c", prepared + code],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def versions_at(top: Path, *names: str) -> None:
    """Built versions, each with units of its own."""
    for name in names:
        folder = top / "opt" / "moodspeaker.d" / name
        (folder / "bin").mkdir(parents=True)
        fake(folder / "bin" / "moodspeaker", f"echo {name}")
        (folder / ".complete").touch()
        units = folder / "share" / "moodspeaker" / "systemd"
        units.mkdir(parents=True)
        for unit in ("moodspeaker.service", "moodspeaker-label.service", "moodspeaker-label.timer"):
            (units / unit).write_text(name, encoding="utf-8")
