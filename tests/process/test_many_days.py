"""The service through days and weeks, in time that leaps: what grows, and what is left over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fakes.programs import output_of_program

LIMIT_S = 900
DAYS, LOOK_S = 4, 5
GROWTH_MB = 1.0
SCORES_MB_A_DAY = 6.0


def lived(folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(each day's figures, what was left over at the end)."""
    out = output_of_program("many_days", folder, DAYS, "1", LOOK_S, limit_s=LIMIT_S)
    *days, end = map(json.loads, out.splitlines())
    return days, end


@pytest.mark.slow
def test_days_go_by_and_nothing_grows(tmp_path: Path) -> None:
    days, end = lived(tmp_path)
    first, last = days[0], days[-1]
    assert last["heard"] > 50 * DAYS
    assert last["moods"] > 10 * DAYS
    assert last["anon_mb"] - first["anon_mb"] < GROWTH_MB
    assert last["threads"] == first["threads"]
    assert last["descriptors"] <= first["descriptors"] + 1
    assert sum(last["tasks"].values()) <= sum(first["tasks"].values()) + 2
    assert end["left_over"] == []
    assert last["disk_mb"]["scores"] <= SCORES_MB_A_DAY * DAYS
    assert last["worst_hour"] < 100
