"""Programs of this folder that want a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def output_of_program(name: str, *words: object, limit_s: float) -> str:
    """What `fakes.NAME` prints; fails where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", f"fakes.{name}", *map(str, words)],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": f"{TESTS.parent / 'daemon'}{os.pathsep}{TESTS}"},
        capture_output=True,
        text=True,
        timeout=limit_s,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
