"""`moodspeaker run` as a process: signals, faults, reload. Real MPD and broker."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import cv2
import pytest

from fakes.camera import grey
from fakes.demo_process import output_of, retained
from fakes.metronome import Stopwatch
from moodspeaker.demo.servers import free_port
from moodspeaker.runtime.control_client import ask

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path

    from moodspeaker.demo.servers import Server

LIMIT_S = 60.0
STOP_S = 5.0
BASE = "moodspeaker/test"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A speaker that looks at one grey picture; nothing of it listens on the ports."""
    cv2.imwrite(str(tmp_path / "wall.png"), grey())
    path = tmp_path / "speaker.yaml"
    path.write_text(
        f"device: {{id: test}}\n"
        f"camera: {{kind: file, source: {tmp_path / 'wall.png'}}}\n"
        f"mpd: {{port: {free_port()}}}\n"
        f"mqtt: {{port: {free_port()}}}\n"
    )
    return path


@asynccontextmanager
async def service(config: Path, **environment: str) -> AsyncIterator[Process]:
    """The service; its log on stderr. Killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "moodspeaker", "run", "--config", str(config)),
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "MOODSPEAKER_STATE_DIR": str(config.parent / "state"), **environment},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def log_line(process: Process, part: str) -> str:
    """The next line of the log with `part` in it."""
    assert process.stderr
    async with asyncio.timeout(LIMIT_S):
        while line := (await process.stderr.readline()).decode():
            if part in line:
                return line
    raise AssertionError(f"the log ended without {part!r}")


async def ended(process: Process) -> int:
    """The exit status, within the promised five seconds."""
    watch = Stopwatch()
    async with asyncio.timeout(LIMIT_S):
        status = await process.wait()
    assert watch.fair_s < STOP_S
    return status


def use_broker(config: Path, server: Server) -> None:
    """Points the config at a real broker."""
    lines = [x for x in config.read_text().splitlines() if not x.startswith("mqtt")]
    config.write_text("\n".join([*lines, f"mqtt: {{port: {server.port}}}\n"]))


async def test_with_everything_down_the_service_lives_says_so_and_ends_when_asked(
    config: Path,
) -> None:
    async with service(config) as process:
        await log_line(process, "mpd:")
        process.send_signal(signal.SIGTERM)
        assert await ended(process) == 0


async def test_an_mpd_host_that_does_not_exist_is_told_and_tried_again(config: Path) -> None:
    config.write_text(config.read_text().replace("mpd: {", "mpd: {host: no-such-host.invalid, "))
    async with service(config, MOODSPEAKER_STATE_DIR=str(config.parent)) as process:
        line = await log_line(process, "mpd:")
        assert "no-such-host.invalid" in line
        assert "Traceback" not in line
        process.send_signal(signal.SIGTERM)
        assert await ended(process) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_asked_to_stop_it_says_offline_and_exits_0(
    config: Path, mosquitto: Server, number: int
) -> None:
    use_broker(config, mosquitto)
    async with service(config) as process:
        held = await retained_until(mosquitto.port, "availability", "online")
        assert held
        process.send_signal(number)
        assert await ended(process) == 0
    assert (await retained(mosquitto.port, f"{BASE}/availability", 1)) == {
        f"{BASE}/availability": "offline"
    }


async def test_killed_outright_the_last_will_says_offline(config: Path, mosquitto: Server) -> None:
    use_broker(config, mosquitto)
    async with service(config) as process:
        await retained_until(mosquitto.port, "availability", "online")
        process.kill()
        await process.wait()
        assert await retained_until(mosquitto.port, "availability", "offline")


async def test_commands_change_the_state_and_switches_survive_a_restart(
    config: Path, mosquitto: Server
) -> None:
    use_broker(config, mosquitto)
    async with service(config) as process:
        await retained_until(mosquitto.port, "availability", "online")
        await send(mosquitto.port, "mood", "happy")
        await send(mosquitto.port, "following", "OFF")
        assert await retained_until(mosquitto.port, "state", '"following":"OFF"')
        state = json.loads((await retained(mosquitto.port, f"{BASE}/state", 1))[f"{BASE}/state"])
        assert (state["mood"], state["source"], state["manual_mood"]) == (
            "happy",
            "manual",
            "happy",
        )
        await send(mosquitto.port, "camera", "OFF")
        assert await retained_until(mosquitto.port, "state", '"camera":"OFF"')
        process.send_signal(signal.SIGTERM)
        assert await ended(process) == 0
    async with service(config):
        assert await retained_until(mosquitto.port, "availability", "online")
        state = json.loads((await retained(mosquitto.port, f"{BASE}/state", 1))[f"{BASE}/state"])
    assert (state["mood"], state["camera"], state["following"]) == ("off", "OFF", "OFF")


async def test_a_bad_reload_keeps_the_old_config_and_a_good_one_is_taken(
    config: Path, mosquitto: Server
) -> None:
    use_broker(config, mosquitto)
    good = config.read_text()
    async with service(config) as process:
        await retained_until(mosquitto.port, "availability", "online")
        config.write_text(good + "mood: {dwell: 3}\n")
        process.send_signal(signal.SIGHUP)
        assert await retained_until(mosquitto.port, "state", "mood.dwell: unknown key")
        config.write_text(good + "mood: {dwell_s: 33}\n")
        process.send_signal(signal.SIGHUP)
        assert await retained_until(mosquitto.port, "tuning", '"dwell_s":33.0')
        assert await retained_until(mosquitto.port, "state", "unknown key", there=False)
        process.send_signal(signal.SIGTERM)
        assert await ended(process) == 0


async def test_systemd_hears_ready_pings_and_stopping(config: Path, tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(address)
        receiver.settimeout(LIMIT_S)
        async with service(config, NOTIFY_SOCKET=address, WATCHDOG_USEC="1000000") as process:
            heard = [await asyncio.to_thread(receiver.recv, 200) for _ in range(3)]
            process.send_signal(signal.SIGTERM)
            assert await ended(process) == 0
        while heard[-1] != b"STOPPING=1":
            heard.append(receiver.recv(200))
    assert heard[0] == b"READY=1"
    assert heard.count(b"WATCHDOG=1") >= 2


async def test_whoever_waits_for_ready_may_command_at_once(config: Path, tmp_path: Path) -> None:
    address, control = str(tmp_path / "notify"), tmp_path / "c.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(address)
        receiver.settimeout(LIMIT_S)
        told = {"NOTIFY_SOCKET": address, "MOODSPEAKER_CONTROL": str(control)}
        async with service(config, **told):
            assert await asyncio.to_thread(receiver.recv, 200) == b"READY=1"
            assert ask(control, "dwell_s", "7").ok


def test_a_thread_that_hangs_does_not_keep_the_process() -> None:
    code = (
        "import asyncio, time\n"
        "from moodspeaker.cli.run import catch_stop_signals\n"
        "async def main():\n"
        "    stop = asyncio.Event()\n"
        "    catch_stop_signals(stop)\n"
        "    asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)\n"
        "    print('ready', flush=True)\n"
        "    await stop.wait()\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        watch = Stopwatch()
        process.terminate()
        assert process.wait(LIMIT_S) == 0
        assert watch.fair_s < STOP_S


async def test_a_state_folder_that_cannot_be_written_does_not_stop_the_music(config: Path) -> None:
    (config.parent / "state").touch()
    async with service(config) as process:
        assert process.stderr
        async with asyncio.timeout(LIMIT_S):
            # The player is looked for, so the service has begun in spite of it.
            while b"no connection to MPD" not in await process.stderr.readline():
                assert process.returncode is None
        process.terminate()
        async with asyncio.timeout(LIMIT_S):
            await process.communicate()
    assert process.returncode == 0


async def send(port: int, entity: str, payload: str) -> None:
    """A command, as any MQTT client would send it."""
    topic = f"{BASE}/set/{entity}"
    await output_of("mosquitto_pub", "-h", "127.0.0.1", "-p", str(port), "-t", topic, "-m", payload)


async def retained_until(port: int, topic: str, part: str, *, there: bool = True) -> bool:
    """Whether the broker comes to hold a message with (or without) `part` on that topic."""
    argv = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-t", f"{BASE}/{topic}"]
    latest_s = time.monotonic() + LIMIT_S
    while time.monotonic() < latest_s:
        held = await output_of(*argv, "-C", "1", "-W", "1")
        if held and (part in held) is there:
            return True
        await asyncio.sleep(0.1)
    return False
