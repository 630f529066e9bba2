"""Plays and skips in the player's stickers."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from fakes.player import FakeMpd
from moodspeaker.errors import PlayerLost
from moodspeaker.player.own_writes import OwnWrites
from moodspeaker.player.play_counts import Heard, PlayCounter
from moodspeaker.types import Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LIMIT_S = 30.0


@pytest.fixture
def mpd() -> FakeMpd:
    """With two tracks."""
    return FakeMpd((Track("a"), Track("b")))


@asynccontextmanager
async def counting(mpd: FakeMpd, own: OwnWrites | None = None) -> AsyncIterator[PlayCounter]:
    """A counter at work, and nothing left to count at the end."""
    counter = PlayCounter(mpd.connect, own)
    task = asyncio.create_task(counter.attempt(lambda: None))
    yield counter
    async with asyncio.timeout(LIMIT_S):
        while counter._waiting:
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_plays_and_skips_are_added_to_what_is_there(mpd: FakeMpd) -> None:
    mpd.stickers["a"] = {"playCount": "000000000007"}
    async with counting(mpd) as counter:
        counter.note(Heard("a", False, 1000.5))
        counter.note(Heard("a", False, 1001.0))
        counter.note(Heard("b", True, 1002.0))
    assert mpd.stickers["a"] == {"playCount": "9", "lastPlayed": "1001"}
    assert mpd.stickers["b"] == {"skipCount": "1", "lastSkipped": "1002"}


async def test_a_count_reads_one_sticker_and_tells_that_it_writes(mpd: FakeMpd) -> None:
    own = OwnWrites(lambda: 0.0)
    async with counting(mpd, own) as counter:
        counter.note(Heard("a", False, 1.0))
    assert mpd.calls == ["sticker a playCount", "label a playCount 1", "label a lastPlayed 1"]
    assert own.explain_news()


async def test_rubbish_counts_as_nothing(mpd: FakeMpd) -> None:
    mpd.stickers["a"] = {"playCount": "often"}
    async with counting(mpd) as counter:
        counter.note(Heard("a", False, 1.0))
    assert mpd.stickers["a"]["playCount"] == "1"


async def test_a_track_that_is_gone_does_not_hold_up_the_next(mpd: FakeMpd) -> None:
    async with counting(mpd) as counter:
        counter.note(Heard("gone", False, 1.0))
        counter.note(Heard("a", False, 1.0))
    assert mpd.stickers == {"a": {"playCount": "1", "lastPlayed": "1"}}


async def test_without_stickers_nothing_is_counted_and_nothing_breaks(mpd: FakeMpd) -> None:
    mpd.sticker_file = False
    async with counting(mpd) as counter:
        counter.note(Heard("a", False, 1.0))
    assert mpd.stickers == {}


async def test_what_a_lost_connection_left_is_counted_by_the_next(mpd: FakeMpd) -> None:
    counter = PlayCounter(mpd.connect)
    mpd.down = True
    counter.note(Heard("a", False, 1.0))
    with pytest.raises(PlayerLost):
        await counter.attempt(lambda: None)
    mpd.down = False
    task = asyncio.create_task(counter.attempt(lambda: None))
    async with asyncio.timeout(LIMIT_S):
        while counter._waiting:
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert mpd.stickers["a"]["playCount"] == "1"
