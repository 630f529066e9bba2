"""What a person said and what was noted, through kills at any instant, and two programs at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fakes.memory import in_memory
from fakes.programs import output_of_program
from moodspeaker.library.records import Feedback, Liking, StoredTrack
from moodspeaker.library.store import FILE_NAME, LabelStore
from moodspeaker.library.stored_labels import stored_labels

LIMIT_S = 240
KINDS = {
    "queued",
    "ended",
    "said",
    "unsaid",
    "batch",
    "tuning",
    "switches",
    "lists",
    "volume",
    "own/1.ogg",
}


def cut(folder: Path, rounds: int, seed: int) -> dict[str, Any]:
    """What came of so many kills."""
    out = output_of_program("power_cuts", folder, rounds, seed, limit_s=LIMIT_S)
    return dict(json.loads(out))


@pytest.mark.parametrize(
    ("rounds", "seed"), [(40, 1), pytest.param(200, 2, marks=pytest.mark.slow)]
)
def test_nothing_acknowledged_is_lost_and_no_file_is_half(
    rounds: int, seed: int, tmp_path: Path
) -> None:
    # A kill takes nothing from the kernel: a disk would only make the writers slow.
    result = cut(in_memory(tmp_path / "cut"), rounds, seed)
    assert result["problems"] == []
    # Each writer came to something: else there was nothing to lose.
    assert result["acknowledged"].keys() >= KINDS


def test_a_command_beside_the_service_takes_nothing_from_it(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    service = LabelStore.open(path)
    service.put_tracks([StoredTrack("a.ogg")], 1)
    # The player has come back: labels are read anew, over another connection.
    stored_labels(path, ())
    command = (sys.executable, "-m", "moodspeaker", "library", "set", "a.ogg", "happy")
    environment = {**os.environ, "MOODSPEAKER_STATE_DIR": str(tmp_path)}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=LIMIT_S)
    said = Feedback("a.ogg", "happy", Liking.LIKE, 1.0, 5.0)
    service.add_feedback(said)
    # Seen by whoever opens the file, not only by the connection that wrote it.
    other = LabelStore.open(path)
    assert other.feedback() == (said,)
    assert [one.source for one in other.estimates("a.ogg")] == ["user"]
    other.close()
    service.close()
