"""Faults that need a life of their own: those of the start, and those that end the process."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from typing import TYPE_CHECKING

import pytest

from chaos.fault import CAMERA_S, NETWORK_S, until_well
from chaos.house import house, running
from fakes.metronome import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chaos.house import House

TOLD_S = 30.0
STATE_FILES = ("switches.json", "tuning.json", "announced.json", "volume.json", "neutral.json")


async def test_a_second_service_on_the_same_state_refuses_with_one_line(
    tmp_path: Path, face_clip: Path
) -> None:
    async with house(tmp_path, face_clip) as home, running(home):
        await until_well(home, CAMERA_S)
        status, told = await second_service(home)
        assert (status, len(told)) == (1, 1), told
        assert "another moodspeaker" in told[0]
        await until_well(home, NETWORK_S)


@pytest.mark.slow
async def test_rubbish_in_every_state_file_is_told_and_everything_else_works(
    tmp_path: Path, face_clip: Path
) -> None:
    async with house(tmp_path, face_clip) as home:
        home.state.mkdir(parents=True)
        for name in STATE_FILES:
            (home.state / name).write_bytes(os.urandom(500))
        (home.state / "labels.db").write_bytes(os.urandom(50_000))
        async with running(home):
            await until_well(home, CAMERA_S)
            await said(home, lambda: told_of_all(home))
            await ended(home, 0)


@pytest.mark.slow
async def test_a_model_that_is_rubbish_at_the_start_is_told_and_taken_when_it_is_mended(
    tmp_path: Path, face_clip: Path
) -> None:
    async with house(tmp_path, face_clip) as home:
        aside = shutil.copy(home.model, tmp_path / "kept")
        home.model.write_bytes(os.urandom(50_000))
        async with running(home):
            await said(home, lambda: "model: " in (home.onlooker.state.get("problem") or ""))
            assert await home.music_goes_on()
            shutil.copy(aside, home.model)
            watch = Stopwatch()
            await home.ctl("reload")
            await until_well(home, CAMERA_S)
            assert watch.fair_s < NETWORK_S


@pytest.mark.slow
async def test_a_file_that_has_played_to_its_end_is_told_and_the_music_goes_on(
    tmp_path: Path, face_clip: Path
) -> None:
    async with house(tmp_path, face_clip) as home, running(home):
        await until_well(home, CAMERA_S)
        home.turn(camera="ends")
        await said(home, lambda: "played to its end" in (home.onlooker.state["problem"] or ""))
        assert await home.music_goes_on()
        await ended(home, 0)


@pytest.mark.slow
async def test_a_camera_that_does_not_let_go_ends_the_process_for_systemd_to_begin_anew(
    tmp_path: Path, face_clip: Path
) -> None:
    async with house(tmp_path, face_clip) as home, running(home):
        await until_well(home, CAMERA_S)
        home.turn(camera="stuck")
        async with asyncio.timeout(TOLD_S):
            assert await home.process.wait() == 1
        await said(home, lambda: any("does not close" in line for line in home.lines(0)))


@pytest.mark.slow
async def test_an_error_that_nobody_foresaw_ends_the_process_and_is_told(
    tmp_path: Path, face_clip: Path
) -> None:
    async with house(tmp_path, face_clip) as home, running(home):
        await until_well(home, CAMERA_S)
        home.turn(network="dies")
        async with asyncio.timeout(TOLD_S):
            assert await home.process.wait() == 1
        await said(home, lambda: any("the chaos network died" in line for line in home.lines(0)))
        assert await home.music_goes_on()


@pytest.mark.slow
async def test_a_log_reader_that_is_gone_holds_nothing_up(tmp_path: Path, face_clip: Path) -> None:
    async with house(tmp_path, face_clip) as home, running(home):
        await until_well(home, CAMERA_S)
        await home.forget_log()
        for _ in range(20):
            home.send(signal.SIGHUP)
            await asyncio.sleep(0.02)
        await home.broker.kill()
        await home.broker.start()
        await asyncio.sleep(0.5)
        await until_well(home, CAMERA_S)
        await ended(home, 0)


@pytest.mark.slow
async def test_a_full_log_pipe_does_not_keep_it_from_ending(
    tmp_path: Path, face_clip: Path
) -> None:
    async with house(tmp_path, face_clip) as home, running(home):
        await until_well(home, CAMERA_S)
        home.reading.clear()
        for _ in range(100):
            home.send(signal.SIGHUP)
            await asyncio.sleep(0.01)
        await ended(home, 0)


async def second_service(home: House) -> tuple[int, list[str]]:
    """Its exit status and what it said."""
    environment = {**home.environment, "MOODSPEAKER_CONTROL": str(home.folder / "second.sock")}
    process = await asyncio.create_subprocess_exec(
        *home.argv, stderr=asyncio.subprocess.PIPE, env=environment
    )
    async with asyncio.timeout(TOLD_S):
        _, told = await process.communicate()
    return process.returncode or 0, told.decode().splitlines()


def told_of_all(home: House) -> bool:
    """Whether the log names every file of rubbish that the service reads."""
    names = ("switches.json", "tuning.json", "announced.json", "labels.db")
    return all(any(name in line for line in home.lines(0)) for name in names)


async def said(home: House, what: Callable[[], bool]) -> None:
    """Raises AssertionError where it is not said in time."""
    until_s = time.monotonic() + TOLD_S
    while not what():
        assert time.monotonic() < until_s, [*home.told(), *home.lines(0)[-20:]]
        await asyncio.sleep(0.05)


async def ended(home: House, status: int) -> None:
    """When asked to, within the promised five seconds."""
    watch = Stopwatch()
    home.send(signal.SIGTERM)
    async with asyncio.timeout(TOLD_S):
        assert await home.process.wait() == status
    assert watch.fair_s < NETWORK_S
