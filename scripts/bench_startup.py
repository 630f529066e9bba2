"""How long the service takes to start, what it holds in memory, and what its install takes on disk.

    bench_startup.py [--rounds N] [--no-disk]

From the start of the process to READY (for systemd), the first state on the broker, the first look
through the camera and the first track that plays, and how long the event loop was held at most:
warm, and cold, with every file that it reads put out of the page cache (but for what other programs
hold mapped). Beside it, in the same rounds, a bare Python and one that imports OpenCV and the
model's runtime.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import aiomqtt
from bench_home import TOPICS, Home

from moodspeaker.demo.servers import HOST
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.runtime.assets import model_folder

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable, Iterator

LIMIT_S = 60.0
POLL_S = 0.01
SETTLE_S = 10.0
RIVALS = {
    "python -c pass": "pass",
    "import cv2 and the runtime": "import cv2, ai_edge_litert.interpreter",
}
CPU = "CPU until READY"
HOLD = "longest hold of the loop"
READY, STATE, LOOK, TRACK = "READY", "first state on the broker", "first look", "first track"
PI_ZERO_2_MB = 512
EVERYTHING = """
import moodspeaker.cli.main, moodspeaker.cli.run, moodspeaker.app.service, aiomqtt, mpd.asyncio
import moodspeaker.vision.emotion, moodspeaker.vision.watch, moodspeaker.vision.file_camera
import moodspeaker.vision.blazeface, cv2, ai_edge_litert.interpreter
"""
LIST = """
import sys
for module in list(sys.modules.values()):
    print(getattr(module, "__file__", ""), getattr(module, "__cached__", ""), sep="\\n")
for line in open("/proc/self/maps"):
    print(line.split(maxsplit=5)[-1], end="")
"""


async def ready(listener: socket.socket) -> None:
    """When systemd would hear that it is up."""
    loop = asyncio.get_running_loop()
    while b"READY=1" not in await loop.sock_recv(listener, 4096):
        pass


async def state_where(home: Home, wanted: Callable[[dict[str, object]], bool]) -> None:
    """When the broker is told a state like that."""
    async with aiomqtt.Client(HOST, home.broker.port) as broker:
        await broker.subscribe(TOPICS.state)
        async for message in broker.messages:
            if wanted(json.loads(bytes(message.payload))):
                return


async def playing(home: Home) -> None:
    """When MPD plays."""
    async with MpdConnector(MpdSettings(HOST, home.mpd.port, None, 10.0))() as player:
        while (await player.status()).state != "play":
            await asyncio.sleep(POLL_S)


async def timed(began_s: float, event: asyncio.Future[None] | asyncio.Task[None]) -> float:
    """Seconds from then."""
    async with asyncio.timeout(LIMIT_S):
        await event
    return time.monotonic() - began_s


async def start(home: Home, config: Path) -> tuple[dict[str, float], dict[str, float]]:
    """({what: seconds, or ms}, {what: MB}) of one start; a broker and an MPD without a past."""
    address = tempfile.mktemp(dir=home.folder)  # noqa: S306 - in a folder of our own
    hold = home.folder / "hold"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.setblocking(False)
        os.environ["NOTIFY_SOCKET"] = address
        watches = {
            READY: ready(listener),
            STATE: state_where(home, lambda _: True),
            LOOK: state_where(home, lambda state: state["camera_health"] == "ok"),
            TRACK: playing(home),
        }
        tasks = {name: asyncio.create_task(watch) for name, watch in watches.items()}
        await asyncio.sleep(0.5)
        began_s = time.monotonic()
        async with home.service(watched(hold, home.run_argv(config))) as process:
            names = tuple(tasks)
            cpu = asyncio.create_task(cpu_s(process.pid, tasks[READY]))
            took = await asyncio.gather(*(timed(began_s, tasks[name]) for name in names))
            await asyncio.sleep(SETTLE_S)
            held = memory(process)
    figures = dict(zip(names, took, strict=True))
    return figures | {CPU: await cpu, HOLD: float(hold.read_text())}, held


def watched(hold: Path, argv: tuple[str, ...]) -> tuple[str, ...]:
    """The same service, which writes there how long its loop was held."""
    python, _, _, *rest = argv
    return python, str(Path(__file__).with_name("bench_watched.py")), str(hold), *rest


async def cpu_s(pid: int, event: asyncio.Task[None]) -> float:
    """What the processor spent on it until then: fairer than the clock where others work too."""
    await event
    return cpu_of(pid)


def cpu_of(pid: int) -> float:
    """Seconds that it has used."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: Process) -> dict[str, float]:
    """Resident, most ever, and without what is a file's, MB."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    status = dict(line.split(":", 1) for line in text.splitlines())
    wanted = {"RSS": "VmRSS", "highest RSS": "VmHWM", "of RSS no file's": "RssAnon"}
    return {name: int(status[key].split()[0]) / 1024 for name, key in wanted.items()}


async def forget_the_past(home: Home) -> None:
    """Queue and retained messages of the last round are gone."""
    for server in (home.mpd, home.broker):
        await server.stop()
    with suppress(FileNotFoundError):
        (home.folder / "mpd" / "mpd.state").unlink()
    for server in (home.mpd, home.broker):
        await server.start()


def needed_files() -> set[Path]:
    """What the service reads as it starts: modules, libraries, model and detector."""
    told = subprocess.run(
        [sys.executable, "-c", f"{EVERYTHING}\n{LIST}"], check=True, capture_output=True, text=True
    ).stdout
    modules = {Path(line) for line in told.splitlines() if line.startswith("/")}
    return {path for path in (*modules, *model_folder().iterdir()) if path.is_file()}


def drop_from_cache(files: set[Path]) -> None:
    """All of them; what another program holds mapped stays."""
    for path in files:
        drop(path)


def drop(path: Path) -> None:
    """One file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def rival_s(code: str) -> float:
    """Seconds of a Python that does only that."""
    began_s = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=LIMIT_S)
    return time.monotonic() - began_s


