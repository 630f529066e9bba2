"""Whether the service is the same after a long evening: memory, descriptors, threads, tasks.

    bench_soak.py [--minutes N] [--keep FOLDER]

The real service as a process of its own, between a private MPD and a private broker: a clip at ten
frames a second, tracks of eight seconds, moods that come and go, commands (some nonsense),
previews, onlookers at the control socket, and MPD and broker restarted by turns. Exit status 1
where it grew by a megabyte, or has more descriptors, threads or tasks when all is quiet again.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench_home import Home, commanding, previewing, restarting, watching

from moodspeaker.app.service import Service
from moodspeaker.cli.run import serve
from moodspeaker.config.load import load_config
from moodspeaker.runtime.logs import set_up_logs
from moodspeaker.runtime.state_folder import state_dir

if TYPE_CHECKING:
    from asyncio.subprocess import Process

SAMPLE_S = 10.0
TELL_S = 120.0
QUIET_S, TURN_S = 20.0, 5.0
MOST_MB = 1.0
CENSUS = "census"
LOOKS = 5
LOOK_S = 0.7


@dataclass(frozen=True, slots=True)
class Sample:
    """The process at one moment. `anon_mb` is what is not a file's."""

    at_s: float
    rss_mb: float
    anon_mb: float
    threads: int
    descriptors: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """What is left while nobody does anything: tasks and descriptors by their kind."""

    tasks: Counter[str]
    descriptors: Counter[str]
    threads: int


def sample(pid: int, began_s: float) -> Sample:
    """Read from /proc."""
    process = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return Sample(
        time.monotonic() - began_s,
        int(status["VmRSS"].split()[0]) / 1024,
        int(status["RssAnon"].split()[0]) / 1024,
        int(status["Threads"]),
        len(descriptors(pid)),
    )


