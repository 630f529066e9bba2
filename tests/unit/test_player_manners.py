"""The keeper stays out when a person skips a song or edits the queue, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes.keeper_room import QUIET, Room
from moodspeaker.player.events import Ended
from moodspeaker.player.hold import EDITED, SKIPPED
from moodspeaker.types import Mood, PlayState

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakes.player import FakeMpd

SONG_S = 200.0


@pytest.fixture
def room() -> Room:
    room = Room(QUIET)
    room.mpd.duration_s = SONG_S
    return room


async def test_a_skip_by_hand_holds_and_is_told(room: Room) -> None:
    async with room.playing_happy():
        await room.after(20)
        room.mpd.next()
        await room.settled()
        assert room.holds == [SKIPPED]
        assert room.mpd.uris == ["happy1.ogg", "happy2.ogg"]


@pytest.mark.parametrize(("left_s", "held"), [(4, SKIPPED), (3, None), (2, None)])
async def test_a_skip_is_one_more_than_three_seconds_before_the_end(
    room: Room, left_s: float, held: str | None
) -> None:
    async with room.playing_happy():
        await room.after(SONG_S - left_s)
        room.mpd.next()
        await room.settled()
        assert room.keeper.held == held


async def test_songs_that_end_by_themselves_hold_nothing(room: Room) -> None:
    async with room.playing_happy():
        for _ in range(5):
            await room.after(SONG_S)
        assert room.holds == []
        assert room.mpd.current_uri == "happy6.ogg"


async def test_a_jump_back_holds_though_the_song_was_over(room: Room) -> None:
    async with room.playing_happy():
        await room.after(SONG_S)
        await room.after(SONG_S - 1)
        room.mpd.play_at(0)
        await room.settled()
        assert room.keeper.held == SKIPPED


async def test_going_to_another_place_of_the_song_holds_nothing(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.seek(SONG_S - 5)
        await room.settled()
        await room.after(5)
        assert room.mpd.current_uri == "happy2.ogg"
        room.mpd.seek(100)
        await room.settled()
        room.mpd.seek(2)
        await room.settled()
        assert room.holds == []


async def test_of_a_stream_only_a_jump_counts_as_a_skip() -> None:
    room = Room(QUIET, tracks_ahead=2)
    room.keeper.want(Mood.HAPPY)
    async with room.running():
        await room.until(lambda: len(room.mpd.queue) == 3)
        await room.after(20)
        room.mpd.next()
        await room.settled()
        assert room.holds == []
        room.mpd.play_at(3)
        await room.settled()
        assert room.keeper.held == SKIPPED


def add(mpd: FakeMpd) -> None:
    mpd.add("foreign.ogg")


def add_next(mpd: FakeMpd) -> None:
    mpd.add("foreign.ogg", at=1)


def remove(mpd: FakeMpd) -> None:
    mpd.delete(mpd.queue[1].song_id)


def move(mpd: FakeMpd) -> None:
    mpd.move(mpd.queue[1].song_id, 0)


def play_an_album(mpd: FakeMpd) -> None:
    mpd.clear()
    mpd.add("foreign.ogg")
    mpd.add("foreign.ogg")
    mpd.play_at(0)


@pytest.mark.parametrize("act", [add, add_next, remove, move, play_an_album])
async def test_an_edit_by_hand_holds(room: Room, act: Callable[[FakeMpd], None]) -> None:
    async with room.playing_happy():
        await room.after(20)
        act(room.mpd)
        after = list(room.mpd.queue)
        room.keeper.want(Mood.SAD)
        await room.settled()
        assert room.holds == [EDITED]
        assert room.mpd.queue == after
        assert set(room.keeper._editor.own) <= {song.song_id for song in room.mpd.queue}


async def test_the_hold_counts_from_the_latest_act(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.duration_s = 10_000
        await room.after(20)
        add(room.mpd)
        await room.settled()
        await room.after(100)
        add(room.mpd)
        await room.settled()
        await room.after(QUIET.hold_s - 1)
        assert room.keeper.held == EDITED
        await room.after(1)
        assert room.keeper.held is None


async def test_after_its_time_it_goes_on_behind_a_persons_songs(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.duration_s = 10_000
        play_an_album(room.mpd)
        await room.settled()
        album = list(room.mpd.queue)
        room.mpd.delete(album.pop().song_id)
        await room.settled()
        await room.after(QUIET.hold_s)
        assert room.mpd.queue[:1] == album
        assert room.mpd.uris == ["foreign.ogg", "happy3.ogg"]
        assert room.mpd.current == album[0]


async def test_at_the_end_of_a_persons_songs_it_goes_on_at_once(room: Room) -> None:
    async with room.playing_happy():
        play_an_album(room.mpd)
        await room.settled()
        await room.after(SONG_S)
        assert room.keeper.held == EDITED
        await room.after(SONG_S)
        assert room.keeper.held is None
        assert room.mpd.current_uri == "happy3.ogg"


async def test_a_skip_past_the_last_song_goes_on_with_the_mood(room: Room) -> None:
    async with room.playing_happy():
        for _ in range(2):
            await room.after(20)
            room.mpd.next()
            await room.settled()
        assert (room.keeper.held, room.mpd.state) == (None, PlayState.PLAY)
        assert room.mpd.current_uri == "happy3.ogg"


async def test_a_mood_change_ends_no_hold_and_our_own_next_does(room: Room) -> None:
    async with room.playing_happy():
        await room.after(20)
        room.mpd.next()
        await room.settled()
        room.keeper.want(Mood.SAD)
        await room.settled()
        assert room.keeper.held == SKIPPED
        await room.keeper.skip()
        await room.settled()
        assert (room.keeper.held, room.mpd.current_uri) == (None, "sad1.ogg")


async def test_following_switched_on_again_ends_a_skip(room: Room) -> None:
    async with room.playing_happy():
        await room.after(20)
        room.mpd.next()
        await room.settled()
        room.keeper.follow(False)
        room.keeper.follow(True)
        await room.settled()
        assert room.keeper.held is None
        assert room.mpd.uris[-1] == "happy3.ogg"


async def test_our_own_skips_and_fillings_hold_nothing(room: Room) -> None:
    async with room.playing_happy():
        for mood in (Mood.SAD, Mood.HAPPY, Mood.SAD):
            await room.after(20)
            await room.keeper.skip()
            room.keeper.want(mood)
            await room.settled()
        assert room.holds == []


async def test_songs_whose_files_a_database_update_drops_are_nobodys_edit(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.drop_files("happy2.ogg")
        await room.until(lambda: room.mpd.uris == ["happy1.ogg", "happy3.ogg"])
        await room.settled()
        # MPD tells the database's change last.
        assert room.holds in ([], [EDITED, None])


async def test_a_dropped_file_leaves_the_hold_of_an_earlier_skip(room: Room) -> None:
    async with room.playing_happy():
        await room.after(20)
        room.mpd.next()
        await room.settled()
        room.mpd.drop_files("happy1.ogg")
        await room.until(lambda: len(room.stocked) == 2)
        await room.settled()
        assert room.keeper.held == SKIPPED


async def test_a_song_removed_after_an_update_is_an_edit_if_its_file_is_there(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.changed("database")
        await room.until(lambda: len(room.stocked) == 2)
        await room.settled()
        remove(room.mpd)
        await room.settled()
        assert room.keeper.held == EDITED


async def test_a_file_that_cannot_be_decoded_is_nobodys_skip(room: Room) -> None:
    room.mpd.undecodable = {"happy2.ogg"}
    room.keeper = room.make(tracks_ahead=2)
    room.keeper.want(Mood.HAPPY)
    async with room.running():
        await room.until(lambda: len(room.mpd.queue) == 3)
        await room.after(SONG_S)
        assert room.mpd.current_uri == "happy3.ogg"
        assert room.holds == []


async def test_a_new_connection_compares_with_nothing_before(room: Room) -> None:
    async with room.playing_happy():
        await room.after(20)
        room.mpd.add("foreign.ogg")
        room.mpd.next()
        room.mpd.restart(first_id=700)
    async with room.running():
        await room.settled()
        assert room.holds == []


async def test_a_hold_on_a_skip_outlives_a_lost_connection(room: Room) -> None:
    async with room.playing_happy():
        await room.after(20)
        room.mpd.next()
        await room.settled()
        room.mpd.cut()
    async with room.running():
        await room.settled()
        assert room.keeper.held == SKIPPED


async def test_no_removal_reaches_a_song_that_has_come_up_meanwhile(room: Room) -> None:
    async with room.playing_happy():
        pick = room.keeper._editor._pick

        def slow(mood: Mood) -> object:
            room.keeper._editor._pick = pick
            room.mpd.pass_time(SONG_S)
            return pick(mood)

        room.keeper._editor._pick = slow  # type: ignore[assignment]
        room.keeper.want(Mood.SAD)
        await room.until(lambda: room.mpd.current_uri == "happy2.ogg")
        await room.settled()
        assert room.mpd.current_uri == "happy2.ogg"
        assert not any(call.startswith("remove") for call in room.mpd.calls)
        assert [e.skipped for e in room.events if isinstance(e, Ended)] == [False]
