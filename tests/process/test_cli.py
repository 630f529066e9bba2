"""The command line with good and with bad input: one clear line, the documented exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from fakes.camera import grey
from fakes.demo_process import runtime_config
from moodspeaker.runtime.assets import ASTRONAUT, asset_path, model_folder

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 180


def moodspeaker(*argv: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "moodspeaker", *map(str, argv)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def one_clear_line(done: subprocess.CompletedProcess[str], status: int) -> str:
    """Checks that the end was in order, and gives the line."""
    assert done.returncode == status, done
    lines = [x for x in done.stderr.splitlines() if not x.startswith(("INFO:", "libpng"))]
    assert len(lines) == 1, lines
    assert "Traceback" not in done.stderr
    return lines[0]


def test_the_shipped_config_has_no_problems() -> None:
    done = moodspeaker("check-config", ROOT / "config" / "moodspeaker.yaml")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_wheel_that_is_broken_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text('raise ImportError("numpy is for another machine\\nmore")\n')
    (tmp_path / "empty.yaml").touch()
    done = subprocess.run(
        [sys.executable, "-m", "moodspeaker", "run", "--config", tmp_path / "empty.yaml"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    line = one_clear_line(done, 1)
    assert line == "moodspeaker: numpy is for another machine (install moodspeaker again)"


def test_a_checkout_runs_without_being_installed() -> None:
    for argv in (["daemon", "--version"], ["-m", "daemon", "--version"]):
        done = subprocess.run(
            [sys.executable, *argv], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.startswith("moodspeaker ")


@pytest.mark.parametrize("command", ["check-config", "show-config", "run"])
def test_a_missing_config_is_one_line_and_exit_2(tmp_path: Path, command: str) -> None:
    path = tmp_path / "none.yaml"
    argv = ("run", "--config", path) if command == "run" else (command, path)
    assert "cannot be read" in one_clear_line(moodspeaker(*argv), 2)


def test_several_problems_are_several_lines_and_exit_2(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("mood:\n  dwell: 3\nmpd:\n  port: 99999\n")
    done = moodspeaker("run", "--config", path)
    assert done.returncode == 2
    assert [line.split()[0] for line in done.stderr.splitlines()] == [f"{path}:2", f"{path}:4"]


def test_show_config_prints_what_loads_again(tmp_path: Path) -> None:
    first = moodspeaker("show-config", ROOT / "config" / "minimal.yaml").stdout
    (tmp_path / "again.yaml").write_text(first)
    assert moodspeaker("show-config", tmp_path / "again.yaml").stdout == first


def test_the_schema_is_json() -> None:
    assert "mood" in json.loads(moodspeaker("schema").stdout)["properties"]


def test_probe_reads_a_real_face(tmp_path: Path) -> None:
    done = moodspeaker(
        "probe", asset_path(ASTRONAUT), "--json", "--config", runtime_config(tmp_path)
    )
    (line,) = done.stdout.splitlines()
    (face,) = json.loads(line)["faces"]
    assert len(face["emotions"]) == 7
    assert sum(face["emotions"].values()) == pytest.approx(1, abs=1e-5)
    assert max(face["emotions"], key=face["emotions"].get) == "happy"
    x, y, width, height = face["box"]
    assert x < 230 < x + width
    assert y < 120 < y + height


def test_probe_of_a_group_lists_every_face(data_folder: Path) -> None:
    picture = data_folder / "media" / "pyfeat_multi_face.jpg"
    faces = json.loads(moodspeaker("probe", picture, "--json").stdout)["faces"]
    assert len(faces) >= 3
    for face in faces:
        assert sum(face["emotions"].values()) == pytest.approx(1, abs=1e-5)


def test_probe_of_a_clip_without_faces_finds_none(data_folder: Path) -> None:
    done = moodspeaker("probe", data_folder / "media" / "pyfeat_no_face.mp4", "--json")
    frames = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(frames) > 50
    assert not [frame for frame in frames if frame["faces"]]


@pytest.mark.parametrize("name", ["empty.jpg", "noise.mp4", "missing.png"])
@pytest.mark.parametrize("command", ["probe", "demo"])
def test_a_source_that_cannot_be_read_is_one_line_and_exit_1(
    tmp_path: Path, name: str, command: str
) -> None:
    path = tmp_path / name
    if name != "missing.png":
        path.write_bytes(b"" if name.startswith("empty") else bytes(9999))
    argv = ("probe", path) if command == "probe" else ("demo", "--source", path, "--json")
    assert str(path) in one_clear_line(moodspeaker(*argv), 1)


@pytest.mark.parametrize("harm", ["hash", "missing", "manifest"])
def test_a_model_that_does_not_match_its_manifest_is_refused(tmp_path: Path, harm: str) -> None:
    for name in ("emotion.tflite", "emotion.json"):
        shutil.copy(model_folder() / name, tmp_path)
    if harm == "hash":
        with (tmp_path / "emotion.tflite").open("ab") as file:
            file.write(b"\0")
    elif harm == "missing":
        (tmp_path / "emotion.json").unlink()
    else:
        (tmp_path / "emotion.json").write_text("{}")
    config = tmp_path / "config.yaml"
    config.write_text(f"vision: {{model: {tmp_path / 'emotion.tflite'}}}\n")
    cv2.imwrite(str(tmp_path / "x.png"), grey())
    line = one_clear_line(moodspeaker("probe", tmp_path / "x.png", "--config", config), 1)
    assert "emotion." in line


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    code = (
        "import sys, moodspeaker.cli.main as m; m.build_parser();"
        "print([x for x in ('cv2', 'numpy', 'ai_edge_litert', 'tensorflow', 'pydantic')"
        " if x in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
