"""The speaker's own buttons: next, play and pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes.keeper_room import QUIET, Room
from fakes.player import FakeMpd
from moodspeaker.errors import PlayerLost, PlayerRefused
from moodspeaker.player.hold import CLEARED, PAUSED_HERE, STOPPED
from moodspeaker.player.keeper import QueueKeeper
from moodspeaker.types import Mood, PlayState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@pytest.fixture
def room() -> Room:
    room = Room(QUIET)
    room.mpd.duration_s = 200.0
    return room


async def test_skip_goes_on_to_the_wanted_mood(room: Room) -> None:
    async with room.playing_happy():
        room.keeper.want(Mood.SAD)
        await room.keeper.skip()
        assert room.mpd.current_uri == "sad1.ogg"


@pytest.mark.parametrize("act", [FakeMpd.pause, FakeMpd.stop, FakeMpd.clear])
async def test_skip_ends_a_hold(room: Room, act: Callable[[FakeMpd], None]) -> None:
    async with room.playing_happy():
        act(room.mpd)
        await room.until(lambda: room.keeper.held is not None)
        await room.keeper.skip()
        await room.settled()
        assert (room.keeper.held, room.mpd.state) == (None, PlayState.PLAY)


async def test_skip_after_a_stop_goes_on_to_the_next_track(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.stop()
        await room.until(lambda: room.keeper.held == STOPPED)
        await room.keeper.skip()
        assert room.mpd.current_uri == "happy2.ogg"


async def test_skip_without_a_wish_plays_what_is_there(room: Room) -> None:
    async with room.running():
        with pytest.raises(PlayerRefused):
            await room.keeper.skip()
        room.mpd.add("foreign.ogg")
        await room.keeper.skip()
        assert room.mpd.current_uri == "foreign.ogg"


@pytest.mark.parametrize("button", [QueueKeeper.skip, QueueKeeper.play, QueueKeeper.pause])
async def test_a_button_without_a_connection_is_told(
    room: Room, button: Callable[[QueueKeeper], Awaitable[None]]
) -> None:
    with pytest.raises(PlayerLost, match=f"cannot {button.__name__}"):
        await button(room.keeper)


async def test_our_own_pause_holds_until_our_own_play(room: Room) -> None:
    async with room.playing_happy():
        await room.after(20)
        await room.keeper.pause()
        await room.settled()
        assert (room.keeper.held, room.mpd.state) == (PAUSED_HERE, PlayState.PAUSE)
        await room.keeper.play()
        await room.settled()
        assert (room.keeper.held, room.mpd.state) == (None, PlayState.PLAY)
        assert room.mpd.elapsed_s == 20
        assert room.holds == [PAUSED_HERE, None]


async def test_our_own_play_after_a_stop_plays_the_stopped_song(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.stop()
        await room.settled()
        await room.keeper.play()
        await room.settled()
        assert (room.keeper.held, room.mpd.current_uri) == (None, "happy1.ogg")


async def test_our_own_play_starts_an_empty_player_and_ends_the_hold(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.clear()
        await room.settled()
        assert room.keeper.held == CLEARED
        await room.keeper.play()
        await room.settled()
        assert (room.keeper.held, room.mpd.current_uri) == (None, "happy3.ogg")


async def test_a_pause_with_nothing_playing_holds_nothing(room: Room) -> None:
    async with room.running():
        await room.keeper.pause()
        assert room.keeper.held is None
