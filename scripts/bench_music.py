"""A large library: how long a scan takes, what a choice costs, and whether the loop is held up.

    bench_music.py [--tracks N]

N generated ogg files between a private MPD and a service in a process of its own, in which every
fsync takes half a second longer than it would (a small library of C, preloaded; without a
compiler that is left out and told).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mutagen.oggvorbis import OggVorbis

from moodspeaker.app.service import Service
from moodspeaker.app.vitals import rss_mb
from moodspeaker.config.load import load_config
from moodspeaker.demo.servers import HOST, private_mpd
from moodspeaker.home.commands import Like, SetMood
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.runtime.collector import kept_for_good
from moodspeaker.types import Emotion, Mood

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SLOW_FSYNC_C = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static void wait_half(void) { struct timespec t = {0, 500000000}; nanosleep(&t, 0); }
int fsync(int fd) { wait_half(); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { wait_half(); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""
TONE = "sine=frequency=440:duration=2:sample_rate=8000"
GENRES = ("rock", "pop", "jazz", "classical", "metal", "ambient", "electronic", "folk", "soul")
MOODS = ("happy", "sad", "calm", "angry", "energetic", "dark", "romantic")
ARTISTS = 600
SEED = 1
LAG_STEP_S = 0.005
PICKS = 300
CHANGES = 60
LIMIT_S = 120.0


def main() -> None:
    """Prints a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--service", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.service:
        # As `moodspeaker run` does with its modules.
        with kept_for_good():
            pass
        asyncio.run(in_service(arguments.service, arguments.tracks))
        return
    with tempfile.TemporaryDirectory(prefix="bench-music-") as folder:
        asyncio.run(whole_library(Path(folder), arguments.tracks))


async def whole_library(folder: Path, tracks: int) -> None:
    """Material, MPD, the commands, the service."""
    began_s = time.monotonic()
    make_library(folder / "music", tracks)
    print(f"{tracks} files made in {time.monotonic() - began_s:.0f} s", flush=True)
    mpd = private_mpd(folder / "mpd", folder / "music")
    await mpd.start()
    try:
        began_s = time.monotonic()
        await until_updated(mpd.port)
        print(f"MPD's own first update: {time.monotonic() - began_s:.1f} s", flush=True)
        config = folder / "speaker.yaml"
        config.write_text(settings(folder / "music", mpd.port))
        environment = {**os.environ, "MOODSPEAKER_STATE_DIR": str(folder / "state")}
        await asyncio.to_thread(commands, config, environment)
        slow = slow_fsync(folder)
        if slow is None:
            print("no C compiler: fsync is as quick as it is", flush=True)
        preload = {"LD_PRELOAD": str(slow)} if slow else {}
        argv = (sys.executable, __file__, "--service", str(config), "--tracks", str(tracks))
        idle = Lags()
        watching = asyncio.create_task(idle.watch())
        await asyncio.to_thread(run, argv, {**environment, **preload})
        watching.cancel()
        idle.tell("an idle process beside all that")
    finally:
        await mpd.stop()


def make_library(folder: Path, tracks: int) -> None:
    """Copies of one tone with their own tags: moods for some, a genre for most."""
    rng = random.Random(SEED)
    folder.mkdir(parents=True)
    tone = folder.parent / "tone.ogg"
    argv = ("ffmpeg", "-v", "error", "-f", "lavfi", "-i", TONE, "-c:a", "libvorbis", str(tone))
    subprocess.run(argv, check=True, timeout=60)
    for number in range(tracks):
        path = folder / f"artist {number % ARTISTS:03}" / f"{number:05}.ogg"
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(tone, path)
        file = OggVorbis(path)
        file["title"] = f"Title {number}"
        file["artist"] = f"Artist {number % ARTISTS}"
        file["date"] = str(rng.randint(1955, 2025))
        if rng.random() < 0.7:
            file["genre"] = rng.choice(GENRES)
        if rng.random() < 0.15:
            file["mood"] = rng.choice(MOODS)
        file.save()


def settings(music: Path, port: int) -> str:
    """No camera, no broker: moods are chosen by hand."""
    return (
        f"camera: {{kind: file, source: {music}/none.mp4}}\nmqtt: {{enabled: false}}\n"
        f"library: {{music_dir: {music}}}\nmpd: {{port: {port}}}\n"
        "music: {tracks_ahead: 3, no_repeat_hours: 24}\n"
    )


