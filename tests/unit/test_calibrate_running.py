"""`moodspeaker calibrate` beside a service that has the camera."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from fakes.control_bench import ControlBench
from moodspeaker.cli import calibrate_running
from moodspeaker.cli.calibrate_running import CalibrationFailed, by_service
from moodspeaker.errors import MoodspeakerError
from moodspeaker.home.commands import Calibrate
from moodspeaker.runtime.control_client import NotRunning

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from moodspeaker.runtime.control_socket import Told

LATE_S = 0.6


async def calibrated(bench: ControlBench, *events: tuple[str, dict[str, object]]) -> int:
    """What the command says while these events happen after it asked."""
    bench.board.event("calibration_failed", {"reason": "an old one"})
    async with bench.running():
        asked = asyncio.create_task(asyncio.to_thread(by_service, bench.path))
        while not (bench.commands and bench.board._onlookers) and not asked.done():
            await asyncio.sleep(0.01)
        for kind, data in events:
            bench.board.event(kind, data)
            await asyncio.sleep(0)
        await asyncio.wait({asked})
    return asked.result()


async def test_the_service_takes_it_and_says_how_it_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = ControlBench(tmp_path)
    assert await calibrated(bench, ("held", {}), ("calibrated", {"frames": 42})) == 0
    assert bench.commands == [Calibrate()]
    assert "42 frames" in capsys.readouterr().out


class LateBench(ControlBench):
    """Its service is a while in telling anything."""

    async def subscribe(self) -> AsyncGenerator[Told, None]:
        await asyncio.sleep(LATE_S)
        async with aclosing(super().subscribe()) as news:
            async for told in news:
                yield told


async def test_an_old_calibration_that_is_told_late_is_not_taken_for_this_one(
    tmp_path: Path,
) -> None:
    bench = LateBench(tmp_path)
    assert await calibrated(bench, ("calibrated", {"frames": 42})) == 0


async def test_a_failure_is_told_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(CalibrationFailed, match="no face"):
        await calibrated(ControlBench(tmp_path), ("calibration_failed", {"reason": "no face"}))


async def test_a_refusal_is_told_at_once(tmp_path: Path) -> None:
    bench = ControlBench(tmp_path)
    bench.refusal = MoodspeakerError("nobody is there")
    with pytest.raises(CalibrationFailed, match="nobody is there"):
        await calibrated(bench)


async def test_a_service_that_never_says_how_it_went_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate_running, "LIMIT_S", 0.1)
    with pytest.raises(CalibrationFailed, match="has not said"):
        await calibrated(ControlBench(tmp_path))


def test_without_a_service_the_camera_is_free(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        by_service(tmp_path / "none.sock")