def rival_cpu_s(code: str) -> float:
    """The processor's seconds of the same."""
    before = os.times()
    rival_s(code)
    after = os.times()
    return after.children_user + after.children_system - before[2] - before[3]


async def measure(folder: Path, rounds: int) -> None:
    """Every figure's median, lowest and highest."""
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    async with Home(folder) as home:
        config = home.configure()
        await start(home, config)  # The state folder is made, and bytecode is there.
        files = needed_files()
        for _ in range(rounds):
            for how in ("warm", "cold"):
                for name, code in RIVALS.items():
                    if how == "cold":
                        drop_from_cache(files)
                    found[how, name].append(rival_s(code))
                    found["CPU", name].append(rival_cpu_s(code))
                await forget_the_past(home)
                if how == "cold":
                    drop_from_cache(files)
                took, held = await start(home, config)
                for name, seconds in took.items():
                    found[how, name].append(seconds)
                for name, megabytes in held.items():
                    found["memory", name].append(megabytes)
    print(f"{'':<36}{'median':>9}{'lowest':>9}{'highest':>9}  of {rounds} starts each")
    for (how, name), values in sorted(found.items(), key=lambda pair: pair[0][0]):
        unit = "MB" if how == "memory" else "ms" if name == HOLD else "s"
        print(f"{how + ': ' + name:<36}{statistics.median(values):>9.2f}{min(values):>9.2f}"
              f"{max(values):>9.2f} {unit}")  # fmt: skip


def tell_disk(folder: Path) -> None:
    """What a fresh environment with nothing but what the service needs takes, by package."""
    root = Path(__file__).resolve().parents[1]
    pip = (str(folder / "venv/bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    # Built from a copy: a build leaves things lying about.
    source = shutil.copytree(root, folder / "source", ignore=shutil.ignore_patterns(".*", "build"))
    subprocess.run([*pip, "install", str(source)], check=True)
    sizes = dict(sizes_in(next((folder / "venv/lib").glob("python*")) / "site-packages"))
    total = sum(path.lstat().st_size for path in (folder / "venv").rglob("*") if not path.is_dir())
    print(f"on disk: {total / 1e6:.0f} MB (a Pi Zero 2 W has {PI_ZERO_2_MB} MB of memory):")
    for name, size in sorted(sizes.items(), key=lambda pair: -pair[1])[:10]:
        print(f"  {name:<34}{size / 1e6:>9.1f} MB")


def sizes_in(folder: Path) -> Iterator[tuple[str, int]]:
    """(package, bytes) of every one."""
    for path in folder.iterdir():
        files = path.rglob("*") if path.is_dir() else (path,)
        yield path.name, sum(file.stat().st_size for file in files if file.is_file())


def main() -> int:
    """Measures all of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-disk", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moodspeaker-startup-") as folder:
        asyncio.run(measure(Path(folder), options.rounds))
        if not options.no_disk:
            tell_disk(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