async def until_updated(port: int) -> None:
    """MPD reads its folder."""
    async with MpdConnector(MpdSettings(HOST, port))() as player, asyncio.timeout(LIMIT_S):
        await player._ask("update")  # noqa: SLF001 - no player has to do that
        while "updating_db" in await player._ask("status"):  # noqa: SLF001
            await asyncio.sleep(0.05)


def commands(config: Path, environment: dict[str, str]) -> None:
    """`moodspeaker library`, as a person runs it."""
    moodspeaker = (sys.executable, "-m", "moodspeaker", "library")
    for name, argv in (
        ("first scan", ("scan", "--config", str(config))),
        ("scan again", ("scan", "--config", str(config))),
        ("report", ("report",)),
    ):
        print(f"-- {name}", flush=True)
        print(f"-- {name}: {run((*moodspeaker, *argv), environment):.1f} s", flush=True)
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"most memory of these: {peak_mb:.0f} MB", flush=True)


def run(argv: Sequence[str], environment: dict[str, str]) -> float:
    """Seconds that a command took; it must not fail."""
    began_s = time.monotonic()
    subprocess.run(argv, env=environment, check=True, timeout=600)
    return time.monotonic() - began_s


def slow_fsync(folder: Path) -> Path | None:
    """The library to preload; None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    source, made = folder / "slow.c", folder / "slow.so"
    source.write_text(SLOW_FSYNC_C)
    argv = (compiler, "-shared", "-fPIC", "-o", str(made), str(source), "-ldl")
    subprocess.run(argv, check=True, timeout=60)
    return made


# In the service's process.


async def in_service(config_path: Path, tracks: int) -> None:
    """The service from its start, through many changes of mood."""
    state = Path(os.environ["MOODSPEAKER_STATE_DIR"])
    service = Service(load_config(config_path), state, config_path)
    stop, lags = asyncio.Event(), Lags()
    watching = asyncio.create_task(lags.watch())
    running = asyncio.create_task(service.run(stop))
    music = service._music  # noqa: SLF001 - nobody outside needs to see it
    began_s = time.monotonic()
    while len(music.dj._shelf) < tracks or music.keeper.status is None:  # noqa: SLF001
        await asyncio.sleep(0.05)
    await asyncio.sleep(2)
    print(f"-- service: {tracks} tracks on the shelf after {time.monotonic() - began_s - 2:.1f} s")
    lags.tell("start and stock")
    for number in range(CHANGES):
        await service.handle(SetMood(tuple(Emotion)[number % len(Emotion)]))
        await asyncio.sleep(0.25)
        if number % 10 == 5:
            await service.handle(Like())
    lags.tell(f"{CHANGES} changes of mood, queued and noted")
    music.keeper.relist()
    await asyncio.sleep(8)
    lags.tell("the library read anew")
    took = sorted(pick_ms(service) for _ in range(PICKS))
    print(f"one choice: {statistics.median(took):.2f} ms, worst of {PICKS} {took[-1]:.2f} ms")
    print(f"memory of the service without camera: {rss_mb():.0f} MB")
    watching.cancel()
    stop.set()
    await running


def pick_ms(service: Service) -> float:
    """Milliseconds of one choice; what it notes stays in memory."""
    began_s = time.perf_counter()
    service._music.dj.pick(Mood.HAPPY)  # noqa: SLF001
    return (time.perf_counter() - began_s) * 1000


class Lags:
    """How much later than asked a sleeping task wakes up."""

    def __init__(self) -> None:
        self._ms: list[float] = []

    async def watch(self) -> None:
        """Until it is cancelled."""
        with suppress(asyncio.CancelledError):
            while True:
                asked_s = time.perf_counter() + LAG_STEP_S
                await asyncio.sleep(LAG_STEP_S)
                self._ms.append((time.perf_counter() - asked_s) * 1000)

    def tell(self, phase: str) -> None:
        """Prints the worst since the last time, and begins anew."""
        print(f"loop held up, {phase}: {summary(self._ms)}", flush=True)
        self._ms.clear()


def summary(numbers: Iterable[float]) -> str:
    """Median, 99th percentile and worst."""
    ordered = sorted(numbers)
    p99 = ordered[int(0.99 * (len(ordered) - 1))]
    worst = ", ".join(f"{value:.0f}" for value in ordered[-3:])
    return f"median {statistics.median(ordered):.1f} ms, p99 {p99:.1f} ms, worst {worst} ms"


if __name__ == "__main__":
    main()
