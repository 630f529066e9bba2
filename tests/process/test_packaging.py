"""What a Pi would install: wheels alone, for aarch64, and numpy 1 on Bookworm's Python."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 300
PLATFORMS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014")

pytestmark = pytest.mark.slow


def resolved_for_a_pi(folder: Path) -> dict[str, str]:
    """{package: version} that pip would install on a 64-bit Pi with this Python's version.

    Markers are evaluated for the running interpreter, which is why it stands for itself alone.
    """
    quiet = ["--quiet", "--disable-pip-version-check"]
    wheel = [sys.executable, "-m", "pip", "wheel", *quiet, "--no-deps", "-w", str(folder)]
    subprocess.run([*wheel, str(ROOT)], check=True, timeout=LIMIT_S, capture_output=True)
    report = folder / "report.json"
    argv = [sys.executable, "-m", "pip", "install", *quiet, "--dry-run", "--report", str(report)]
    argv += ["--target", str(folder / "target"), "--only-binary=:all:", "--implementation", "cp"]
    argv += ["--python-version", f"{sys.version_info.major}.{sys.version_info.minor}"]
    argv += [word for name in PLATFORMS for word in ("--platform", f"{name}_aarch64")]
    argv += [str(next(folder.glob("moodspeaker-*.whl")))]
    subprocess.run(argv, check=True, timeout=LIMIT_S, capture_output=True)
    found = json.loads(report.read_text())["install"]
    return {item["metadata"]["name"].lower(): item["metadata"]["version"] for item in found}


def test_a_pi_gets_wheels_alone_and_the_numpy_that_its_picamera2_needs(tmp_path: Path) -> None:
    versions = resolved_for_a_pi(tmp_path)
    major = int(versions["numpy"].split(".")[0])
    assert major == (1 if sys.version_info < (3, 12) else 2)
    assert versions["opencv-python-headless"].split(".")[0] == "4"
    assert {"ai-edge-litert", "aiomqtt", "python-mpd2", "pydantic"} <= set(versions)
    assert not {"tensorflow", "keras", "tflite-runtime"} & set(versions)
