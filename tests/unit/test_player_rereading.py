"""What is read again when stickers, lists or the database changed, and when."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from fakes.player import FakeMpd
from moodspeaker.player.agenda import LATE_S, Agenda, Reading
from moodspeaker.player.own_writes import TOLD_WITHIN_S, OwnWrites
from moodspeaker.player.rereading import Rereading
from moodspeaker.types import Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from moodspeaker.ports import Player

LIMIT_S = 30.0
QUIET_S = 30.0
STICKER = frozenset({"sticker"})
STEP_S = 0.001


def stocked_at(now_s: float) -> Agenda:
    """An agenda of which the tracks were taken."""
    agenda = Agenda()
    agenda.tracks(now_s)
    assert agenda.take(now_s) is Reading.TRACKS
    return agenda


def test_nothing_is_due_at_first() -> None:
    assert (Agenda().next_s, Agenda().take(1e9)) == (None, None)


def test_anothers_sticker_is_heeded_a_quiet_time_after_the_last() -> None:
    agenda = stocked_at(0)
    for now_s in (100, 110, 120):
        agenda.theirs(now_s, QUIET_S)
    assert agenda.next_s == 150
    assert agenda.take(150 - STEP_S) is None
    assert agenda.take(150) is Reading.STICKERS
    assert agenda.take(1e9) is None


def test_anothers_stickers_that_never_end_are_not_waited_for_for_ever() -> None:
    agenda = stocked_at(0)
    for now_s in range(100, 100 + int(LATE_S), 20):
        agenda.theirs(now_s, QUIET_S)
        assert agenda.take(now_s + 20 - STEP_S) is None
    assert agenda.next_s == 100 + LATE_S
    assert agenda.take(100 + LATE_S) is Reading.STICKERS
    agenda.theirs(10 * LATE_S, QUIET_S)
    assert agenda.next_s == 10 * LATE_S + QUIET_S


def test_what_may_be_ours_is_heeded_a_quiet_time_after_the_first_by_its_likes() -> None:
    agenda = stocked_at(0)
    for now_s in (100, 110, 120):
        agenda.perhaps_ours(now_s, QUIET_S)
    assert agenda.take(130 - STEP_S) is None
    assert agenda.take(130) is Reading.LIKES


def test_all_stickers_are_read_late_for_what_may_have_gone_unseen() -> None:
    agenda = stocked_at(0)
    agenda.perhaps_ours(100, QUIET_S)
    agenda.take(130)
    assert agenda.next_s == LATE_S
    assert agenda.take(LATE_S - STEP_S) is None
    assert agenda.take(LATE_S) is Reading.STICKERS
    assert agenda.next_s is None


def test_after_a_long_time_without_they_are_read_with_the_first() -> None:
    agenda = stocked_at(0)
    agenda.perhaps_ours(2 * LATE_S, QUIET_S)
    assert agenda.take(2 * LATE_S + QUIET_S) is Reading.STICKERS
    assert agenda.next_s is None


def test_anothers_sticker_does_not_wait_for_the_late_reading() -> None:
    agenda = stocked_at(0)
    agenda.perhaps_ours(100, QUIET_S)
    agenda.theirs(110, QUIET_S)
    assert agenda.take(140) is Reading.STICKERS
    assert agenda.next_s is None


def test_tracks_are_read_at_once_and_leave_nothing_to_do() -> None:
    agenda = stocked_at(0)
    agenda.lists_changed(100, QUIET_S)
    agenda.theirs(100, QUIET_S)
    agenda.tracks(105)
    assert agenda.take(105) is Reading.TRACKS
    assert agenda.next_s is None


class Clock:
    """Stands still."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_more_news_than_we_wrote_is_somebody_elses() -> None:
    own = OwnWrites(Clock())
    assert not own.explain_news()
    for _ in range(2):
        with own.writing():
            pass
    assert [own.explain_news() for _ in range(3)] == [True, True, False]


def test_a_write_that_was_told_with_another_explains_nothing_later() -> None:
    clock = Clock()
    own = OwnWrites(clock)
    for _ in range(3):
        with own.writing():
            clock.now_s += TOLD_WITHIN_S / 2 + STEP_S
    assert [own.explain_news() for _ in range(3)] == [True, True, False]


