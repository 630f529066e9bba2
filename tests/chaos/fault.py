"""One row of the table: what is done to the speaker, and what has to be seen then."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiomqtt

from fakes.metronome import Stopwatch, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from chaos.house import House
    from fakes.proxy import Proxy

TOLD_S = 30.0
NETWORK_S = 5.0
CAMERA_S = 60.0
WHOLE_S = 120.0
POLL_S = 0.05
PAUSE_S = 0.3
RECONNECTS = 200
TIMEOUT_S = 2.0
"""The service's, in this house."""
STALL_S = TIMEOUT_S / 2
"""A machine that stands still so long within one of them may trip it."""
STEP_S = 0.25
LOG = "log: "
LONGEST = 110


class LeftOut(Exception):
    """This machine cannot make the fault; says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`act` strikes before its `yield` and mends after it.

    `says` is a part of what the state has to say while it lasts, with `LOG` before it what the log
    has to; empty: nothing may be wrong. Where `music` is set it has to go on, and the control
    socket has to answer within `answers_s` unless the service is `deaf`; a `mute` one can tell
    nothing, so what it told last says nothing of now. It lasts `lasts_s` at least, and `limit_s`
    after its end all is well again. Limits are longer by what this machine itself stands still,
    and by another try of the service where that may have cost it one.
    """

    name: str
    act: Callable[[House], AbstractAsyncContextManager[None]]
    says: str = ""
    music: bool = True
    deaf: bool = False
    mute: bool = False
    answers_s: float = 1.0
    lasts_s: float = 0.0
    limit_s: float = NETWORK_S
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What came of it. `verdict` is `ok`, `left out: why`, or what went wrong."""

    fault: str
    seen: str
    recovered_s: float | None
    verdict: str

    @property
    def failed(self) -> bool:
        """Whether the product did."""
        return self.verdict != "ok" and not self.verdict.startswith("left out")

    def line(self, folder: str) -> str:
        """Of a table; what lies in `folder` by its name alone."""
        soon = "" if self.recovered_s is None else f"{self.recovered_s:.1f}"
        seen = self.seen.replace(f"{folder}/", "").replace("|", "/")
        short = seen if len(seen) <= LONGEST else f"{seen[:LONGEST]}…"
        return f"| {self.fault} | {short} | {soon} | {self.verdict} |"


def fault(
    name: str,
    says: str = "",
    *,
    music: bool = True,
    deaf: bool = False,
    mute: bool = False,
    answers_s: float = 1.0,
    lasts_s: float = 0.0,
    limit_s: float = NETWORK_S,
    quick: bool = False,
) -> Callable[[Callable[[House], AsyncIterator[None]]], Fault]:
    """Makes a fault of a function that strikes, yields once, and mends."""

    def made(act: Callable[[House], AsyncIterator[None]]) -> Fault:
        whole = _always_mended(act)
        return Fault(name, whole, says, music, deaf, mute, answers_s, lasts_s, limit_s, quick)

    return made


async def endure(house: House, fault: Fault) -> Row:
    """Strikes, looks, mends, looks. What goes wrong is in the row; nothing is raised for it."""
    lived = _Lived()
    try:
        async with asyncio.timeout(WHOLE_S):
            await _lived_through(house, fault, lived)
    except LeftOut as why:
        lived.verdict = f"left out: {why}"
    except (AssertionError, OSError, TimeoutError, aiomqtt.MqttError) as error:
        house.mend()
        lived.verdict = " ".join((str(error) or repr(error)).split())[:300]
    return Row(fault.name, lived.seen, lived.recovered_s, lived.verdict)


@dataclass
class _Lived:
    seen: str = ""
    recovered_s: float | None = None
    verdict: str = "ok"


async def reconnected(house: House, proxy: Proxy) -> None:
    """Until `RECONNECTS` more connections have come, each wait cut short by a reload."""
    wanted, limit_s = proxy.accepted + RECONNECTS, time.monotonic() + WHOLE_S / 2
    while (missing := wanted - proxy.accepted) > 0:
        assert time.monotonic() < limit_s, f"{missing} connections did not come"
        await house.ctl("reload")
        await asyncio.sleep(0.01)


def _always_mended(
    act: Callable[[House], AsyncIterator[None]],
) -> Callable[[House], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def whole(house: House) -> AsyncIterator[None]:
        steps = aiter(act(house))
        await anext(steps)
        try:
            yield
        finally:
            await anext(steps, None)

    return whole


async def _lived_through(house: House, fault: Fault, lived: _Lived) -> None:
    struck_s = time.monotonic()
    try:
        async with fault.act(house):
            lived.seen = await _heard(house, fault.says, struck_s) if fault.says else "fine"
            if not fault.deaf:
                await _answers(house, fault.answers_s)
            if fault.music:
                assert await house.music_goes_on(), f"the music stands still: {house.told()}"
            await asyncio.sleep(max(0.0, struck_s + fault.lasts_s - time.monotonic()))
            if not fault.says and not fault.mute:
                await _says_nothing(house, struck_s)
    except (AssertionError, OSError, TimeoutError):
        # The next fault is to meet a speaker that is well.
        with suppress(AssertionError):
            await until_well(house, CAMERA_S)
        raise
    mended = Stopwatch()
    # What the control socket shows may be so much older.
    await asyncio.sleep(PAUSE_S)
    await until_well(house, CAMERA_S)
    lived.recovered_s = mended.fair_s
    surprised = [line for line in house.lines(struck_s) if line.startswith("Traceback")]
    assert not surprised, f"{len(surprised)} tracebacks in the log"
    limit_s = fault.limit_s + NETWORK_S * tripped(mended.began_s)
    assert lived.recovered_s <= limit_s, f"later than {limit_s:g} s"


async def _heard(house: House, part: str, since_s: float) -> str:
    """The first thing said with `part` in it: in the state, or in the log for a `LOG`."""
    until_s = time.monotonic() + TOLD_S
    while time.monotonic() < until_s:
        said = house.lines(since_s) if part.startswith(LOG) else house.told()
        for text in said:
            if part.removeprefix(LOG) in text:
                return text
        assert house.process.returncode is None, "the process ended"
        await asyncio.sleep(POLL_S)
    raise AssertionError(f"nobody said {part!r}, but {house.told()}")


async def _answers(house: House, limit_s: float) -> None:
    watch = Stopwatch()
    answer = await house.ctl("leave_threshold", "0.35")
    took_s = watch.fair_s
    assert answer["ok"], f"the control socket refuses: {answer}"
    assert took_s < limit_s, f"the control socket took {took_s:.1f} s"


async def _says_nothing(house: House, since_s: float) -> None:
    lost_s = running().lost_s(since_s - TIMEOUT_S)
    if (wrong := house.onlooker.state.get("problem")) and lost_s > STALL_S:
        await until_well(house, NETWORK_S + NETWORK_S * tripped(since_s))
        return
    assert not wrong, f"nothing is wrong, and it says: {wrong}"


def tripped(since_s: float) -> int:
    """How many of the service's time limits that end after then this machine may have tripped.

    Each is another try of the service. A machine that is only busy trips none.
    """
    lost_s, now_s = running().lost_s, time.monotonic()
    count, begin_s = 0, since_s - TIMEOUT_S
    while begin_s < now_s:
        still = lost_s(begin_s) - lost_s(begin_s + TIMEOUT_S) > STALL_S
        count += still
        begin_s += TIMEOUT_S if still else STEP_S
    return count


async def until_well(house: House, limit_s: float) -> None:
    """Raises AssertionError with what is wrong."""
    watch, wrong = Stopwatch(), "?"
    while watch.fair_s < limit_s:
        assert house.process.returncode is None, "the process ended"
        if not (wrong := await house.not_well()):
            return
        await asyncio.sleep(POLL_S)
    raise AssertionError(f"not well after {limit_s:g} s: {wrong}")
