"""What a process holds, counted from outside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from chaos.speaker_process import REPORT

REPORT_LIMIT_S = 30.0
NETWORK = ".tflite"
POOL = "asyncio_"
"""Threads of the event loop's own pool, which grows as it is used and has an end."""
POOL_LIMIT = min(32, (os.cpu_count() or 1) + 4)


@dataclass(frozen=True, slots=True)
class Holdings:
    """`descriptors` are what they point to; `tasks` and `threads` are names, sorted."""

    descriptors: tuple[str, ...]
    tasks: tuple[str, ...]
    threads: tuple[str, ...]
    children: tuple[int, ...]
    rss_mb: float

    @property
    def own_threads(self) -> tuple[str, ...]:
        """Without the pool's."""
        return tuple(name for name in self.threads if not name.startswith(POOL))

    def more_than(self, before: Holdings) -> list[str]:
        """What is there now and was not then, in words; memory is not looked at."""
        wrong = []
        if len(self.descriptors) > len(before.descriptors):
            new = Counter(self.descriptors) - Counter(before.descriptors)
            wrong.append(f"descriptors: {dict(new)}")
        if len(self.tasks) > len(before.tasks):
            wrong.append(f"tasks {list(self.tasks)}, were {list(before.tasks)}")
        if len(self.own_threads) > len(before.own_threads):
            wrong.append(f"threads {self.own_threads}, were {before.own_threads}")
        if len(self.threads) - len(self.own_threads) > POOL_LIMIT:
            wrong.append(f"{len(self.threads)} threads, the pool has {POOL_LIMIT} at most")
        if set(self.children) - set(before.children):
            wrong.append(f"children {self.children}, were {before.children}")
        return wrong


async def holdings(pid: int, folder: Path) -> Holdings:
    """As of now; the process writes its tasks and threads into `folder` when it is asked."""
    report = folder / REPORT
    report.unlink(missing_ok=True)
    os.kill(pid, signal.SIGUSR2)
    async with asyncio.timeout(REPORT_LIMIT_S):
        while not report.exists():
            await asyncio.sleep(0.02)
    told = json.loads(report.read_text())
    return Holdings(
        descriptors(pid),
        tuple(told["tasks"]),
        tuple(told["threads"]),
        children(pid),
        rss_mb(pid),
    )


def descriptors(pid: int) -> tuple[str, ...]:
    """What each points to, numbers of sockets and pipes left out.

    A network stays open once it is loaded, and one of the detector's is loaded when it is first
    in doubt: these do not count.
    """
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            name = str(link.readlink()).split("[")[0]
        except FileNotFoundError:
            continue
        if not name.endswith(NETWORK):
            found.append(name)
    return tuple(sorted(found))


def children(pid: int) -> tuple[int, ...]:
    """Its child processes."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return tuple(sorted(int(word) for path in lists for word in path.read_text().split()))


def rss_mb(pid: int) -> float:
    """Resident, MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
