"""What `moodspeaker doctor` finds of picamera2, tried in a process of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from moodspeaker.doctor import picamera

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.doctor.picamera import Tried


def write_picamera2(folder: Path, text: str) -> dict[str, str]:
    """A module of that name; the environment in which it is found."""
    (folder / "picamera2.py").write_text(text)
    return {**os.environ, "PYTHONPATH": str(folder)}


def tried(folder: Path, text: str, limit_s: float = 60.0) -> Tried:
    """What becomes of it in a child process."""
    return picamera.try_picamera2(environment=write_picamera2(folder, text), limit_s=limit_s)


WORKING = """
class Picamera2:
    @staticmethod
    def global_camera_info():
        print("a word of libcamera")
        return [{"Model": "imx219"}, {"Num": 1}]
"""
SIZES = "numpy.dtype size changed, may indicate binary incompatibility. Expected {} from C header, "
SIZES += "got {} from PyObject"
DTYPE, OTHER = SIZES.format(96, 88), SIZES.format(88, 96)


def test_the_cameras_of_a_real_import_are_listed(tmp_path: Path) -> None:
    assert picamera.cameras(tried(tmp_path, WORKING)) == ["imx219", "?"]


@pytest.mark.parametrize(
    ("text", "says", "remedy"),
    [
        (f"raise ValueError({DTYPE!r})", "built for numpy 1", "pip install 'numpy<2'"),
        (f"raise ValueError({OTHER!r})", "built for numpy 2", "pip install 'numpy>=2'"),
        ("import libcamera_is_not_here", "misses a part", "python3-libcamera"),
        ("import os; os.kill(os.getpid(), 11)", "crashes (signal 11)", "--reinstall"),
        ("raise ImportError('undefined symbol')", "undefined symbol", "full-upgrade"),
    ],
)
def test_an_import_that_fails_says_why(tmp_path: Path, text: str, says: str, remedy: str) -> None:
    done = tried(tmp_path, text)
    assert picamera.cameras(done) is None
    found = picamera.failure(done)
    assert (found.name, found.ok) == ("picamera2", False)
    assert says in found.detail
    assert remedy in found.remedy


def test_an_import_that_hangs_is_ended(tmp_path: Path) -> None:
    done = tried(tmp_path, "import time; time.sleep(60)", limit_s=0.3)
    assert "hangs" in picamera.failure(done).detail


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ("include-system-site-packages = false\n", "include-system-site-packages = true"),
        ("include-system-site-packages = true\n", "apt-get install python3-picamera2"),
        (None, "apt-get install python3-picamera2"),
    ],
)
def test_a_missing_picamera2_depends_on_the_environment(
    tmp_path: Path, settings: str | None, remedy: str
) -> None:
    if settings:
        (tmp_path / "pyvenv.cfg").write_text(settings)
    done = tried(tmp_path, "raise ModuleNotFoundError(\"No module named 'picamera2'\")")
    assert remedy in picamera.failure(done, tmp_path).remedy
