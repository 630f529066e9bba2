"""Each song of ours is told of when it ends: how far it got, and whether a person cut it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes.keeper_room import QUIET, Room
from moodspeaker.types import Mood

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakes.player import FakeMpd

SONG_S = 200.0


@pytest.fixture
def room() -> Room:
    room = Room(QUIET)
    room.mpd.duration_s = SONG_S
    return room


async def test_a_song_that_ends_by_itself_was_heard_whole(room: Room) -> None:
    async with room.playing_happy():
        for _ in range(4):
            await room.after(SONG_S / 4)
        await room.after(20)
        assert room.ended == [("happy1.ogg", SONG_S, False)]


def go_on(mpd: FakeMpd) -> None:
    mpd.next()


def jump(mpd: FakeMpd) -> None:
    mpd.play_at(1)


def delete(mpd: FakeMpd) -> None:
    mpd.delete(mpd.queue[0].song_id)


@pytest.mark.parametrize("act", [go_on, jump, delete])
async def test_a_song_that_a_person_cuts_is_skipped(
    room: Room, act: Callable[[FakeMpd], None]
) -> None:
    async with room.playing_happy():
        await room.after(12)
        act(room.mpd)
        await room.settled()
        await room.after(SONG_S)
        assert room.ended[0] == ("happy1.ogg", 12, True)


async def test_our_own_next_skips_too_even_in_a_pause(room: Room) -> None:
    async with room.playing_happy():
        await room.after(12)
        await room.keeper.skip()
        await room.after(7)
        await room.keeper.pause()
        await room.after(100)
        await room.keeper.skip()
        await room.settled()
        assert room.ended == [("happy1.ogg", 12, True), ("happy2.ogg", 7, True)]


async def test_a_next_seen_some_seconds_late_does_not_count_the_new_song_in(room: Room) -> None:
    async with room.playing_happy():
        await room.after(10)
        room.mpd.next()
        room.mpd.pass_time(4)
        await room.settled()
        assert room.ended == [("happy1.ogg", 10, True)]


async def test_a_song_left_stopped_or_paused_has_not_ended(room: Room) -> None:
    async with room.playing_happy():
        await room.after(12)
        room.mpd.pause()
        await room.after(50)
        room.mpd.stop()
        await room.after(50)
        assert room.ended == []


async def test_a_stopped_song_that_is_played_on_ends_once(room: Room) -> None:
    async with room.playing_happy():
        await room.after(12)
        room.mpd.stop()
        await room.settled()
        room.mpd.play()
        await room.after(0)
        await room.after(SONG_S)
        assert [(uri, skipped) for uri, _, skipped in room.ended] == [("happy1.ogg", False)]


def clear(mpd: FakeMpd) -> None:
    mpd.clear()


def play_an_album(mpd: FakeMpd) -> None:
    mpd.clear()
    mpd.add("foreign.ogg")
    mpd.play_at(0)


def stop_and_clear(mpd: FakeMpd) -> None:
    mpd.stop()
    mpd.clear()


@pytest.mark.parametrize("act", [clear, play_an_album, stop_and_clear])
async def test_a_queue_cleared_or_replaced_is_no_skip(
    room: Room, act: Callable[[FakeMpd], None]
) -> None:
    async with room.playing_happy():
        await room.after(12)
        act(room.mpd)
        await room.settled()
        assert room.ended == [("happy1.ogg", 12, False)]


async def test_a_stopped_song_that_another_follows_is_no_skip(room: Room) -> None:
    async with room.playing_happy():
        await room.after(12)
        room.mpd.stop()
        await room.settled()
        await room.keeper.skip()
        await room.settled()
        assert room.ended == [("happy1.ogg", 12, False)]


async def test_a_file_that_fails_is_no_skip(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.vanished = {"happy2.ogg"}
        await room.after(SONG_S)
        await room.after(5)
        assert [(uri, skipped) for uri, _, skipped in room.ended] == [("happy1.ogg", False)]


async def test_a_song_that_plays_through_a_lost_connection_ends_once(room: Room) -> None:
    async with room.playing_happy():
        await room.after(12)
        room.mpd.cut()
    assert room.ended == []
    room.mpd.pass_time(20)
    async with room.running():
        await room.settled()
        assert room.ended == []
        await room.after(SONG_S - 32)
        assert room.ended == [("happy1.ogg", SONG_S, False)]


async def test_a_song_over_when_the_connection_is_back_is_no_skip(room: Room) -> None:
    async with room.playing_happy():
        await room.after(12)
        room.mpd.cut()
    room.mpd.next()
    async with room.running():
        await room.settled()
        assert room.ended == [("happy1.ogg", 12, False)]


async def test_foreign_songs_are_not_told_of(room: Room) -> None:
    room.mpd.add("foreign.ogg")
    room.mpd.play_at(0)
    room.keeper.want(Mood.HAPPY)
    async with room.running():
        await room.after(12)
        room.mpd.next()
        await room.settled()
        assert room.ended == []
