"""Large libraries are linked without holding the interpreter, and imported as ever."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from moodspeaker.vision import preload
from moodspeaker.vision.preload import Finder, linked_first

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 60
# Whoever opens a pipe to read waits for a writer. The thread finds out by asking that there is one
# who waits, which it cannot while the interpreter is held.
LINK_A_PIPE = """
import os, sys, threading, time
from moodspeaker.vision.preload import link

def write():
    while True:
        try:
            os.close(os.open(sys.argv[1], os.O_WRONLY | os.O_NONBLOCK))
            return
        except OSError:
            time.sleep(0.01)

threading.Thread(target=write, daemon=True).start()
link(sys.argv[1], os.RTLD_NOW)
"""
RECORD = """
import os, sys
from moodspeaker.vision import preload
inner = preload.link
def link(path, flags):
    print(os.path.basename(path).split(".")[0], os.path.isfile(path))
    inner(path, flags)
preload.link = link
"""
IMPORT = """
import importlib
with preload.linked_first():
    import cv2
    importlib.import_module(sys.argv[1])
cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3))
"""
OPEN_WATCH = """
from moodspeaker.app import factories
from moodspeaker.config.schema import Config
factories.open_watch(Config.model_validate({"vision": {"detector": "haar"}}))
"""


def told(code: str, *argv: str) -> list[str]:
    """The lines that a Python of its own prints."""
    command = (sys.executable, "-c", code, *argv)
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_other_threads_run_while_a_library_is_linked(tmp_path: Path) -> None:
    pipe = tmp_path / "library.so"
    os.mkfifo(pipe)
    assert told(LINK_A_PIPE, str(pipe)) == []


@pytest.mark.parametrize(
    ("runtime", "libraries"),
    [
        ("ai_edge_litert", ["libLiteRt", "_pywrap_litert_interpreter_wrapper"]),
        ("tflite_runtime", ["_pywrap_tensorflow_interpreter_wrapper"]),
    ],
)
def test_opencv_and_the_runtime_are_linked_first_and_work(
    runtime: str, libraries: list[str]
) -> None:
    if find_spec(runtime) is None:
        pytest.skip(f"{runtime} is not installed")
    linked = told(RECORD + IMPORT, f"{runtime}.interpreter")
    assert linked == [f"{name} True" for name in ("cv2", *libraries)]


def test_what_the_service_looks_with_is_loaded_that_way() -> None:
    assert "cv2 True" in told(RECORD + OPEN_WATCH)


def test_a_library_that_is_missing_is_no_error(tmp_path: Path) -> None:
    preload.link(str(tmp_path / "missing.so"), os.RTLD_NOW)


def test_a_linker_that_cannot_be_called_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preload.ctypes, "CDLL", lambda _: object())
    preload.link("any.so", os.RTLD_NOW)


def test_a_missing_module_is_missing_as_ever() -> None:
    with linked_first(), pytest.raises(ModuleNotFoundError, match="cv2_is_not_here"):
        importlib.import_module("cv2.cv2_is_not_here")


def test_a_broken_library_is_refused_by_its_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tflite_runtime.abi3.so").write_bytes(b"no library")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tflite_runtime", raising=False)
    with linked_first(), pytest.raises(ImportError, match=r"tflite_runtime\.abi3\.so"):
        importlib.import_module("tflite_runtime")


def test_whatever_is_not_known_to_be_safe_is_left_to_python() -> None:
    assert Finder().find_spec("numpy") is None
    assert Finder().find_spec("cv2_of_another") is None


def test_the_way_of_imports_is_as_before_after_an_error_too() -> None:
    before = list(sys.meta_path)
    with pytest.raises(ModuleNotFoundError), linked_first():
        importlib.import_module("cv2_is_not_here")
    assert sys.meta_path == before


def test_a_thread_that_goes_through_the_finders_misses_none() -> None:
    with linked_first():
        going_through = iter(sys.meta_path)
        next(going_through)
    assert list(going_through) == sys.meta_path
