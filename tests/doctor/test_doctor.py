"""`moodspeaker doctor` as a process: beside a service, alone, and on file systems with faults."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import pytest

from fakes.camera import moving
from moodspeaker.demo.servers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

LIMIT_S = 60.0
READY_S = 60.0


@dataclass(frozen=True, slots=True)
class Machine:
    """A folder with a config, a camera that is a picture, and a state folder."""

    folder: Path

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.folder / "state"

    @property
    def config(self) -> Path:
        """The file."""
        return self.folder / "speaker.yaml"

    @property
    def environment(self) -> dict[str, str]:
        """Of service and command."""
        return {
            **os.environ,
            "MOODSPEAKER_STATE_DIR": str(self.state),
            "MOODSPEAKER_CONTROL": str(self.folder / "c.sock"),
        }

    def furnish(self) -> None:
        """No MPD and no broker; a picture in front of the camera."""
        self.state.mkdir()
        picture = self.folder / "room.png"
        cv2.imwrite(str(picture), moving(0, 640, 480))
        self.config.write_text(
            f"camera: {{kind: file, source: {picture}}}\n"
            f"mpd: {{port: {free_port()}}}\nmqtt: {{enabled: false}}\n"
        )

    def doctor(
        self, *options: str, before: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """`moodspeaker doctor`, perhaps in an environment that `before` makes."""
        words = (*before, sys.executable, "-m", "moodspeaker", "doctor")
        return subprocess.run(
            [*words, "--config", str(self.config), *options],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    def checks(self, before: tuple[str, ...] = ()) -> dict[str, Any]:
        """The first finding of each name."""
        told = json.loads(self.doctor("--json", before=before).stdout)
        return {check["name"]: check for check in reversed(told["checks"])}

    @asynccontextmanager
    async def service(
        self, socket_name: str = "c.sock", state: str = "state"
    ) -> AsyncIterator[None]:
        """`moodspeaker run`, once its camera is open; killed afterwards."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "moodspeaker", "run", "--config", str(self.config)),
            stderr=asyncio.subprocess.DEVNULL,
            env={
                **self.environment,
                "MOODSPEAKER_CONTROL": str(self.folder / socket_name),
                "MOODSPEAKER_STATE_DIR": str(self.folder / state),
            },
        )
        try:
            async with asyncio.timeout(READY_S):
                while not await asyncio.to_thread(looks, self.folder / socket_name):
                    await asyncio.sleep(0.1)
            yield
        finally:
            process.kill()
            await process.wait()


def looks(path: Path) -> bool:
    """Whether the service that listens there says that its camera is well."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect(str(path))
            line.sendall(b'{"watch": true}\n')
            return b'"camera_health":"ok"' in line.recv(65536)
        except OSError:
            return False


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A fresh one."""
    made = Machine(tmp_path)
    made.furnish()
    return made


def test_alone_it_opens_the_camera_and_says_what_is_missing(machine: Machine) -> None:
    done = machine.doctor()
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert any(line.startswith("ok    camera           file, 640x480 (") for line in lines)
    below = lines[next(i for i, line in enumerate(lines) if line.startswith("WRONG mpd ")) + 1]
    assert below.startswith("      ")
    assert "mpd.port" in below
    assert lines[-1].endswith("it may explain the others")
    assert "Traceback" not in done.stderr


async def test_beside_a_service_it_asks_the_service(machine: Machine) -> None:
    async with machine.service():
        checks = await asyncio.to_thread(machine.checks)
    assert checks["control"]["ok"]
    assert checks["camera"]["ok"]
    assert "was asked" in checks["camera"]["detail"]


async def test_a_second_service_of_the_same_config_is_told(machine: Machine) -> None:
    async with machine.service(), machine.service("d.sock", state="other"):
        done = await asyncio.to_thread(machine.doctor, "--json")
    told = [check for check in json.loads(done.stdout)["checks"] if check["name"] == "service"]
    assert told[-1]["detail"].startswith("2 of them run with ")
    assert "kill " in told[-1]["remedy"]


async def test_a_service_that_listens_elsewhere_keeps_its_camera(machine: Machine) -> None:
    async with machine.service("d.sock"):
        checks = await asyncio.to_thread(machine.checks)
    assert "does not listen on" in checks["control"]["detail"]
    assert "not opened" in checks["camera"]["detail"]


def test_a_wrong_config_is_told_with_its_line_and_the_rest_is_examined(machine: Machine) -> None:
    machine.config.write_text("quiet_hours:\n  hours: 22:00\n")
    done = machine.doctor("--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert not told["ok"]
    first = told["checks"][0]
    assert first["name"] == "config"
    assert "'22:00-07:00'" in first["detail"]
    assert {"system", "state", "model", "mpd"} <= {check["name"] for check in told["checks"]}


MOUNTED = 'mount -t tmpfs -o size=1m,mode=755 none {state} && {then} && exec "$@"'


def in_namespace(machine: Machine, then: str) -> tuple[str, ...]:
    """Words before a command that give it a state folder of its own; skips where refused."""
    if not shutil.which("unshare"):
        pytest.skip("unshare is not installed here")
    script = MOUNTED.format(state=machine.state, then=then)
    words = ("unshare", "-m", "--propagation", "private", "sh", "-c", script, "sh")
    if os.geteuid() != 0:
        words = ("unshare", "-rm", *words[2:])
    tried = subprocess.run([*words, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"this kernel lets nobody mount here: {tried.stderr.strip()}")
    return words


def test_a_full_disk_is_found_by_writing(machine: Machine) -> None:
    fill = f"(head -c 2000000 /dev/zero > {machine.state}/fill 2>/dev/null || true)"
    checks = machine.checks(in_namespace(machine, fill))
    assert checks["state"]["detail"] == f"no room left for {machine.state}"
    assert "--vacuum-size" in checks["state"]["remedy"]
    assert checks["disk"]["detail"].startswith("full: 0 MB left")


def test_a_read_only_file_system_is_found_by_writing(machine: Machine) -> None:
    checks = machine.checks(in_namespace(machine, f"mount -o remount,bind,ro {machine.state}"))
    assert "read-only file system" in checks["state"]["detail"]
    assert "remount,rw" in checks["state"]["remedy"]
