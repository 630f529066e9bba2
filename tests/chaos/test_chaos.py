"""What can go wrong around the service, against one process of it. The table is printed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from chaos.broker_faults import BROKER_FAULTS
from chaos.fault import CAMERA_S, PAUSE_S, endure, until_well
from chaos.house import house, running
from chaos.player_faults import PLAYER_FAULTS
from chaos.process_faults import PROCESS_FAULTS
from chaos.state_faults import STATE_FAULTS
from chaos.vision_faults import VISION_FAULTS
from fakes.metronome import Stopwatch

if TYPE_CHECKING:
    from pathlib import Path

    from chaos.fault import Fault, Row
    from chaos.house import House
    from chaos.leaks import Holdings

FAULTS = (*BROKER_FAULTS, *PLAYER_FAULTS, *VISION_FAULTS, *STATE_FAULTS, *PROCESS_FAULTS)
QUICK = tuple(fault for fault in FAULTS if fault.quick)
CHOSEN = "MOODSPEAKER_FAULTS"
"""Names of faults, or parts of them, with commas between: only these, to look into one."""
SETTLE_S = 15.0
STOP_S = 5.0
RSS_MB = 32.0
"""The heap is left with holes; the soak test holds the service to what it grows by in a day."""
HEAD = ("", "| fault | the speaker says | well again after, s | verdict |", "|---|---|---|---|")
TABLE: list[str] = []


@pytest.fixture(scope="module", autouse=True)
def table(request: pytest.FixtureRequest) -> Iterator[None]:
    """Prints what happened and how soon."""
    yield
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(*TABLE, sep="\n")


@dataclass(frozen=True, slots=True)
class Life:
    """What one process went through, and what it held before and after."""

    rows: tuple[Row, ...]
    before: Holdings
    after: Holdings

    def summary(self) -> str:
        """One line."""
        grew_mb = self.after.rss_mb - self.before.rss_mb
        return (
            f"{len(self.rows)} faults in one life. Before and after: "
            f"{len(self.before.descriptors)} and {len(self.after.descriptors)} descriptors, "
            f"{len(self.before.tasks)} and {len(self.after.tasks)} tasks, "
            f"{len(self.before.own_threads)} and {len(self.after.own_threads)} threads beside "
            f"the loop's pool, {len(self.after.children)} children, "
            f"RSS {self.before.rss_mb:.0f} and {self.after.rss_mb:.0f} MB ({grew_mb:+.0f})."
        )


async def test_a_dozen_faults_in_one_life_are_told_end_and_leave_nothing(
    tmp_path: Path, face_clip: Path
) -> None:
    await live_through(tmp_path, face_clip, chosen(QUICK))


@pytest.mark.slow
async def test_every_fault_in_one_life_is_told_ends_and_leaves_nothing(
    tmp_path: Path, face_clip: Path
) -> None:
    await live_through(tmp_path, face_clip, chosen(FAULTS))


def test_there_are_enough_faults() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 40
    assert len(QUICK) >= 12


def chosen(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """All, or those that the environment names."""
    names = [name for name in os.environ.get(CHOSEN, "").split(",") if name]
    return tuple(f for f in FAULTS if any(n in f.name for n in names)) if names else faults


async def live_through(folder: Path, clip: Path, faults: tuple[Fault, ...]) -> None:
    """One process, fault after fault. Raises AssertionError with whatever is wrong."""
    async with house(folder, clip) as home, running(home):
        await until_well(home, CAMERA_S)
        await warm_up(home)
        before = await at_rest(home)
        TABLE.extend(HEAD)
        rows = []
        for fault in faults:
            rows.append(await endure(home, fault))
            TABLE.append(rows[-1].line(str(home.folder)))
        assert home.process.returncode is None, f"the process ended: {home.log[-10:]}"
        after = await settled(home, before)
        watch = Stopwatch()
        home.send(signal.SIGTERM)
        async with asyncio.timeout(CAMERA_S):
            status = await home.process.wait()
        ended_s = watch.fair_s
    life = Life(tuple(rows), before, after)
    TABLE.extend(("", life.summary()))
    assert [row for row in rows if row.failed] == []
    assert after.more_than(before) == []
    assert after.rss_mb - before.rss_mb < RSS_MB
    assert status == 0
    assert ended_s < STOP_S


async def warm_up(home: House) -> None:
    """Everything has been used once: what is opened late is no leak."""
    for proxy in (home.to_broker, home.to_mpd):
        proxy.cut()
    home.send(signal.SIGHUP)
    await home.ctl("following", "ON")
    await asyncio.sleep(1)
    await home.ctl("like")
    await until_well(home, CAMERA_S)
    await asyncio.sleep(2)


async def at_rest(home: House) -> Holdings:
    """What it holds while all is well: less, in the middle of a new try, would be no measure."""
    watch = Stopwatch()
    while watch.fair_s < CAMERA_S:
        before = await home.holdings()
        await until_well(home, CAMERA_S)
        await asyncio.sleep(PAUSE_S)
        now = await home.holdings()
        open_now = home.connected and str(home.clip) in now.descriptors
        if open_now and not now.more_than(before) and not before.more_than(now):
            return now
    raise AssertionError(f"never at rest: {now}, connected: {home.connected}")


async def settled(home: House, before: Holdings) -> Holdings:
    """What it holds once whatever was under way has had time to end."""
    watch = Stopwatch()
    while (now := await home.holdings()).more_than(before) and watch.fair_s < SETTLE_S:
        await asyncio.sleep(0.2)
    return now
