"""A command in the background: real processes, and every way of ending."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fakes.metronome import Stopwatch
from moodspeaker.runtime import child as child_module
from moodspeaker.runtime.child import Child

LIMIT_S = 30
ENDS_WITH_STDIN = ("cat",)
"""Niced, beside other work, a child of Python's may need seconds to begin, and to end."""
STUBBORN = 'trap "" TERM; : >"$0"; sleep 60'
SERVICE = """
import asyncio, sys
from moodspeaker.runtime.child import Child
async def main():
    child = Child(["cat"], print)
    await child.start()
    print(child._process.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def python(script: str, *more: str) -> list[str]:
    return [sys.executable, "-c", script, *more]


class Ends:
    """What `ended` was called with."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.told = asyncio.Event()

    def __call__(self, status: int) -> None:
        self.statuses.append(status)
        self.told.set()


async def there(path: Path) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not path.exists():
            await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("script", "status"), [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", -9)]
)
async def test_its_exit_status_is_told(script: str, status: int) -> None:
    ends = Ends()
    child = Child(python(script), ends)
    assert await child.start()
    async with asyncio.timeout(LIMIT_S):
        await ends.told.wait()
    assert ends.statuses == [status]
    await asyncio.sleep(0)
    assert not child.running
    await child.stop()


async def test_it_never_runs_twice_at_a_time() -> None:
    child = Child(ENDS_WITH_STDIN, Ends())
    assert sorted(await asyncio.gather(child.start(), child.start())) == [False, True]
    assert child.running
    assert not await child.start()
    await child.stop()
    assert not child.running
    assert await child.start()
    await child.stop()


async def test_it_is_niced_and_has_a_group_of_its_own() -> None:
    child = Child(ENDS_WITH_STDIN, Ends())
    await child.start()
    assert child._process
    pid = child._process.pid
    stat = Path(f"/proc/{pid}/stat")
    async with asyncio.timeout(LIMIT_S):
        while stat.read_text().rsplit(")", 1)[1].split()[16] != "19":
            await asyncio.sleep(0.02)
    assert os.getpgid(pid) == pid
    await child.stop()


async def test_stopping_it_is_quick_and_no_news() -> None:
    ends = Ends()
    child = Child(ENDS_WITH_STDIN, ends)
    await child.start()
    watch = Stopwatch()
    await child.stop()
    assert watch.fair_s < child_module.LEAVE_S
    assert child._process
    assert child._process.returncode != -signal.SIGKILL
    assert ends.statuses == []


async def test_one_that_does_not_listen_is_killed_with_its_own_children(tmp_path: Path) -> None:
    nested = f"trap '' TERM; sh -c '{STUBBORN}' \"$0\"; true"
    child = Child(("sh", "-c", nested, str(tmp_path / "up")), Ends())
    await child.start()
    await there(tmp_path / "up")
    assert child._process
    group = child._process.pid
    watch = Stopwatch()
    await child.stop()
    assert watch.fair_s < 2.0
    async with asyncio.timeout(LIMIT_S):
        while group_is_alive(group):
            await asyncio.sleep(0.02)


def group_is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return any(
        alive(int(entry.name)) and os.getpgid(int(entry.name)) == group
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit()
    )


def test_it_ends_when_the_service_is_killed() -> None:
    with subprocess.Popen(
        python(SERVICE), stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as service:
        assert service.stdout
        pid = int(service.stdout.readline())
        assert alive(pid)
        service.send_signal(signal.SIGKILL)
        service.wait(timeout=LIMIT_S)
        watch = Stopwatch()
        while alive(pid):
            assert watch.fair_s < 2
            time.sleep(0.02)


async def test_a_command_that_is_not_there_ends_with_127() -> None:
    ends = Ends()
    await Child(["/none/such"], ends).start()
    async with asyncio.timeout(LIMIT_S):
        await ends.told.wait()
    assert ends.statuses == [127]


async def test_a_process_that_cannot_be_made_is_one_clear_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child_module, "NICED", ("/none/nice",))
    child = Child(["x"], Ends())
    with pytest.raises(child_module.MoodspeakerError, match="/none/nice cannot be started"):
        await child.start()
    assert not child.running