def descriptors(pid: int) -> list[str]:
    """What each one is, its number left out."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(link.readlink().as_posix().split(":[")[0])
        except OSError:
            continue
    return found


async def quiet(process: Process, folder: Path) -> Quiet:
    """Once the house has settled: what is there in each of `LOOKS` looks.

    What is left over stays. An MPD connection has one task more for a tenth of a second after
    each command, and a command opens what it closes again.
    """
    await asyncio.sleep(QUIET_S)
    tasks, open_files = await census(process, folder)
    for _ in range(LOOKS - 1):
        await asyncio.sleep(LOOK_S)
        more_tasks, more_files = await census(process, folder)
        tasks, open_files = tasks & more_tasks, open_files & more_files
    return Quiet(tasks, open_files, sample(process.pid, 0.0).threads)


async def census(process: Process, folder: Path) -> tuple[Counter[str], Counter[str]]:
    """(The tasks, the descriptors) of now."""
    (folder / CENSUS).unlink(missing_ok=True)
    process.send_signal(signal.SIGUSR2)
    while not (folder / CENSUS).is_file():
        await asyncio.sleep(0.1)
    tasks = Counter((folder / CENSUS).read_text().splitlines())
    return tasks, Counter(descriptors(process.pid))


async def sampled(pid: int, samples: list[Sample]) -> None:
    """Looks at it for ever."""
    began_s = told_s = time.monotonic()
    tell("min", "RSS MB", "anon MB", "threads", "fds")
    while True:
        samples.append(one := sample(pid, began_s))
        if time.monotonic() - told_s >= TELL_S or len(samples) == 1:
            told_s = time.monotonic()
            tell(f"{one.at_s / 60:.0f}", f"{one.rss_mb:.2f}", f"{one.anon_mb:.2f}", one.threads,
                 one.descriptors)  # fmt: skip
        await asyncio.sleep(SAMPLE_S)


def tell(*columns: object) -> None:
    """One row."""
    print("".join(f"{column:>10}" for column in columns), flush=True)


async def soak(home: Home, minutes: float) -> bool:
    """Whether it is as it was."""
    samples: list[Sample] = []
    argv = (sys.executable, __file__, "--serve", str(config(home)), str(home.folder))
    async with home.service(argv) as process:
        await warmed_up(home)
        before = await quiet(process, home.folder)
        acts = [commanding(home, random.Random(1)), previewing(home), restarting(home),
                watching(home), watching(home), sampled(process.pid, samples)]  # fmt: skip
        tasks = [asyncio.create_task(act) for act in acts]
        await asyncio.wait(tasks, timeout=60 * minutes, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error
        await calmed(home)
        after = await quiet(process, home.folder)
        alive = process.returncode is None
    return all((same(before, after), small_growth(samples), alive))


def config(home: Home) -> Path:
    """With all that may be switched on."""
    library = {"music_dir": str(home.music), "write_counts": True}
    return home.configure(library=library, privacy={"score_log": True})


async def warmed_up(home: Home) -> None:
    """Everything has happened once: what is made then and kept is no leak."""
    await asyncio.sleep(QUIET_S)
    for server in (home.mpd, home.broker):
        await server.stop()
        await server.start()
        # A track ends in that time, so every connection is there again.
        await asyncio.sleep(QUIET_S)
    await home.command("mood", "sad")
    await home.command("preview", "ON")
    await asyncio.sleep(TURN_S)
    await calmed(home)


async def calmed(home: Home) -> None:
    """Everything runs, nobody looks, and what was asked for by hand is over.

    The skip is counted, for which there is a connection from then on.
    """
    for server in (home.broker, home.mpd):
        if not server.running:
            await server.start()
    for entity, payload in (("preview", "OFF"), ("mood", "auto"), ("following", "ON"),
                            ("play", "PRESS"), ("next", "PRESS")):  # fmt: skip
        await home.command(entity, payload)


def same(before: Quiet, after: Quiet) -> bool:
    """Whether nothing is left over; prints what is."""
    kinds = {"tasks": (before.tasks, after.tasks),
             "descriptors": (before.descriptors, after.descriptors)}  # fmt: skip
    for kind, (old, new) in kinds.items():
        more, less = dict(new - old), dict(old - new)
        print(f"{kind}: {old.total()} before, {new.total()} after; more {more}, less {less}")
    print(f"threads: {before.threads} before, {after.threads} after")
    return (
        after.tasks.total() <= before.tasks.total()
        and after.descriptors.total() <= before.descriptors.total()
        and after.threads <= before.threads
    )


def small_growth(samples: list[Sample]) -> bool:
    """Whether memory stayed as it was after the warm-up, the first third; prints both ways."""
    late = samples[len(samples) // 3 :]
    if len(late) < 6:
        print("too short to say anything of growth")
        return False
    times, sizes = [one.at_s for one in late], [one.rss_mb for one in late]
    slope = statistics.linear_regression(times, sizes).slope * (times[-1] - times[0])
    third = len(late) // 3
    step = statistics.median(sizes[-third:]) - statistics.median(sizes[:third])
    highest = max(one.rss_mb for one in samples)
    print(f"RSS over the last {(times[-1] - times[0]) / 60:.0f} minutes: {slope:+.2f} MB by the"
          f" best line, {step:+.2f} MB from its first third to its last (medians); highest"
          f" {highest:.1f} MB")  # fmt: skip
    return slope < MOST_MB and step < MOST_MB


def serve_counted(config: Path, folder: Path) -> None:
    """The service as `moodspeaker run` starts it; SIGUSR2 writes down its tasks."""

    async def counted() -> None:
        def count() -> None:
            draft = folder / "census.new"
            draft.write_text("\n".join(map(kind_of, asyncio.all_tasks())))
            draft.replace(folder / CENSUS)

        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, count)
        await serve(Service(load_config(config), state_dir(), config))

    set_up_logs("info")
    asyncio.run(counted())


def kind_of(task: asyncio.Task[object]) -> str:
    """Its name, or what it runs where it has none of its own."""
    name = task.get_name()
    coroutine = getattr(task.get_coro(), "__qualname__", "a task")
    return coroutine if name.startswith("Task-") else name


async def main_soak(folder: Path, minutes: float) -> bool:
    """Everything, and the verdict."""
    async with Home(folder) as home:
        fine = await soak(home, minutes)
        lines = home.log.read_text().splitlines()
    levels = Counter(line.partition(" ")[0] for line in lines)
    print(f"log lines: {len(lines)}, {dict(levels)}")
    print("fine" if fine else "NOT fine")
    return fine


def main() -> int:
    """0 where nothing grew."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--keep", type=Path, help="a folder for its files, not removed")
    parser.add_argument("--serve", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve_counted(*options.serve)
        return 0
    with tempfile.TemporaryDirectory(prefix="moodspeaker-soak-") as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        return 0 if asyncio.run(main_soak(folder, options.minutes)) else 1


if __name__ == "__main__":
    sys.exit(main())