def test_a_write_that_is_under_way_may_be_told_yet() -> None:
    own = OwnWrites(Clock())
    with own.writing():
        assert own.explain_news()
    assert [own.explain_news() for _ in range(2)] == [True, False]


def test_a_write_that_takes_long_explains_news_all_the_time() -> None:
    clock = Clock()
    own = OwnWrites(clock)
    with own.writing():
        clock.now_s += 100
        assert own.explain_news()


@pytest.mark.parametrize(("later_s", "ours"), [(-STEP_S, True), (0, True), (STEP_S, False)])
def test_a_write_explains_news_for_some_seconds(later_s: float, ours: bool) -> None:
    clock = Clock()
    own = OwnWrites(clock)
    with own.writing():
        pass
    clock.now_s += TOLD_WITHIN_S + later_s
    assert own.explain_news() is ours


class Reader:
    """Notes what is read, and is told what to answer."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.enough = True
        self.own = OwnWrites(Clock())
        self.rereading = Rereading(self.stock, self.recount, self.own, self.take)
        self.rereading.quiet_s = 0.02

    async def stock(self, player: Player) -> tuple[Track, ...]:
        self.read.append("tracks")
        return await player.tracks()

    async def recount(self, player: Player, *, likes_only: bool) -> bool:
        assert player
        self.read.append("likes" if likes_only else "stickers")
        return self.enough

    async def take(self, tracks: tuple[Track, ...]) -> None:
        assert tracks

    def write(self) -> None:
        """We wrote a sticker."""
        with self.own.writing():
            pass

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                await asyncio.sleep(STEP_S)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """From after the first reading; at its end all but the late reading is done."""
        async with FakeMpd((Track("a"),)).connect() as player:
            task = asyncio.create_task(self.rereading.run(player))
            await self.until(lambda: self.read == ["tracks"])
            yield
            agenda, now_s = self.rereading._agenda, asyncio.get_running_loop().time
            await self.until(lambda: agenda.next_s is None or agenda.next_s > now_s() + QUIET_S)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_our_own_write_has_the_likes_read() -> None:
    reader = Reader()
    async with reader.at_work():
        reader.write()
        reader.rereading.told(STICKER)
    assert reader.read == ["tracks", "likes"]


async def test_a_like_told_together_with_our_own_write_has_them_read_too() -> None:
    reader = Reader()
    async with reader.at_work():
        reader.write()
        reader.rereading.told(STICKER)
        await reader.until(lambda: reader.read == ["tracks", "likes"])
        reader.write()
        reader.rereading.told(STICKER)
    assert reader.read == ["tracks", "likes", "likes"]


async def test_a_sticker_of_anothers_has_all_stickers_read() -> None:
    reader = Reader()
    async with reader.at_work():
        reader.write()
        reader.rereading.told(STICKER)
        reader.rereading.told(STICKER)
    assert reader.read[-1] == "stickers"


async def test_a_list_has_the_likes_and_lists_read() -> None:
    reader = Reader()
    async with reader.at_work():
        reader.rereading.told(frozenset({"stored_playlist"}))
    assert reader.read == ["tracks", "likes"]


async def test_where_stickers_are_not_enough_the_tracks_follow() -> None:
    reader = Reader()
    reader.enough = False
    async with reader.at_work():
        reader.rereading.told(STICKER)
    assert reader.read == ["tracks", "stickers", "tracks"]


async def test_the_database_and_whoever_asks_have_the_tracks_read() -> None:
    reader = Reader()
    async with reader.at_work():
        reader.rereading.told(frozenset({"database"}))
        await reader.until(lambda: len(reader.read) == 2)
        reader.rereading.relist()
    assert reader.read == ["tracks", "tracks", "tracks"]


async def test_what_is_not_about_tracks_has_nothing_read() -> None:
    reader = Reader()
    async with reader.at_work():
        reader.rereading.told(frozenset({"player", "mixer"}))
    assert reader.read == ["tracks"]
