"""Random, single, repeat and consume are a person's wish, and the keeper gets on with them."""

from __future__ import annotations

import pytest

from fakes.keeper_room import QUIET, Room
from moodspeaker.player.hold import EDITED, PAUSED, SINGLE, SKIPPED
from moodspeaker.types import Mood, PlayState

SONG_S = 200.0


@pytest.fixture
def room() -> Room:
    room = Room(QUIET)
    room.mpd.duration_s = SONG_S
    return room


async def test_consume_lets_songs_go_and_breaks_nothing(room: Room) -> None:
    room.mpd.consume = True
    async with room.playing_happy():
        for _ in range(5):
            await room.after(SONG_S)
        assert room.mpd.uris == ["happy6.ogg", "happy7.ogg"]
        assert room.holds == []
        assert [skipped for _, _, skipped in room.ended] == [False] * 5


async def test_a_skip_under_consume_is_a_skip_and_no_edit(room: Room) -> None:
    room.mpd.consume = True
    async with room.playing_happy():
        await room.after(20)
        room.mpd.next()
        await room.settled()
        assert room.holds == [SKIPPED]
        assert room.ended == [("happy1.ogg", 20, True)]


async def test_a_song_ahead_that_leaves_under_consume_is_an_edit(room: Room) -> None:
    room.mpd.consume = True
    async with room.playing_happy():
        room.mpd.delete(room.mpd.queue[1].song_id)
        await room.settled()
        assert room.holds == [EDITED]


async def test_the_end_of_a_consumed_queue_is_no_clearing(room: Room) -> None:
    room.mpd.consume = True
    async with room.playing_happy():
        room.empty = True
        await room.after(SONG_S)
        await room.after(SONG_S)
        assert (room.mpd.uris, room.keeper.held) == ([], None)


async def test_single_mode_stops_after_each_song_and_is_left_alone(room: Room) -> None:
    room.mpd.single = True
    async with room.playing_happy():
        await room.after(SONG_S)
        assert (room.mpd.state, room.keeper.held) == (PlayState.PAUSE, SINGLE)
        await room.after(2 * QUIET.hold_s)
        assert (room.mpd.state, room.keeper.held) == (PlayState.PAUSE, SINGLE)
        room.mpd.play()
        await room.settled()
        assert room.keeper.held is None
        assert room.mpd.uris == ["happy1.ogg", "happy2.ogg", "happy3.ogg"]


async def test_single_mode_at_the_last_song_stops_until_it_is_off(room: Room) -> None:
    async with room.playing_happy():
        room.empty = True
        room.mpd.single = True
        await room.after(SONG_S)
        room.mpd.play()
        await room.settled()
        await room.after(SONG_S)
        assert (room.mpd.state, room.keeper.held) == (PlayState.STOP, SINGLE)
        room.empty = False
        await room.after(2 * QUIET.hold_s)
        assert room.mpd.state is PlayState.STOP
        room.mpd.single = False
        await room.settled()
        assert (room.mpd.state, room.keeper.held) == (PlayState.PLAY, None)


async def test_our_own_next_goes_on_in_single_mode(room: Room) -> None:
    room.mpd.single = True
    async with room.playing_happy():
        await room.after(SONG_S)
        await room.keeper.play()
        await room.settled()
        assert (room.mpd.state, room.keeper.held) == (PlayState.PLAY, None)


async def test_single_for_one_shot_ends_in_a_plain_pause(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.single = room.mpd.one_shot = True
        await room.after(SONG_S)
        assert (room.mpd.state, room.keeper.held) == (PlayState.PAUSE, PAUSED)


async def test_single_and_repeat_play_one_song_again_without_a_word(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.single = room.mpd.repeat = True
        for _ in range(3):
            await room.after(SONG_S)
        assert room.mpd.current_uri == "happy1.ogg"
        assert (room.holds, room.ended) == ([], [])


async def test_in_random_mode_no_song_comes_twice_and_the_queue_stays_short(room: Room) -> None:
    room.mpd.random = room.mpd.repeat = True
    heard: list[str | None] = []
    async with room.playing_happy():
        for _ in range(12):
            heard.append(room.mpd.current_uri)
            await room.after(SONG_S)
            assert len(room.mpd.queue) <= 3
        assert len(set(heard)) == 12
        assert room.holds == []


async def test_in_random_mode_a_mood_change_takes_all_of_ours_but_the_current(room: Room) -> None:
    room.mpd.random = True
    async with room.playing_happy():
        await room.after(SONG_S)
        current = room.mpd.current_uri
        room.keeper.want(Mood.SAD)
        await room.settled()
        assert sorted(room.mpd.uris) == sorted([current, "sad1.ogg"])
        assert room.mpd.current_uri == current


async def test_in_random_mode_a_skip_is_told_by_its_time_alone(room: Room) -> None:
    room.mpd.random = True
    async with room.playing_happy():
        await room.after(SONG_S)
        assert room.holds == []
        await room.after(20)
        room.mpd.next()
        await room.settled()
        assert room.holds == [SKIPPED]


async def test_under_repeat_our_songs_do_not_come_round_again(room: Room) -> None:
    room.mpd.repeat = True
    async with room.playing_happy():
        for _ in range(6):
            await room.after(SONG_S)
        assert room.mpd.current_uri == "happy7.ogg"
        assert len(room.mpd.queue) == 3


async def test_songs_that_came_round_under_a_hold_are_tidied_after_it(room: Room) -> None:
    room.mpd.repeat = True
    async with room.playing_happy():
        await room.after(SONG_S)
        room.mpd.move(room.mpd.queue[2].song_id, 0)
        await room.settled()
        for _ in range(10):
            await room.after(SONG_S)
        assert room.keeper.held is None
        assert room.mpd.status.ahead
        assert not {song.uri for song in room.mpd.status.ahead} & {"happy1.ogg", "happy2.ogg"}
