"""The volume keeper as a task, where its player goes away in the middle of a fade."""

from __future__ import annotations

import asyncio
from typing import Any

from fakes.player import FakeMpd
from moodspeaker.app.volume_runner import VolumeRunner
from moodspeaker.player.volume import VolumeKeeper, VolumeSettings
from moodspeaker.types import Track

LIMIT_S = 30.0
SLOW = VolumeSettings(fade_step=1, step_s=0.01)


async def test_without_a_player_no_step_is_due_any_more() -> None:
    mpd = FakeMpd([Track("a.ogg")])
    moved: list[str] = []
    runner = VolumeRunner(VolumeKeeper(SLOW), lambda _: None)
    running = asyncio.create_task(runner.run())
    async with mpd.connect() as player:
        await until_fading(runner, player)
        assert runner._due_s is not None
        await runner.move(lambda: moved.append("away"))
    async with asyncio.timeout(LIMIT_S):
        while runner._due_s is not None:
            await asyncio.sleep(0.01)
    running.cancel()
    assert moved == ["away"]


async def until_fading(runner: VolumeRunner, player: Any) -> None:
    """It has taken a first step of many."""
    async with asyncio.timeout(LIMIT_S):
        await runner.seen(player, await player.status())
        while runner._volume._player is None:
            await asyncio.sleep(0)
        runner._volume.want(0)
        runner.look()
        while runner._due_s is None:
            await asyncio.sleep(0)
