"""What a Pi would install: wheels alone, for aarch64, and numpy 1 on Bookworm's Python."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from arm64.tree import BOOKWORM, TRIXIE, requirements

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 300
QUIET = ("--quiet", "--disable-pip-version-check")
OLDEST_GLIBC = 17
NEWEST_GLIBC = {BOOKWORM: 36, TRIXIE: 41}
"""The C library's minor version: a wheel may want that or any older one."""
UNREACHABLE = ("NewConnectionError", "ConnectTimeout", "Temporary failure in name resolution")

pytestmark = pytest.mark.slow


def resolved(folder: Path, python: str, *wanted: str) -> dict[str, str]:
    """{package: version} that pip would install on a 64-bit Pi with that Python.

    Markers of what our own packages want in turn are those of the running interpreter.
    """
    report = folder / "report.json"
    version = python.rpartition(".")[0]
    glibcs = range(NEWEST_GLIBC[python], OLDEST_GLIBC - 1, -1)
    names = (*(f"manylinux_2_{minor}" for minor in glibcs), "manylinux2014")
    platforms = [word for name in names for word in ("--platform", f"{name}_aarch64")]
    argv = [sys.executable, "-m", "pip", "install", *QUIET, "--dry-run", "--report", str(report)]
    argv += ["--target", str(folder / "target"), "--only-binary=:all:", "--implementation", "cp"]
    argv += ["--python-version", version, "--abi", f"cp{version.replace('.', '')}"]
    argv += ["--abi", "abi3", "--abi", "none", *platforms, *wanted]
    done = subprocess.run(argv, timeout=LIMIT_S, capture_output=True, text=True, check=False)
    if any(words in done.stderr for words in UNREACHABLE):
        pytest.skip(f"no package registry: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(report.read_text())["install"]
    return {item["metadata"]["name"].lower(): item["metadata"]["version"] for item in found}


@pytest.mark.parametrize(("python", "numpy"), [(BOOKWORM, 1), (TRIXIE, 2)])
@pytest.mark.parametrize("extra", [None, "library"])
def test_a_pi_gets_wheels_alone_and_the_numpy_that_its_picamera2_needs(
    tmp_path: Path, python: str, numpy: int, extra: str | None
) -> None:
    versions = resolved(tmp_path, python, *requirements(python, extra))
    assert int(versions["numpy"].split(".")[0]) == numpy
    assert versions["opencv-python-headless"].split(".")[0] == "4"
    assert {"ai-edge-litert", "aiomqtt", "python-mpd2", "pydantic", "pyyaml"} <= set(versions)
    assert ("scipy" in versions) is (extra == "library")
    assert not {"tensorflow", "keras", "tflite-runtime"} & set(versions)


def test_the_wheel_is_for_any_machine_and_holds_all_that_runs(tmp_path: Path) -> None:
    argv = (sys.executable, "-m", "pip", "wheel", *QUIET, "--no-deps", "-w", str(tmp_path))
    subprocess.run((*argv, str(ROOT)), check=True, timeout=LIMIT_S, capture_output=True)
    (wheel,) = tmp_path.glob("moodspeaker-*-py3-none-any.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "daemon" / "moodspeaker"
    modules = {str(path.relative_to(package.parent)) for path in package.rglob("*.py")}
    assert modules <= held
    for name in ("models/emotion.tflite", "models/emotion.json", "config/moodspeaker.yaml"):
        assert any(one.endswith(f"share/moodspeaker/{name}") for one in held), name
