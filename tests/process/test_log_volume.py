"""How much the service logs in its worst hour."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.programs import output_of_program

LIMIT_S = 600
MOST_AN_HOUR = 1000
"""Lines: an hour of MPD, broker and camera flapping, and of a hostile client."""


@pytest.mark.slow
def test_the_worst_hour_is_a_few_hundred_lines(tmp_path: Path) -> None:
    out = output_of_program("hour_of_trouble", tmp_path, limit_s=LIMIT_S)
    lines = json.loads(out)
    # There was trouble enough: without the bound it would be too much.
    assert lines["logged"] > MOST_AN_HOUR, lines
    assert lines["shown"] <= MOST_AN_HOUR, lines
