"""A disk that fills up leaves what was there, and nothing half-written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.whole_files import whole

# A file may grow to a thousand bytes: the system then refuses as a full disk does.
FULL = """
import resource, signal, sys
from pathlib import Path
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.whole_files import whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
first, second = (Path(sys.argv[1]) / name for name in ("a.tflite", "a.json"))
try:
    with whole(first, second) as (one, other):
        other.write_bytes(b"new")
        one.write_bytes(b"x" * 5000)
except ToolkitError as error:
    print(error)
"""


def test_all_files_take_their_places_together(tmp_path):
    first, second = tmp_path / "a.tflite", tmp_path / "a.json"
    with whole(first, second) as (one, other):
        one.write_text("1")
        other.write_text("2")
        assert not first.exists()
        assert one.suffix == ".tflite"
    assert (first.read_text(), second.read_text()) == ("1", "2")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_full_disk_is_one_line_and_the_old_pair_stays(tmp_path):
    (tmp_path / "a.tflite").write_text("old model")
    (tmp_path / "a.json").write_text("old manifest")
    path = [str(Path(part).resolve()) for part in sys.path if part]
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(path)},
    )  # fmt: skip
    assert done.stdout.count("\n") == 1
    assert "a.tflite cannot be written" in done.stdout
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.json", "a.tflite"]
    assert (tmp_path / "a.tflite").read_text() == "old model"


def test_a_failure_of_the_writer_leaves_nothing(tmp_path):
    def fails():
        with whole(tmp_path / "a") as (one,):
            one.write_text("half")
            raise KeyError("x")

    with pytest.raises(KeyError):
        fails()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_a_clear_error(tmp_path):
    with (
        pytest.raises(ToolkitError, match="cannot be written"),
        whole(tmp_path / "no" / "a") as (one,),
    ):
        one.write_text("x")
