"""What listeners do and say, and what the DJ makes of it."""

from __future__ import annotations

import sqlite3
from random import Random
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from moodspeaker.app.dj import Dj
from moodspeaker.app.listening import Listening, NothingToJudge
from moodspeaker.app.music_settings import dj_settings
from moodspeaker.config.music_section import MusicSection
from moodspeaker.library.notebook import Notebook
from moodspeaker.library.records import Liking
from moodspeaker.library.worker import LibraryWorker
from moodspeaker.player.events import Ended
from moodspeaker.types import Emotion, Mood, NowPlaying, Pick, Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NOW_S = 1.8e9
SONG = Track("a.ogg", artist="One")
PICK = Pick(SONG, Mood.HAPPY, 0.8, 0.4, "near")


class Room:
    """A DJ, its listeners, and their store."""

    def __init__(self, path: Path, worker: LibraryWorker) -> None:
        self.path = path
        self.worker = worker
        self.dj = Dj(dj_settings(MusicSection()), Random(1), clock=lambda: NOW_S)
        self.book = Notebook(path, worker)
        self.listening = Listening(self.dj, self.book, wall=lambda: NOW_S)

    def offset(self, mood: Mood = Mood.HAPPY) -> float:
        """What is added to the song's score."""
        return self.dj.taste.offsets(mood, NOW_S).get(SONG.uri, 0.0)

    async def restarted(self) -> Room:
        """Another service on the same store."""
        self.book.close()
        fresh = Room(self.path, self.worker)
        await fresh.listening.load()
        return fresh


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """With an empty store."""
    worker = LibraryWorker()
    made = Room(tmp_path / "labels.db", worker)
    yield made
    made.book.close()
    await worker.close()


@pytest.mark.parametrize(
    ("kind", "sign"), [(Liking.LIKE, 1), (Liking.DISLIKE, -1), (Liking.WRONG, -1)]
)
async def test_a_word_on_our_track_counts_for_the_mood_it_was_queued_for_alone(
    room: Room, kind: Liking, sign: int
) -> None:
    room.listening.playing(NowPlaying(SONG, PICK))
    said = room.listening.judge(kind, Emotion.SAD)
    assert said.mood == "happy"
    assert room.offset() * sign > 0
    assert room.offset(Mood.SAD) == 0
    assert (await room.restarted()).offset() == room.offset()


async def test_a_word_on_a_track_of_somebody_elses_is_for_the_mood_now(room: Room) -> None:
    room.listening.playing(NowPlaying(SONG))
    assert room.listening.judge(Liking.LIKE, Emotion.SAD).mood == "sad"
    with pytest.raises(NothingToJudge, match="no mood now"):
        room.listening.judge(Liking.LIKE, None)


async def test_with_nothing_playing_there_is_nothing_to_judge(room: Room) -> None:
    room.listening.playing(None)
    with pytest.raises(NothingToJudge, match="nothing plays"):
        room.listening.judge(Liking.LIKE, Emotion.SAD)


async def test_the_last_word_is_taken_back_for_good(room: Room) -> None:
    room.listening.playing(NowPlaying(SONG, PICK))
    room.listening.judge(Liking.LIKE, None)
    before = room.offset()
    room.listening.judge(Liking.DISLIKE, None)
    assert room.listening.undo().kind is Liking.DISLIKE
    assert room.offset() == before
    assert (await room.restarted()).offset() == before


async def test_with_nothing_said_there_is_nothing_to_take_back(room: Room) -> None:
    with pytest.raises(NothingToJudge, match="library undo"):
        room.listening.undo()


@pytest.mark.parametrize(
    ("heard_s", "skipped", "sign"),
    [(29.9, True, -1), (30.0, True, 0), (29.9, False, 0), (30.0, False, 1)],
)
async def test_only_a_skip_within_30_seconds_lowers_a_track(
    room: Room, heard_s: float, skipped: bool, sign: int
) -> None:
    room.listening.queued(PICK)
    room.listening.ended(Ended(PICK, heard_s, skipped))
    assert (room.offset() > 0) - (room.offset() < 0) == sign


async def test_skips_and_whole_plays_are_remembered_over_a_restart(room: Room) -> None:
    other = Pick(Track("b.ogg"), Mood.HAPPY, 0.8, 0.4, "near")
    for pick, skipped in ((PICK, True), (other, False)):
        room.listening.queued(pick)
        room.listening.ended(Ended(pick, 10.0 if skipped else 100.0, skipped))
    fresh = await room.restarted()
    offsets = fresh.dj.taste.offsets("happy", NOW_S)
    assert offsets == room.dj.taste.offsets("happy", NOW_S)
    assert offsets["a.ogg"] < 0 < offsets["b.ogg"]


async def test_what_was_queued_before_a_restart_is_no_news_after_it(room: Room) -> None:
    room.listening.queued(PICK)
    fresh = await room.restarted()
    assert fresh.dj.history.last_played() == {"a.ogg": NOW_S}


async def test_what_could_not_be_written_is_not_forgotten_by_a_reload(room: Room) -> None:
    room.listening.queued(PICK)
    await room.listening.load()
    lock = sqlite3.connect(room.path, isolation_level=None)
    lock.execute("DROP TABLE feedback")
    lock.close()
    room.listening.playing(NowPlaying(SONG, PICK))
    room.listening.judge(Liking.LIKE, None)
    await room.worker.do(int)
    liked = room.offset()
    await room.listening.load()
    assert room.offset() == liked > 0


async def test_what_left_the_queue_unheard_may_come_again(room: Room) -> None:
    room.dj.history.add(SONG, NOW_S)
    room.listening.queued(PICK)
    room.listening.dropped(PICK)
    assert room.dj.history.last_played() == {}
    assert (await room.restarted()).dj.history.last_played() == {}
