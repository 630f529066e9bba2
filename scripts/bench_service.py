"""What the whole service costs: processor, memory, threads, wake-ups, lag of its loop, growth.

    bench_service.py [--seconds N] [--frames N] [PART ...]      parts: states, full-speed

The service runs as a process of its own between a private MPD and a private broker; its camera is
a made clip without compression, so that decoding it costs little (told in a line of its own).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from array import array
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiomqtt
from bench_material import CLIP_S, FPS, SPEAKER, make_clips, make_music, settings

from moodspeaker.app import factories
from moodspeaker.app.observer import Observer
from moodspeaker.app.service import Service
from moodspeaker.app.vitals import rss_mb
from moodspeaker.demo.servers import HOST, private_mosquitto, private_mpd
from moodspeaker.home.topics import Topics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from moodspeaker.config.schema import Config
    from moodspeaker.types import Decision, Observation

TOPICS = Topics(SPEAKER)
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SETTLE_S = 10.0
TOLD_LIMIT_S = 5.0
LAG_STEP_S = 0.01
WARM_UP_FRAMES = 1000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A process at one moment; `woken` counts how often its threads went to sleep by themselves."""

    at_s: float
    cpu_s: float
    woken: int
    rss_mb: float
    peak_mb: float
    threads: int
    descriptors: int


def snapshot(pid: int) -> Snapshot:
    """Read from /proc."""
    process = Path(f"/proc/{pid}")
    times = (process / "stat").read_text().rpartition(")")[2].split()
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    tasks = [(task / "status").read_text() for task in (process / "task").iterdir()]
    return Snapshot(
        at_s=time.monotonic(),
        cpu_s=(int(times[11]) + int(times[12])) / TICKS_A_SECOND,
        woken=sum(int(t.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for t in tasks),
        rss_mb=int(status["VmRSS"].split()[0]) / 1024,
        peak_mb=int(status["VmHWM"].split()[0]) / 1024,
        threads=int(status["Threads"]),
        descriptors=sum(1 for _ in (process / "fd").iterdir()),
    )


async def measure(pid: int, name: str, aim: float | None, mqtt: int, seconds: float) -> None:
    """Prints one line: what the process does within `seconds`, once it has settled."""
    await asyncio.sleep(SETTLE_S)
    before = snapshot(pid)
    await asyncio.sleep(seconds)
    after = snapshot(pid)
    took_s = after.at_s - before.at_s
    share = (after.cpu_s - before.cpu_s) / took_s
    wakes = (after.woken - before.woken) / took_s
    print(f"{name:<28}{share:>7.2%}{f'{aim:.1%}' if aim else '':>7}{wakes:>9.1f}"
          f"{after.rss_mb:>8.1f}{after.peak_mb:>8.1f}{after.threads:>9}{after.descriptors:>6}"
          f"  {await told(mqtt)}", flush=True)  # fmt: skip


async def told(mqtt: int) -> str:
    """What the service says it sees and plays: figures of one that does neither are worthless."""
    words = {}
    async with aiomqtt.Client(HOST, mqtt) as broker, asyncio.timeout(TOLD_LIMIT_S):
        await broker.subscribe(TOPICS.state)
        await broker.subscribe(TOPICS.track)
        async for message in broker.messages:
            words[str(message.topic)] = json.loads(bytes(message.payload))
            if len(words) == 2:
                break
    state, track = words[TOPICS.state], words[TOPICS.track]
    return f"{state['mood']}, faces {state['faces']}, playing {track['uri'] or 'nothing'}"


@asynccontextmanager
async def service(config: Config, folder: Path) -> AsyncIterator[int]:
    """The pid of a service with that config, ended with the context; its log if it died before."""
    path, log = folder / "speaker.yaml", folder / "service.log"
    path.write_text(config.model_dump_json(exclude_unset=True))
    state = folder / f"state-{time.monotonic_ns()}"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "moodspeaker", "run", "--config", str(path)),
            stderr=stderr,
            env={**os.environ, "MOODSPEAKER_STATE_DIR": str(state)},
        )
    try:
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
        else:
            print(log.read_text(), file=sys.stderr)


