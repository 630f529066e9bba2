"""The volume keeper as a task, where its player goes away in the middle of a fade."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fakes.player import FakeMpd
from moodspeaker.app import volume_runner
from moodspeaker.app.volume_runner import VolumeRunner
from moodspeaker.player.volume import VolumeKeeper, VolumeSettings
from moodspeaker.types import Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest

    from moodspeaker.types import PlayerStatus

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


async def test_a_player_that_is_left_for_another_has_more_time_than_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(volume_runner, "FAREWELL_LIMIT_S", 0.0)
    async with fading() as (runner, player, liked):
        await runner.move(lambda: None)
        assert (await player.status()).volume == liked


async def test_a_step_that_is_under_way_does_not_come_after_the_goodbye() -> None:
    async with fading() as (runner, player, liked):
        late, asked = asyncio.Event(), asyncio.Event()
        look = player.status

        async def told_late() -> PlayerStatus:
            player.status = look
            seen = await look()
            asked.set()
            await late.wait()
            return seen

        player.status = told_late
        async with asyncio.timeout(LIMIT_S):
            await asked.wait()
            leaving = asyncio.create_task(runner.farewell())
            await turns()
            late.set()
            await leaving
        await asyncio.sleep(2 * SLOW.step_s)
        assert (await player.status()).volume == liked


@asynccontextmanager
async def fading() -> AsyncIterator[tuple[VolumeRunner, Any, int | None]]:
    """(The task's runner in the middle of a fade, its player, the volume before)."""
    runner = VolumeRunner(VolumeKeeper(SLOW), lambda _: None)
    running = asyncio.create_task(runner.run())
    try:
        async with FakeMpd([Track("a.ogg")]).connect() as player:
            liked = (await player.status()).volume
            await until_fading(runner, player)
            yield runner, player, liked
    finally:
        running.cancel()


async def turns() -> None:
    """Everybody who can go on does."""
    for _ in range(50):
        await asyncio.sleep(0)


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
