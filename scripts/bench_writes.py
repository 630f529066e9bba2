"""What the service writes to its SD card in an hour of normal life, by file: bytes, calls, fsyncs.

    bench_writes.py [--minutes N]

The real service under strace, between a private MPD and a private broker: somebody comes and goes
before the camera, moods change, tracks of eight seconds end. What goes with tracks is scaled to
tracks of three and a half minutes, the rest to an hour. MPD's own files are its own business; the
log goes to journald, which has limits of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench_home import Home

if TYPE_CHECKING:
    from collections.abc import Iterable

SETTLE_S = 30.0
TRACK_S = 210.0
TRACED = "write,writev,pwrite64,pwritev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink"
CALL = re.compile(r"^\d+ +([\d.]+) (\w+)\((?:\d+)?(?:<([^>]*)>)?(.*)\) += (\d+)")
SYNCS = ("fsync", "fdatasync")
JOURNAL = "the log, to journald"
STORE = "labels.db"


@dataclass(slots=True)
class Written:
    """Of one file. `pages` are those of 4 KiB that were touched, a call at a time."""

    bytes: int = 0
    calls: int = 0
    pages: int = 0
    syncs: int = 0


def count(lines: Iterable[str], state: Path, log: Path, since_s: float) -> dict[str, Written]:
    """What was written from that time on, by file."""
    found: defaultdict[str, Written] = defaultdict(Written)
    for line in lines:
        match = CALL.match(line)
        if match is None or float(match[1]) < since_s:
            continue
        name, path, rest, result = match[2], match[3] or "", match[4], int(match[5])
        file = kind_of(path, rest, state, log)
        if file is None:
            continue
        one = found[file]
        if name in SYNCS:
            one.syncs += 1
        elif "write" in name:
            one.calls += 1
            one.bytes += result
            one.pages += (result + 4095) // 4096
        else:
            one.calls += 1
    return dict(found)


def kind_of(path: str, rest: str, state: Path, log: Path) -> str | None:
    """The file's name under the state folder; None for sockets, pipes and the like."""
    if path == str(log):
        return JOURNAL
    text = path or rest
    if str(state) not in text:
        return None
    inner = text.partition(str(state))[2].strip('/"').partition('"')[0]
    return re.sub(r"\.new$", ".json", inner.partition("/")[0]) or "the folder"


async def live(home: Home, minutes: float, *, score_log: bool) -> tuple[dict[str, Written], int]:
    """(what was written once it had settled, how many tracks were queued in that time)."""
    shutil.rmtree(home.state_dir, ignore_errors=True)
    trace = home.folder / f"trace-{score_log}"
    config = home.configure(privacy={"score_log": score_log})
    # -D: the service is our child, not strace's.
    argv = ("strace", "-D", "-f", "-ttt", "-y", "-qq", "-s", "0", "-e", f"trace={TRACED}",
            "-e", "signal=none", "-o", str(trace), *home.run_argv(config))  # fmt: skip
    home.log.unlink(missing_ok=True)
    async with home.service(argv) as process:
        await asyncio.sleep(SETTLE_S)
        began, queued = last_time(trace), tracks(home.log)
        await asyncio.sleep(60 * minutes)
        queued = tracks(home.log) - queued
        lines = trace.read_text(errors="replace").splitlines()
        if process.returncode is not None:
            raise SystemExit("the service died")
    starting = count(lines, home.state_dir, home.log, 0.0)
    tell(f"score log {'on' if score_log else 'off'}: the first {SETTLE_S:g} s", starting)
    return count(lines, home.state_dir, home.log, began), queued


def last_time(trace: Path) -> float:
    """Of the last call."""
    return float(trace.read_text(errors="replace").splitlines()[-1].split()[1])


def tracks(log: Path) -> int:
    """How many were queued by now."""
    return sum(line.startswith("INFO queued") for line in log.read_text().splitlines())


def an_hour(found: dict[str, Written], minutes: float, queued: int) -> dict[str, Written]:
    """The same in an hour with tracks of usual length."""
    by_track = 3600 / TRACK_S / max(1, queued)
    scaled = {}
    for file, one in found.items():
        factor = by_track if file.startswith(STORE) or file == JOURNAL else 60 / minutes
        scaled[file] = Written(
            *(round(n * factor) for n in (one.bytes, one.calls, one.pages, one.syncs))
        )
    return scaled


def tell(title: str, found: dict[str, Written]) -> None:
    """A table."""
    print(f"{title:<44}{'kB':>9}{'calls':>8}{'4k pages':>10}{'fsyncs':>8}")
    total = Written()
    for file, one in sorted(found.items()):
        print(f"  {file:<42}{one.bytes / 1000:>9.1f}{one.calls:>8}{one.pages:>10}{one.syncs:>8}")
        if file != JOURNAL:
            total.bytes += one.bytes
            total.calls += one.calls
            total.pages += one.pages
            total.syncs += one.syncs
    print(f"  {'in all, without the log':<42}{total.bytes / 1000:>9.1f}{total.calls:>8}"
          f"{total.pages:>10}{total.syncs:>8}", flush=True)  # fmt: skip


async def measure(folder: Path, minutes: float) -> None:
    """Without and with a score log."""
    async with Home(folder) as home:
        for score_log in (False, True):
            found, queued = await live(home, minutes, score_log=score_log)
            name = f"score log {'on' if score_log else 'off'}: {queued} tracks, an hour of life"
            tell(name, an_hour(found, minutes, queued))


def main() -> int:
    """Measures, where strace is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=4.0)
    options = parser.parse_args()
    if shutil.which("strace") is None:
        print("writes: left out, there is no strace (apt install strace)")
        return 0
    with tempfile.TemporaryDirectory(prefix="moodspeaker-writes-") as folder:
        asyncio.run(measure(Path(folder), options.minutes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
