"""Every wrong input ends in one line that names it, and in the documented exit code."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from generated import ROOT, fields

from moodspeaker.vision.tflite import RUNTIMES
from moodspeaker_convert.cli import main
from moodspeaker_convert.commands import arguments


def one_line(capsys):
    """What was said to stderr, which must be one line without a traceback."""
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said
    return said


def run(*arguments):
    return main([str(argument) for argument in arguments])


@pytest.fixture
def data(tmp_path):
    np.savez(tmp_path / "faces.npz", **fields())
    return tmp_path / "faces.npz"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["train", "--data", "f.npz"],
        ["train", "--data", "f.npz", "--out", "o", "--arch", "lenet"],
        ["train", "--data", "f.npz", "--out", "o", "--labels", "moods"],
        ["train", "--data", "f.npz", "--out", "o", "--epochs", "0"],
        ["train", "--data", "f.npz", "--out", "o", "--batch", "x"],
        ["train", "--data", "f.npz", "--out", "o", "--seed", "-1"],
        ["convert", "m.keras", "--data", "f.npz", "--name", "../emotion"],
        ["evaluate", "--model", "m", "--data", "f.npz", "--split", "Test"],
    ],
)
def test_wrong_usage_exits_2(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        run(*arguments)
    assert left.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_a_missing_data_file_is_named(tmp_path, capsys):
    missing = tmp_path / "none.npz"
    assert run("train", "--data", missing, "--out", tmp_path / "o") == 1
    assert str(missing) in one_line(capsys)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"images": None}, "images"),
        ({"label": None, "usage": None}, "label, usage"),
        ({"images": np.zeros((490, 48), dtype=np.uint8)}, "images"),
        ({"images": np.zeros((490, 48, 48), dtype=np.float32)}, "float32"),
        ({"label": np.zeros(3, dtype=np.int8)}, "label"),
        ({"label": np.full(490, 7, dtype=np.int8)}, "out of range"),
        ({"usage": np.full(490, 3, dtype=np.uint8)}, "out of range"),
        ({"ferplus_votes": np.zeros((490, 8), dtype=np.uint8)}, "ferplus_votes"),
        ({"usage": np.ones(490, dtype=np.uint8)}, "Training"),
    ],
)
def test_a_damaged_data_file_is_named(tmp_path, capsys, change, named):
    arrays = {name: kept for name, kept in (fields() | change).items() if kept is not None}
    np.savez(tmp_path / "faces.npz", **arrays)
    assert run("train", "--data", tmp_path / "faces.npz", "--out", tmp_path / "o") == 1
    assert named in one_line(capsys)


def test_a_file_that_is_no_npz_is_named(tmp_path, capsys):
    (tmp_path / "faces.npz").write_text("no")
    assert run("train", "--data", tmp_path / "faces.npz", "--out", tmp_path / "o") == 1
    assert "faces.npz" in one_line(capsys)


def test_a_training_folder_is_not_used_twice(tmp_path, data, capsys):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "plan.json").write_text("{}")
    assert run("train", "--data", data, "--out", tmp_path / "o") == 1
    assert "--resume" in one_line(capsys)
    assert run("train", "--data", data, "--out", tmp_path / "o", "--resume") == 1
    assert "other arguments" in one_line(capsys)


def test_a_missing_model_is_named(tmp_path, data, capsys):
    assert run("convert", tmp_path / "m.keras", "--data", data, "--out", tmp_path) == 1
    assert "m.keras is missing" in one_line(capsys)


def test_a_model_without_its_training_record_cannot_be_measured(tmp_path, data, capsys):
    (tmp_path / "m.keras").write_bytes(b"no")
    assert run("evaluate", "--model", tmp_path / "m.keras", "--data", data) == 1
    assert "training.json" in one_line(capsys)


def test_a_missing_tflite_file_is_named(tmp_path, data, capsys):
    assert run("evaluate", "--model", tmp_path / "m.tflite", "--data", data) == 1
    assert "m.tflite" in one_line(capsys)


def test_a_file_of_another_kind_is_named(tmp_path, data, capsys):
    assert run("evaluate", "--model", tmp_path / "m.onnx", "--data", data) == 1
    assert "m.onnx" in one_line(capsys)


def test_a_tflite_file_that_is_none_is_named(tmp_path, data, capsys):
    shipped = json.loads((ROOT / "models" / "emotion.json").read_text())
    (tmp_path / "m.tflite").write_bytes(b"no")
    (tmp_path / "m.json").write_text(json.dumps(shipped))
    assert run("evaluate", "--model", tmp_path / "m.tflite", "--data", data) == 1
    assert "sha256" in one_line(capsys)


def test_the_data_without_the_split_is_named(tmp_path, capsys):
    np.savez(tmp_path / "faces.npz", **fields())
    model = ROOT / "models" / "emotion.tflite"
    arguments = ("--data", tmp_path / "faces.npz", "--split", "PrivateTest")
    assert run("evaluate", "--model", model, *arguments) == 1
    assert "PrivateTest" in one_line(capsys)


def test_help_loads_nothing_heavy():
    code = (
        "import sys, contextlib, moodspeaker_convert.cli as c\n"
        "with contextlib.suppress(SystemExit): c.main(['train', '--help'])\n"
        "sys.exit(bool({'numpy', 'cv2', 'keras', 'tensorflow'} & set(sys.modules)))"
    )
    path = f"{ROOT / 'daemon'}:{ROOT / 'conversion'}"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"exit codes: 0 done" in done.stdout


def test_the_command_line_knows_every_runtime():
    assert ("auto", *RUNTIMES) == arguments.RUNTIMES
