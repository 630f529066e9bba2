"""The whole service counts what it played, and does not read MPD's library for that."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from fakes.demo_mpd import demo_mpd
from fakes.speaker_bench import Witness, run
from moodspeaker.app.service import Service
from moodspeaker.config.load import parse_config
from moodspeaker.home import commands
from moodspeaker.player import own_writes
from moodspeaker.player.mpd import MpdPlayer
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from mpd.asyncio import MPDClient

    from moodspeaker.types import Track

LIMIT_S = 30.0


@pytest_asyncio.fixture
async def person(tmp_path: Path) -> AsyncIterator[MPDClient]:
    """Another client of an MPD that has the demo's tracks."""
    async with demo_mpd(tmp_path) as (client, port):
        client.port = port
        yield client


async def until(condition: Callable[[], bool]) -> None:
    """Waits for it."""
    async with asyncio.timeout(LIMIT_S):
        while not condition():
            await asyncio.sleep(0.05)


async def test_counting_and_publishing_leave_the_library_unread(
    person: MPDClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    tracks, recounted = MpdPlayer.tracks, MpdPlayer.recounted

    async def noted(player: MpdPlayer) -> tuple[Track, ...]:
        asked.append("tracks")
        return await tracks(player)

    async def looked(player: MpdPlayer, *, likes_only: bool = False) -> object:
        asked.append("likes" if likes_only else "stickers")
        return await recounted(player, likes_only=likes_only)

    # Longer than this machine stands still between a write and the news of it.
    monkeypatch.setattr(own_writes, "TOLD_WITHIN_S", LIMIT_S)
    monkeypatch.setattr(MpdPlayer, "tracks", noted)
    monkeypatch.setattr(MpdPlayer, "recounted", looked)
    text = (
        f"mpd: {{port: {person.port}}}\nmqtt: {{enabled: false}}\n"
        f"camera: {{kind: file, source: {tmp_path / 'none.mp4'}}}\n"
        "library: {music_dir: null, write_counts: true}\n"
    )
    service = Service(parse_config(text, "speaker.yaml"), tmp_path / "state", None, Witness())
    async with run(service):
        service._music.keeper._rereading.quiet_s = 0.3
        await service.handle(commands.SetMood(Emotion.HAPPY))
        async with asyncio.timeout(LIMIT_S):
            while float((await person.status()).get("elapsed", 0)) < 1:
                await asyncio.sleep(0.05)
        await until(lambda: service._music.listening.ours)
        await person.next()
        async with asyncio.timeout(LIMIT_S):
            while not [row async for row in person.sticker_find("song", "", "skipCount")]:
                await asyncio.sleep(0.05)
        await until(lambda: len(asked) > 1)
        await asyncio.sleep(1)
    assert asked[0] == "tracks"
    assert set(asked[1:]) == {"likes"}
