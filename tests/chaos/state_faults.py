"""What the disk, the files on it and the clock can do."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

from chaos.fault import Fault, LeftOut, fault
from fakes.metronome import Stopwatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from chaos.house import House

HOUR_S = 3600.0
KEPT_LIMIT_S = 10.0
LOCKED_S = 10.0
STORE = "labels.db"
CONFIGS: dict[str, bytes | None] = {
    "deleted": None,
    "half written": b"device: {id: te",
    "replaced by rubbish": b"\x7fELF\x00\xff\xfe" + bytes(1000),
    "with an unknown key": b"mood: {dwell: 3}\n",
    "nested 100,000 deep": b"[" * 100_000,
    "of aliases that multiply": b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + b"".join(
        b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 9)
    ),
}


@fault("disk full", "log: cannot be written", quick=True)
async def full(house: House) -> AsyncIterator[None]:
    """The state folder is on a small disk of its own."""
    if not house.on_tmpfs:
        raise LeftOut("mounting a small disk needs root, and a kernel that lets it")
    ballast = house.disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        fill(file.fileno())
    await switched(house, "OFF")
    yield
    ballast.unlink()
    await switched(house, "ON")
    await kept(house, '"following": true')


@fault("no file may grow (RLIMIT_FSIZE)", "log: cannot be written")
async def no_growth(house: House) -> AsyncIterator[None]:
    """As a quota does it."""
    limit(house, "--fsize=0:unlimited")
    await switched(house, "OFF")
    yield
    limit(house, "--fsize=unlimited:unlimited")
    await switched(house, "ON")
    await kept(house, '"following": true')


@fault("state folder read-only", "log: cannot be written")
async def read_only(house: House) -> AsyncIterator[None]:
    """As a disk with errors becomes."""
    if not house.on_tmpfs:
        raise LeftOut("mounting a small disk needs root, and a kernel that lets it")
    state = str(house.state)
    run("mount", "--bind", state, state)
    run("mount", "-o", "remount,bind,ro", state)
    await switched(house, "OFF")
    yield
    run("umount", "-l", state)
    await switched(house, "ON")
    await kept(house, '"following": true')


@fault("state folder deleted")
async def no_folder(house: House) -> AsyncIterator[None]:
    """It is made again."""
    shutil.rmtree(house.state)
    await switched(house, "OFF")
    yield
    await switched(house, "ON")
    await kept(house, '"following": true')
    await liking_is_kept(house)


@fault("labels.db deleted", quick=True)
async def no_store(house: House) -> AsyncIterator[None]:
    """What is said from then on is kept in a new one."""
    await liking_is_kept(house)
    # The file itself last: a new one, begun meanwhile, would lose its own log.
    for path in sorted(house.state.glob(f"{STORE}*"), reverse=True):
        path.unlink(missing_ok=True)
    yield
    await liking_is_kept(house)


@fault(f"labels.db locked by another process for {LOCKED_S:g} s", lasts_s=LOCKED_S)
async def locked(house: House) -> AsyncIterator[None]:
    """Nobody waits for it but the library's own thread."""
    await liking_is_kept(house)
    with closing(sqlite3.connect(house.state / STORE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await house.ctl("like")
        yield
        other.execute("ROLLBACK")
    await asyncio.sleep(0)
    await liking_is_kept(house)


@fault("labels.db replaced by rubbish", "log: labels.db is damaged")
async def damaged(house: House) -> AsyncIterator[None]:
    """It is moved aside and a new one begun."""
    await liking_is_kept(house)
    rubbish = house.state / "rubbish"
    rubbish.write_bytes(os.urandom(65536))
    rubbish.replace(house.state / STORE)
    # With its log it would be whole again.
    for path in house.state.glob(f"{STORE}-*"):
        path.unlink(missing_ok=True)
    await house.ctl("like")
    yield
    await liking_is_kept(house)


def config_fault(kind: str) -> Fault:
    """The file is like that, and then SIGHUP comes; the settings in force stay."""

    @fault(f"config {kind}, SIGHUP", "config: ")
    async def act(house: House) -> AsyncIterator[None]:
        content = CONFIGS[kind]
        house.config.unlink()
        if content is not None:
            house.config.write_bytes(content)
        house.send(signal.SIGHUP)
        yield
        house.write_config()
        house.send(signal.SIGHUP)

    return act


@fault("config a folder, SIGHUP", "config: ")
async def config_folder(house: House) -> AsyncIterator[None]:
    """Nobody can read that, root neither."""
    house.config.unlink()
    house.config.mkdir()
    house.send(signal.SIGHUP)
    yield
    house.config.rmdir()
    house.write_config()
    house.send(signal.SIGHUP)


@fault("50 SIGHUPs in a second", answers_s=3.0, quick=True)
async def many_reloads(house: House) -> AsyncIterator[None]:
    """Each reads the file again."""
    for _ in range(50):
        house.send(signal.SIGHUP)
        await asyncio.sleep(0.02)
    yield


def clock_fault(kind: str, by_s: float) -> Fault:
    """The wall clock jumps, and jumps back."""

    @fault(f"clock {kind}", lasts_s=3.0, quick=by_s == -HOUR_S)
    async def act(house: House) -> AsyncIterator[None]:
        house.turn(clock_s=by_s)
        yield
        house.turn(clock_s=0.0)

    return act


def fill(descriptor: int) -> None:
    """Until no byte more goes in."""
    for size in (65536, 1):
        try:
            while os.write(descriptor, bytes(size)):
                pass
        except OSError:
            continue


def limit(house: House, option: str) -> None:
    """Of the running process. Raises LeftOut."""
    run("prlimit", "--pid", str(house.pid), option)


def run(*argv: str) -> None:
    """Raises LeftOut where this machine does not let us."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LeftOut(f"{' '.join(argv)}: {done.stderr.strip()}")


async def switched(house: House, word: str) -> None:
    """A switch that is to last; the music goes on where it was."""
    answer = await house.ctl("following", word)
    assert answer["ok"], answer


async def kept(house: House, part: str) -> None:
    """What was switched is on the disk."""
    text = (house.state / "switches.json").read_text()
    assert part in text, text


async def liking_is_kept(house: House) -> None:
    """A word on the song that plays comes to be in the file that is there now."""
    before, watch, said = count_of_likes(house), Stopwatch(), ""
    while watch.fair_s < KEPT_LIMIT_S:
        # Refused where MPD has just come back: what plays is not known at once.
        said = (await house.ctl("like"))["error"] or "nothing against it"
        await asyncio.sleep(0.2)
        if count_of_likes(house) > before:
            return
    raise AssertionError(f"{STORE} does not get what is said; the speaker says {said}")


def count_of_likes(house: House) -> int:
    """0 where there is no such file."""
    path = house.state / STORE
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path.as_uri() + "?mode=ro", uri=True)) as store:
        try:
            return int(store.execute("SELECT count(*) FROM feedback").fetchone()[0])
        except sqlite3.DatabaseError:
            return 0


STATE_FAULTS = (
    full,
    no_growth,
    read_only,
    no_folder,
    no_store,
    locked,
    damaged,
    *(config_fault(kind) for kind in CONFIGS),
    config_folder,
    many_reloads,
    clock_fault("an hour ahead", HOUR_S),
    clock_fault("an hour back", -HOUR_S),
    clock_fault("in 1970", -56 * 365 * 24 * HOUR_S),
)
