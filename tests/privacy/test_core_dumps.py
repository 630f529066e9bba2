"""A service that is killed leaves no core dump, wherever the machine puts those of others."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from fakes.camera import grey
from moodspeaker.demo.servers import free_port
from moodspeaker.runtime.core_dumps import forbid_core_dumps
from privacy.marker import write_pictures

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT_S = 60.0
FATAL = (signal.SIGABRT, signal.SIGSEGV)
TELL = (
    "import ctypes, os, resource; "
    "print(*resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
)
"""The limits, and whether this process may be dumped (PR_GET_DUMPABLE)."""


def unlimited() -> None:
    """In the child: as a shell does with `ulimit -c unlimited`."""
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.fixture
def dumps(tmp_path: Path) -> Path:
    """A folder in which a process that is killed leaves a core dump; skips where none would."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith(("|", "/")) or not pattern:
        pytest.skip(f"core dumps do not go to the folder of the process here: {pattern!r}")
    other = tmp_path / "other"
    other.mkdir()
    try:
        with started((sys.executable, "-c", "print('up', flush=True); input()"), other) as process:
            killed(process, signal.SIGABRT)
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"core dumps cannot be unlimited here: {error}")
    if not list(other.iterdir()):
        pytest.skip("a process that was killed left no core dump here")
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


@contextlib.contextmanager
def started(argv: tuple[str, ...], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that may dump, once it has said something."""
    with subprocess.Popen(
        argv,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=unlimited,  # noqa: PLW1509 - no other thread runs here
        env={**os.environ, "MOODSPEAKER_STATE_DIR": str(folder.parent / "state")},
    ) as process:
        try:
            assert process.stdout
            process.stdout.readline()
            yield process
        finally:
            process.kill()


def killed(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """It ends by this signal."""
    process.send_signal(number)
    assert process.wait(LIMIT_S) == -number


@pytest.mark.parametrize("number", FATAL)
def test_a_service_that_is_killed_leaves_no_core_dump(dumps: Path, number: signal.Signals) -> None:
    pictures = write_pictures(dumps.parent / "pictures", [grey()])
    config = dumps.parent / "speaker.yaml"
    config.write_text(
        f"camera: {{kind: file, source: {pictures}}}\n"
        f"mpd: {{port: {free_port()}}}\nmqtt: {{enabled: false}}\n"
    )
    argv = (sys.executable, "-m", "moodspeaker", "run", "--config", str(config))
    with started(argv, dumps) as process:
        killed(process, number)
    assert list(dumps.iterdir()) == []


def test_what_does_not_work_is_told(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = []
    monkeypatch.setattr(resource, "setrlimit", lambda *limit: limits.append(limit))
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(prctl=lambda *_: -1))
    forbid_core_dumps()
    assert limits == [(resource.RLIMIT_CORE, (0, 0))]
    assert "stays dumpable" in caplog.text
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace())
    forbid_core_dumps()
    assert "core dumps could not be forbidden" in caplog.text


def test_the_limit_is_for_children_too_and_a_pipe_gets_no_dump_either() -> None:
    code = (
        "import subprocess, sys\n"
        "from moodspeaker.runtime.core_dumps import forbid_core_dumps\n"
        f"forbid_core_dumps()\nexec({TELL!r}, {{}})\n"
        f"sys.stdout.flush()\nsubprocess.run([sys.executable, '-c', {TELL!r}], check=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    itself, child = done.stdout.splitlines()
    assert itself == "0 0 0"
    # Another program has nothing of ours in its memory; its limit is ours.
    assert child == "0 0 1"
    assert done.stderr == ""
