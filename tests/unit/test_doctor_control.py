"""What `moodspeaker doctor` finds of the control socket, and of who listens there."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fakes.broker import A_STATE
from fakes.control_bench import ControlBench
from moodspeaker import __version__
from moodspeaker.app.parts import LOCK
from moodspeaker.doctor import running
from moodspeaker.runtime.only_one import only_one

if TYPE_CHECKING:
    from collections.abc import Iterator


async def asked(path: Path) -> running.Answer:
    """While the loop serves."""
    return await asyncio.to_thread(running.ask_service, path)


async def test_a_running_service_tells_its_state(tmp_path: Path) -> None:
    bench = ControlBench(tmp_path)
    bench.board.update(
        replace(
            A_STATE, problem="mpd: no connection: x; camera: busy; wait (a: b)", version=__version__
        )
    )
    async with bench.running():
        answer = await asked(bench.path)
    assert answer.finding.ok
    assert answer.finding.detail == "the service runs and answers; it has trouble with: mpd, camera"
    assert answer.state is not None
    assert answer.state["camera"] == "ON"


async def test_a_service_of_another_version_is_to_be_restarted(tmp_path: Path) -> None:
    bench = ControlBench(tmp_path)
    bench.board.update(replace(A_STATE, version="0.0.9"))
    async with bench.running():
        answer = await asked(bench.path)
    assert not answer.finding.ok
    assert "version 0.0.9" in answer.finding.detail
    assert "systemctl restart" in answer.finding.remedy


def test_no_service_is_fine_and_leaves_the_camera_free(tmp_path: Path) -> None:
    answer = running.ask_service(tmp_path / "none.sock")
    assert answer.finding.ok
    assert not answer.occupied


@contextmanager
def listener(path: Path, reply: bytes | None) -> Iterator[None]:
    """Somebody who is no service: says `reply` to each and hangs up, or says nothing at all."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen(8)
        if reply is not None:
            threading.Thread(target=answering, args=(server, reply), daemon=True).start()
        yield
        server.shutdown(socket.SHUT_RDWR)


def answering(server: socket.socket, reply: bytes) -> None:
    """Until it is closed."""
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.recv(100)
                connection.sendall(reply)


@pytest.mark.parametrize("reply", [b"", b"220 welcome\n", b"3\n", b"[]\n"])
def test_a_socket_that_another_program_holds_names_that_program(
    tmp_path: Path, reply: bytes
) -> None:
    with listener(tmp_path / "c.sock", reply):
        answer = running.ask_service(tmp_path / "c.sock")
    assert (answer.finding.name, answer.finding.ok) == ("control", False)
    assert f"(process {os.getpid()})" in answer.finding.detail
    assert "MOODSPEAKER_CONTROL" in answer.finding.remedy


def test_a_socket_of_another_kind_is_another_program_s(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "c.sock"))
        answer = running.ask_service(tmp_path / "c.sock")
    assert not answer.finding.ok
    assert "another program" in answer.finding.detail


def test_a_service_that_hangs_is_told_and_keeps_its_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "STATE_LIMIT_S", 0.1)
    with listener(tmp_path / "c.sock", None):
        answer = running.ask_service(tmp_path / "c.sock")
    assert not answer.finding.ok
    assert "systemctl restart" in answer.finding.remedy
    assert answer.occupied


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[Path]:
    """The state folder of a service that works on it: its lock is held."""
    with only_one(tmp_path / LOCK, "moodspeaker"):
        yield tmp_path


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="this kernel tells no locks")
def test_a_service_that_listens_elsewhere_keeps_its_camera(lock: Path) -> None:
    answer = running.ask_for(lock, lock / "c.sock")
    assert (answer.finding.name, answer.finding.ok) == ("control", False)
    assert f"(process {os.getpid()})" in answer.finding.detail
    assert "MOODSPEAKER_CONTROL" in answer.finding.remedy
    assert answer.occupied


def test_a_lock_that_nobody_holds_any_more_is_nothing(tmp_path: Path) -> None:
    with only_one(tmp_path / LOCK, "moodspeaker"):
        pass
    answer = running.ask_for(tmp_path, tmp_path / "c.sock")
    assert answer.finding.ok
    assert not answer.occupied


def test_locks_of_other_files_and_odd_lines_are_nothing(tmp_path: Path) -> None:
    (tmp_path / LOCK).touch()
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/locks").write_text("1: FLOCK ADVISORY WRITE 7 fe:00:1 0 EOF\n1: ->\n\n")
    assert running.ask_for(tmp_path, tmp_path / "c.sock", tmp_path).finding.ok


def test_a_file_in_the_place_of_the_socket_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.sock"
    path.touch()
    answer = running.ask_service(path)
    assert not answer.finding.ok
    assert f"sudo rm {path}" in answer.finding.remedy


def test_a_path_that_is_too_long_for_a_socket_is_told(tmp_path: Path) -> None:
    answer = running.ask_service(tmp_path / ("a" * 108))
    assert not answer.finding.ok
    assert "MOODSPEAKER_CONTROL" in answer.finding.remedy


def test_a_socket_that_i_may_not_use_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    answer = running.ask_service(tmp_path / "c.sock")
    assert not answer.finding.ok
    assert "usermod -aG moodspeaker" in answer.finding.remedy
    assert answer.occupied
