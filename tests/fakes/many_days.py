"""A month of the service in minutes: everything real but time, camera, player and broker.

    python -m fakes.many_days FOLDER DAYS [SEED [LOOK_S]]

The event loop never waits: where nothing is to be done it goes on to its next timer, and with it
both clocks. What threads do elsewhere is done at once. Prints a JSON object a day: memory, tasks,
threads, descriptors, what lies on disk, and log lines.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import gc
import json
import logging
import random
import selectors
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

BEGAN_S = 1_767_250_800.0
"""Unix time of the first second: the first of January 2026, 07:00 UTC."""
DAY_S, HOUR_S = 86_400.0, 3600.0


class Clock:
    """The seconds that have passed."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def install(self) -> None:
        """From now on the module `time` tells this one's; to be called before other imports."""
        time.monotonic = lambda: 1000.0 + self.passed_s
        time.time = lambda: BEGAN_S + self.passed_s


CLOCK = Clock()


class LeapingSelector(selectors.DefaultSelector):
    """Never waits: time goes on to the loop's next timer at once."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now."""
        ready = super().select(0)
        if ready or timeout is None or timeout <= 0:
            return ready
        CLOCK.passed_s += timeout
        return []


class AtOnce(concurrent.futures.ThreadPoolExecutor):
    """Does in the caller's thread what a thread would do: it takes no time."""

    def submit(  # type: ignore[override]
        self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> concurrent.futures.Future[Any]:
        """Done when this returns."""
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - the future carries it
            future.set_exception(error)
        return future


class LogCount(logging.Handler):
    """Counts lines at INFO and above: `worst_hour` is the most in one hour by the clock."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines = 0
        self.worst_hour = 0
        self.kinds: Counter[str] = Counter()
        self._hour, self._in_hour = -1.0, 0

    def emit(self, record: logging.LogRecord) -> None:
        """One more."""
        hour = CLOCK.passed_s // HOUR_S
        self._in_hour = self._in_hour + 1 if hour == self._hour else 1
        self._hour = hour
        self.worst_hour = max(self.worst_hour, self._in_hour)
        self.lines += 1
        self.kinds[str(record.msg)[:40]] += 1


def megabytes_in(folder: Path) -> dict[str, float]:
    """What lies there, by its first name."""
    sizes: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file():
            sizes[path.relative_to(folder).parts[0]] += path.stat().st_size
    return {name: round(size / 1e6, 2) for name, size in sorted(sizes.items())}


def anonymous_mb() -> float:
    """Memory of this process that is no file's, MiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("\nRssAnon:")[2].split()[0]) / 1024


def census(day: int, state: Path, log: LogCount, began_s: float, house: Any) -> dict[str, object]:
    """The process and its files at the end of a day."""
    gc.collect()
    return {
        "day": day,
        "wall_s": round(time.perf_counter() - began_s, 1),
        "anon_mb": round(anonymous_mb(), 2),
        "blocks": sys.getallocatedblocks(),
        "frozen": gc.get_freeze_count(),
        "tasks": dict(Counter(t.get_name().rstrip("0123456789") for t in asyncio.all_tasks())),
        "threads": threading.active_count(),
        "descriptors": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "disk_mb": megabytes_in(state),
        "log_lines": log.lines,
        "worst_hour": log.worst_hour,
        "queue": len(house.mpd.queue),
        "heard": house.heard,
        "moods": house.moods,
    }


async def live(folder: Path, days: int, rng: random.Random, look_s: float) -> None:
    """All of it, a line a day."""
    from fakes.many_days_house import House

    asyncio.get_running_loop().set_default_executor(AtOnce())
    log = LogCount()
    logging.basicConfig(level=logging.INFO, handlers=[log], force=True)
    house = House(folder, rng, look_s)
    began_s = time.perf_counter()
    async with house.lived():
        for day in range(1, days + 1):
            await asyncio.sleep(DAY_S)
            print(json.dumps(census(day, house.state, log, began_s, house)), flush=True)
    left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    print(json.dumps({"left_over": left, "log": log.kinds.most_common(12)}))


def main(folder: str, days: str, seed: str = "1", look_s: str = "1") -> None:
    """Lives so many days; with one look a second a day takes about half a minute."""
    run(live(Path(folder), int(days), random.Random(int(seed)), float(look_s)))


def run(life: Coroutine[None, None, None]) -> None:
    """Lives it in time that leaps. What has bound the real clock by then keeps it."""
    CLOCK.install()
    loop = functools.partial(asyncio.SelectorEventLoop, LeapingSelector())
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(life)


if __name__ == "__main__":
    # As a module of its own name: the house shares its clock.
    from fakes import many_days

    many_days.main(*sys.argv[1:])