async def states(face: Path, room: Path, mpd: int, mqtt: int, seconds: float) -> None:
    """The service with somebody there, with nobody, and with its camera off."""
    print(f"{'':<28}{'core':>7}{'aim':>7}{'wakes/s':>9}{'RSS MB':>8}{'peak':>8}{'threads':>9}"
          f"{'fds':>6}  it says (aim of RSS: 120 MB)", flush=True)  # fmt: skip
    folder = face.parent
    async with service(settings(face, mpd, mqtt), folder) as pid:
        await measure(pid, f"a face, {FPS} frames/s", 0.04, mqtt, seconds)
        async with aiomqtt.Client(HOST, mqtt) as broker:
            await broker.publish(TOPICS.command("camera"), b"OFF", qos=1)
        await measure(pid, "camera switched off", 0.003, mqtt, seconds)
    async with service(settings(room, mpd, mqtt), folder) as pid:
        await measure(pid, f"empty room, {FPS} frames/s", 0.015, mqtt, seconds)
    for clip, name in ((face, "a face"), (room, "empty room")):
        async with service(settings(clip, mpd, mqtt, own_fps=False), folder) as pid:
            await measure(pid, f"{name}, default settings", None, mqtt, seconds)


def tell_decoding(clip: Path) -> None:
    """Prints what reading the clip costs at `FPS`, which a real camera does not."""
    camera = factories.open_camera(settings(clip, 1, 1, pace="fast").camera)
    began_mb = rss_mb()
    camera.open()
    began_s = time.process_time()
    for _ in range(CLIP_S * FPS):
        with camera.capture(1):
            pass
    share, megabytes = (time.process_time() - began_s) / CLIP_S, rss_mb() - began_mb
    camera.close()
    print(f"{'of that, reading the clip':<28}{share:>7.2%}{'':>16}{megabytes:>8.1f}", flush=True)


# The service in this process, at full speed.


class FullSpeed(Observer):
    """Counts frames, notes memory after the warm-up, and asks to stop after the last."""

    def __init__(self, frames: int) -> None:
        self.frames = frames
        self.stop = asyncio.Event()
        self.before = self.after = memory()
        self._seen = 0

    def observed(self, observation: Observation, decision: Decision) -> None:  # noqa: ARG002
        """One more frame."""
        self._seen += 1
        if self._seen == WARM_UP_FRAMES:
            self.before = memory()
        elif self._seen == WARM_UP_FRAMES + self.frames:
            self.after = memory()
            self.stop.set()

    def health(self, part: str, text: str) -> None:
        """Prints what is wrong: without a model nothing would ever be seen."""
        if text != "ok":
            print(f"{part}: {text}", file=sys.stderr)


def memory() -> tuple[float, int]:
    """(resident MiB, blocks that Python holds once all rubbish is gone)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, sys.getallocatedblocks()


async def lags_ms(stop: asyncio.Event) -> array[float]:
    """How much later than asked a sleeping task wakes up, again and again."""
    # Not a list, whose numbers would count as growth.
    found = array("d")
    await asyncio.sleep(SETTLE_S)
    while not stop.is_set():
        began_s = time.monotonic()
        await asyncio.sleep(LAG_STEP_S)
        found.append((time.monotonic() - began_s - LAG_STEP_S) * 1e3)
    return found


async def tell_full_speed(config: Config, folder: Path, frames: int) -> None:
    """Prints the lag of the event loop, and what has grown."""
    watch = FullSpeed(frames)
    async with asyncio.TaskGroup() as group:
        lag = group.create_task(lags_ms(watch.stop))
        group.create_task(Service(config, folder / "state", observer=watch).run(watch.stop))
    hundredths = statistics.quantiles(lag.result(), n=100)
    print(f"at full speed, loop lag: p50 {hundredths[49]:.2f} ms, p99 {hundredths[98]:.2f} ms"
          f" (aim 20), max {max(lag.result()):.2f} ms of {len(lag.result())}")  # fmt: skip
    (rss, blocks), (rss_after, blocks_after) = watch.before, watch.after
    print(f"{frames} frames after {WARM_UP_FRAMES} to warm up: RSS {rss:.1f} to {rss_after:.1f} MB,"
          f" Python's blocks {(blocks_after - blocks) / frames:+.4f} a frame")  # fmt: skip


async def with_servers(face: Path, room: Path, options: argparse.Namespace) -> None:
    """Every part that is wanted, between MPD and a broker."""
    folder = face.parent
    mpd = private_mpd(folder / "mpd", make_music(folder / "music"))
    broker = private_mosquitto(folder / "mosquitto")
    try:
        await mpd.start()
        await broker.start()
        if "states" in options.parts:
            await states(face, room, mpd.port, broker.port, options.seconds)
            tell_decoding(face)
        if "full-speed" in options.parts:
            config = settings(face, mpd.port, broker.port, pace="fast")
            await tell_full_speed(config, folder, options.frames)
    finally:
        await broker.stop()
        await mpd.stop()


def main() -> None:
    """Measures the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=["states", "full-speed"], metavar="PART")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--frames", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moodspeaker-bench-") as folder:
        face, room = make_clips(Path(folder))
        asyncio.run(with_servers(face, room, options))


if __name__ == "__main__":
    main()
