"""Who pauses, stops or clears wants silence, and gets it."""

from __future__ import annotations

import pytest

from fakes.keeper_room import QUIET, Room
from moodspeaker.player.events import Held
from moodspeaker.player.hold import CLEARED, PAUSED, SKIPPED, STOPPED
from moodspeaker.player.pace import Pace
from moodspeaker.types import Mood, PlayState


@pytest.fixture
def room() -> Room:
    room = Room(QUIET)
    room.mpd.duration_s = 200.0
    return room


async def test_a_pause_by_hand_holds_until_a_person_plays(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.pause()
        await room.until(lambda: room.keeper.held == PAUSED)
        room.keeper.want(Mood.SAD)
        await room.settled()
        assert room.mpd.state is PlayState.PAUSE
        assert room.mpd.uris == ["happy1.ogg", "happy2.ogg"]
        room.mpd.play_at(0)
        await room.until(lambda: room.mpd.uris == ["happy1.ogg", "sad1.ogg"])
        assert room.keeper.held is None
        assert [e for e in room.events if isinstance(e, Held)] == [Held(PAUSED), Held(None)]


async def test_a_stop_by_hand_holds_through_mood_changes(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.stop()
        await room.until(lambda: room.keeper.held == STOPPED)
        room.keeper.want(Mood.SAD)
        await room.settled()
        assert room.mpd.state is PlayState.STOP
        assert room.mpd.uris == ["happy1.ogg", "happy2.ogg"]


async def test_clearing_the_queue_holds(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.clear()
        await room.until(lambda: room.keeper.held == CLEARED)
        await room.settled()
        assert room.mpd.uris == []


async def test_a_stop_by_hand_ends_after_its_time(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.stop()
        await room.until(lambda: room.keeper.held == STOPPED)
        room.mpd.now_s = QUIET.hold_s - 1
        await room.settled()
        assert room.keeper.held == STOPPED
        room.mpd.now_s = QUIET.hold_s
        room.mpd.changed("mixer")
        await room.until(lambda: room.mpd.state is PlayState.PLAY)
        assert room.keeper.held is None


async def test_following_switched_on_again_ends_a_stop(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.stop()
        await room.until(lambda: room.keeper.held == STOPPED)
        room.keeper.follow(False)
        await room.settled()
        assert (room.keeper.held, room.mpd.state) == (None, PlayState.STOP)
        room.keeper.follow(True)
        await room.until(lambda: room.mpd.state is PlayState.PLAY)


async def test_a_hold_outlives_a_lost_connection(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.stop()
        await room.until(lambda: room.keeper.held == STOPPED)
        room.mpd.restart(first_id=50)
    async with room.running():
        await room.settled()
        assert (room.keeper.held, room.mpd.state) == (STOPPED, PlayState.STOP)


async def test_a_stop_that_is_the_natural_end_a_moment_later_is_nobodys() -> None:
    room = Room(Pace(period_s=60, settle_s=0.05))
    room.keeper.want(Mood.HAPPY)
    async with room.running():
        await room.until(lambda: room.mpd.state is PlayState.PLAY)
        await room.settled()
        looks = room.mpd.calls.count("status")
        room.mpd.stop()
        await room.until(lambda: room.mpd.calls.count("status") > looks)
        room.mpd.play_at(None)
        await room.until(lambda: room.mpd.state is PlayState.PLAY)
    assert Held(STOPPED) not in room.events


async def test_a_pause_in_a_skips_hold_gives_way_to_it_again(room: Room) -> None:
    async with room.playing_happy():
        await room.after(20)
        room.mpd.next()
        await room.settled()
        room.mpd.pause()
        await room.settled()
        room.mpd.play()
        await room.settled()
        assert room.holds == [SKIPPED, PAUSED, SKIPPED]


async def test_choosing_another_song_after_a_stop_is_a_skip(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.stop()
        await room.settled()
        room.mpd.play_at(1)
        await room.settled()
        assert room.holds == [STOPPED, SKIPPED]
