"""moodspeaker, with a task that watches how long the event loop is held in its first ten seconds.

    bench_watched.py FILE COMMAND [ARGUMENT ...]

At the end FILE holds the milliseconds of the longest hold.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Coroutine

STEP_S = 0.002
WATCHED_S = 10.0

plain_run = asyncio.run


def watched_run(work: Coroutine[Any, Any, None]) -> None:
    """In the place of `asyncio.run`."""
    lags_s = [0.0]
    try:
        plain_run(watched(work, lags_s))
    finally:
        Path(sys.argv[1]).write_text(f"{max(lags_s) * 1e3}")


async def watched(work: Coroutine[Any, Any, None], lags_s: list[float]) -> None:
    """Does the work, beside a watcher."""
    watching = asyncio.create_task(watch(lags_s))
    await work
    watching.cancel()


async def watch(lags_s: list[float]) -> None:
    """How much later than asked it wakes up, again and again."""
    began_s = time.perf_counter()
    while (asked_s := time.perf_counter() + STEP_S) < began_s + WATCHED_S:
        await asyncio.sleep(STEP_S)
        lags_s.append(time.perf_counter() - asked_s)


if __name__ == "__main__":
    asyncio.run = watched_run
    sys.exit(main(sys.argv[2:]))
