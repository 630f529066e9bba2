"""How much the service logs in its worst hour."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
LIMIT_S = 600
MOST_AN_HOUR = 1000
"""Lines: an hour of MPD, broker and camera flapping, and of a hostile client."""


@pytest.mark.slow
def test_the_worst_hour_is_a_few_hundred_lines(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fakes.hour_of_trouble", str(tmp_path)],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": f"{TESTS.parent / 'daemon'}{os.pathsep}{TESTS}"},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = json.loads(done.stdout)
    # There was trouble enough: without the bound it would be too much.
    assert lines["logged"] > MOST_AN_HOUR, lines
    assert lines["shown"] <= MOST_AN_HOUR, lines
