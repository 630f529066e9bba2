"""The queue keeper at work on a player in memory."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from fakes.player import FakeMpd
from moodspeaker.errors import PlayerDenied, PlayerLost, PlayerRefused
from moodspeaker.player.events import Held, Playing, Queued
from moodspeaker.player.hold import CLEARED, PAUSED, STOPPED
from moodspeaker.player.keeper import Pace, QueueKeeper
from moodspeaker.types import Mood, NowPlaying, Pick, PlayState, Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from moodspeaker.player.events import PlayerEvent

LIMIT_S = 8.0
QUIET = Pace(period_s=60, settle_s=0, hold_s=1800)
FOREIGN = Track("foreign.ogg", title="Theirs")


class Room:
    """A keeper, its player, and a chooser that gives <mood>1.ogg, <mood>2.ogg and so on."""

    def __init__(self, pace: Pace, tracks_ahead: int = 1) -> None:
        names = [f"{mood}{n}.ogg" for mood in ("happy", "sad") for n in range(1, 60)]
        self.mpd = FakeMpd([FOREIGN, *(Track(name) for name in names)])
        self.picked: dict[Mood, int] = {}
        self.empty = False
        self.events: list[PlayerEvent] = []
        self.stocked: list[int] = []
        self.now_s = 0.0
        self.ups = 0
        self.keeper = QueueKeeper(
            self.mpd.connect,
            self.pick,
            self.stock,
            self.events.append,
            tracks_ahead,
            pace,
            lambda: self.now_s,
        )

    def pick(self, mood: Mood) -> Pick | None:
        if self.empty:
            return None
        self.picked[mood] = self.picked.get(mood, 0) + 1
        return Pick(Track(f"{mood}{self.picked[mood]}.ogg"), mood, 0, 0, "a test")

    async def stock(self, tracks: tuple[Track, ...]) -> None:
        self.stocked.append(len(tracks))

    def up(self) -> None:
        self.ups += 1

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                await asyncio.sleep(0)

    async def settled(self) -> None:
        """Until the keeper has looked twice more: whatever was due before is done by then."""
        for _ in range(2):
            looks = self.mpd.calls.count("status")
            self.mpd.changed("mixer")
            await self.until(lambda seen=looks: self.mpd.calls.count("status") > seen)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        ups = self.ups
        task = asyncio.create_task(self.keeper.attempt(self.up))
        await self.until(lambda: self.ups > ups or task.done())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @asynccontextmanager
    async def playing_happy(self) -> AsyncIterator[asyncio.Task[None]]:
        self.keeper.want(Mood.HAPPY)
        async with self.running() as task:
            await self.until(lambda: len(self.mpd.queue) == 2)
            await self.settled()
            yield task


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


async def test_a_mood_change_never_cuts_the_current_song(room: Room) -> None:
    async with room.playing_happy():
        room.keeper.want(Mood.SAD)
        await room.until(lambda: room.mpd.uris == ["happy1.ogg", "sad1.ogg"])
        await room.settled()
        assert room.mpd.current_uri == "happy1.ogg"
        assert room.mpd.calls.count("skip") == 0


async def test_foreign_songs_survive_mood_changes_and_tidying(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.add("foreign.ogg")
        room.keeper.want(Mood.SAD)
        await room.until(lambda: room.mpd.uris == ["happy1.ogg", "foreign.ogg"])
        room.mpd.finish_song()
        await room.until(lambda: room.mpd.uris[-1] == "sad1.ogg")
        assert "foreign.ogg" in room.mpd.uris


async def test_the_queue_does_not_grow_for_ever(room: Room) -> None:
    async with room.playing_happy():
        for n in range(2, 12):
            room.mpd.finish_song()
            await room.until(lambda n=n: room.mpd.uris[-1] == f"happy{n + 1}.ogg")
        assert len(room.mpd.queue) <= 4


async def test_a_song_of_ours_that_a_person_removes_is_replaced_and_forgotten(room: Room) -> None:
    async with room.playing_happy():
        gone = room.mpd.queue[1].song_id
        room.mpd.delete(gone)
        await room.until(lambda: room.mpd.uris == ["happy1.ogg", "happy3.ogg"])
        await room.settled()
        assert set(room.keeper._editor.own) == {song.song_id for song in room.mpd.queue}


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
        room.now_s = QUIET.hold_s - 1
        await room.settled()
        assert room.keeper.held == STOPPED
        room.now_s = QUIET.hold_s
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


async def test_not_following_leaves_the_queue_alone(room: Room) -> None:
    room.keeper.follow(False)
    room.keeper.want(Mood.HAPPY)
    async with room.running():
        await room.settled()
        assert room.mpd.uris == []


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


async def test_skip_without_a_connection_is_told(room: Room) -> None:
    with pytest.raises(PlayerLost):
        await room.keeper.skip()


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


async def test_a_hold_outlives_a_lost_connection(room: Room) -> None:
    async with room.playing_happy():
        room.mpd.stop()
        await room.until(lambda: room.keeper.held == STOPPED)
        room.mpd.restart(first_id=50)
    async with room.running():
        await room.settled()
        assert (room.keeper.held, room.mpd.state) == (STOPPED, PlayState.STOP)


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
        room.now_s = QUIET.period_s
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
