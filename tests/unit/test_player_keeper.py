"""The queue keeper at work on a player in memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fakes.keeper_room import FOREIGN, LIMIT_S, QUIET, Room
from moodspeaker.errors import PlayerDenied, PlayerLost
from moodspeaker.player.events import Dropped, Failed, Playing, Queued
from moodspeaker.player.listening import Listener
from moodspeaker.player.pace import Pace
from moodspeaker.types import Mood, NowPlaying, PlayState, Track, TrackTable

if TYPE_CHECKING:
    from moodspeaker.ports import Player
    from moodspeaker.types import PlayerStatus

QUIET_S = 600.0


@pytest.fixture
def room() -> Room:
    return Room(QUIET)


async def test_a_wish_fills_an_empty_player_and_starts_it(room: Room) -> None:
    async with room.playing_happy():
        assert room.mpd.uris == ["happy1.ogg", "happy2.ogg"]
        assert room.mpd.current_uri == "happy1.ogg"
        assert room.mpd.state is PlayState.PLAY


async def test_it_tells_what_it_queued_and_what_plays(room: Room) -> None:
    async with room.playing_happy():
        queued = [event.pick for event in room.events if isinstance(event, Queued)]
        assert [pick.track.uri for pick in queued] == ["happy1.ogg", "happy2.ogg"]
        assert Playing(NowPlaying(queued[0].track, queued[0])) in room.events


async def test_a_foreign_song_is_told_with_its_title_and_no_pick(room: Room) -> None:
    room.mpd.add("foreign.ogg")
    room.mpd.play_at(0)
    async with room.running():
        await room.until(lambda: Playing(NowPlaying(FOREIGN)) in room.events)


async def test_the_tracks_are_told_at_the_start_on_a_database_event_and_when_asked(
    room: Room,
) -> None:
    async with room.running():
        await room.until(lambda: len(room.stocked) == 1)
        room.mpd.changed("database")
        await room.until(lambda: len(room.stocked) == 2)
        room.keeper.relist()
        await room.until(lambda: len(room.stocked) == 3)


async def test_stickers_and_lists_are_heeded_once_they_have_been_left_alone(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.keeper.tune(1, replace(room.pace, quiet_s=QUIET_S))
    async with room.running():
        await room.until(lambda: len(room.stocked) == 1)
        for _ in range(20):
            room.mpd.changed("sticker")
            room.mpd.changed("stored_playlist")
            await asyncio.sleep(0)
        jump(monkeypatch, QUIET_S / 2)
        await room.settled()
        assert len(room.stocked) == 1
        jump(monkeypatch, QUIET_S)
        await room.until(lambda: len(room.stocked) == 2)


def jump(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """So much later it is for the event loop than it was before."""
    loop = asyncio.get_running_loop()
    before = loop.time
    monkeypatch.setattr(loop, "time", lambda: before() + seconds)


async def test_a_mood_change_never_cuts_the_current_song(room: Room) -> None:
    async with room.playing_happy():
        room.keeper.want(Mood.SAD)
        await room.until(lambda: room.mpd.uris == ["happy1.ogg", "sad1.ogg"])
        await room.settled()
        assert room.mpd.current_uri == "happy1.ogg"
        assert room.mpd.calls.count("skip") == 0


async def test_foreign_songs_survive_mood_changes_and_tidying(room: Room) -> None:
    room.mpd.add("foreign.ogg")
    room.mpd.play_at(0)
    room.keeper.want(Mood.HAPPY)
    async with room.running():
        await room.until(lambda: room.mpd.uris == ["foreign.ogg", "happy1.ogg"])
        room.keeper.want(Mood.SAD)
        await room.until(lambda: room.mpd.uris == ["foreign.ogg", "sad1.ogg"])
        for n in range(2, 5):
            room.mpd.finish_song()
            await room.until(lambda n=n: room.mpd.uris[-1] == f"sad{n}.ogg")
        assert room.mpd.uris == ["foreign.ogg", "sad2.ogg", "sad3.ogg", "sad4.ogg"]


async def test_the_queue_does_not_grow_for_ever(room: Room) -> None:
    async with room.playing_happy():
        for n in range(2, 12):
            room.mpd.finish_song()
            await room.until(lambda n=n: room.mpd.uris[-1] == f"happy{n + 1}.ogg")
        assert len(room.mpd.queue) <= 4


async def test_not_following_leaves_the_queue_alone(room: Room) -> None:
    room.keeper.follow(False)
    room.keeper.want(Mood.HAPPY)
    async with room.running():
        await room.settled()
        assert room.mpd.uris == []


async def test_a_restarted_player_gives_our_songs_back_under_new_ids(room: Room) -> None:
    async with room.playing_happy() as task:
        room.mpd.add("foreign.ogg")
        room.mpd.restart(first_id=700)
        with pytest.raises(PlayerLost):
            await task
    assert room.events[-1] == Playing(None)
    room.keeper.want(Mood.SAD)
    async with room.running():
        await room.until(lambda: room.mpd.uris == ["happy1.ogg", "foreign.ogg"])
        room.mpd.finish_song()
        await room.until(lambda: "sad1.ogg" in room.mpd.uris)


async def test_a_refused_track_gives_way_to_another(room: Room) -> None:
    room.mpd.refused = {"happy1.ogg", "happy2.ogg"}
    async with room.playing_happy():
        assert room.mpd.uris == ["happy3.ogg", "happy4.ogg"]


async def test_refusals_without_end_do_not_run_hot(room: Room) -> None:
    room.mpd.refused = set(room.mpd.library)
    room.keeper.want(Mood.HAPPY)
    async with room.running():
        await room.settled()
        looks = room.mpd.calls.count("status")
        assert room.picked[Mood.HAPPY] <= 3 * looks
        for _ in range(300):
            await asyncio.sleep(0)
        assert room.mpd.calls.count("status") == looks


async def test_a_vanished_file_is_removed_and_the_next_one_plays(room: Room) -> None:
    room.mpd.vanished = {"happy2.ogg"}
    async with room.playing_happy():
        room.mpd.finish_song()
        await room.until(lambda: room.mpd.current_uri == "happy3.ogg")
        await room.settled()
        assert "happy2.ogg" not in room.mpd.uris
        assert room.keeper.held is None


async def test_files_that_all_vanished_are_not_tried_hot(room: Room) -> None:
    room.mpd.vanished = set(room.mpd.library)
    room.keeper.want(Mood.HAPPY)
    async with room.running():
        await room.until(lambda: sum(c.startswith("play") for c in room.mpd.calls) >= 3)
        for _ in range(5):
            await room.settled()
        assert sum(call.startswith("play") for call in room.mpd.calls) == 3
        room.mpd.now_s = QUIET.period_s
        room.mpd.changed("player")
        await room.until(lambda: sum(c.startswith("play") for c in room.mpd.calls) > 3)


async def test_nothing_to_pick_keeps_the_old_songs(room: Room) -> None:
    async with room.playing_happy():
        room.empty = True
        room.keeper.want(Mood.SAD)
        await room.settled()
        assert room.mpd.uris == ["happy1.ogg", "happy2.ogg"]


async def test_our_own_changes_do_not_replan_without_end(room: Room) -> None:
    async with room.playing_happy():
        looks = room.mpd.calls.count("status")
        for _ in range(300):
            await asyncio.sleep(0)
        assert room.mpd.calls.count("status") <= looks + 1


async def test_each_look_is_told_together_with_its_player(room: Room) -> None:
    looks: list[tuple[Player, PlayerStatus]] = []

    async def on_status(player: Player, status: PlayerStatus) -> None:
        looks.append((player, status))

    room.keeper = room.make(tracks_ahead=1, on_status=on_status)
    assert room.keeper.status is None
    async with room.playing_happy():
        player, status = looks[-1]
        assert player is room.mpd.players[0]
        assert room.keeper.status == status == room.mpd.status


async def test_another_volume_and_another_mode_are_looked_at_once(room: Room) -> None:
    async with room.running():
        await room.settled()
        for subsystem in ("mixer", "options"):
            looks = room.mpd.calls.count("status")
            room.mpd.changed(subsystem)
            await room.until(lambda seen=looks: room.mpd.calls.count("status") > seen)


async def test_a_large_library_is_learnt_in_slices_between_which_others_run() -> None:
    listener = Listener(lambda _: None)
    tracks = tuple(Track(f"{n}.ogg") for n in range(5_000))
    assert await listener.know(tracks) == set()
    learning = asyncio.create_task(listener.know(TrackTable.of(tracks[1:])))
    turns = 0
    while not learning.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns >= 5
    assert await learning == {"0.ogg"}


async def test_without_any_event_the_queue_is_still_looked_at() -> None:
    room = Room(Pace(period_s=0.01, settle_s=0))
    async with room.running():
        await room.until(lambda: room.mpd.calls.count("status") > 4)


async def test_a_frozen_player_is_lost() -> None:
    room = Room(Pace(period_s=0.01, settle_s=0))
    async with room.running() as task:
        room.mpd.frozen = True
        with pytest.raises(PlayerLost):
            await asyncio.wait_for(task, LIMIT_S)


async def test_a_denied_password_is_told(room: Room) -> None:
    room.mpd.denied = True
    with pytest.raises(PlayerDenied):
        await room.keeper.attempt(room.up)
    assert room.ups == 0


async def test_cancelling_ends_every_task(room: Room) -> None:
    async with room.playing_happy():
        pass
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert room.mpd.players == []


async def test_a_song_that_leaves_the_queue_unheard_is_told(room: Room) -> None:
    async with room.playing_happy():
        room.keeper.want(Mood.SAD)
        await room.until(lambda: room.mpd.uris == ["happy1.ogg", "sad1.ogg"])
        await room.settled()
        dropped = [event.pick.track.uri for event in room.events if isinstance(event, Dropped)]
        assert dropped == ["happy2.ogg"]
        room.mpd.finish_song()
        await room.settled()
        assert len([event for event in room.events if isinstance(event, Dropped)]) == 1


async def test_a_song_that_cannot_be_played_is_told(room: Room) -> None:
    room.mpd.vanished = {"happy1.ogg"}
    room.keeper.want(Mood.HAPPY)
    async with room.running():
        await room.until(lambda: room.mpd.current_uri == "happy2.ogg")
        await room.settled()
    assert {event.uri for event in room.events if isinstance(event, Failed)} == {"happy1.ogg"}


async def test_songs_of_before_a_broken_connection_are_not_called_unheard(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.finish_song()
        await room.settled()
    async with room.running():
        await room.settled()
        for _ in range(2):
            room.mpd.finish_song()
            await room.settled()
        assert "happy1.ogg" not in room.mpd.uris
    assert not [event for event in room.events if isinstance(event, Dropped | Failed)]
