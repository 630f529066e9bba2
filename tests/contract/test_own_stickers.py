"""Our own stickers do not have MPD's library read again, and a person's are not missed for them.

The keeper, the counter, the publisher and a person's client on one real MPD.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from fakes.overheard import Overheard
from fakes.player_benches import LIMIT_S, MpdBench, started
from moodspeaker.app.dj import Dj
from moodspeaker.app.listening import Listening
from moodspeaker.app.music_settings import dj_settings
from moodspeaker.app.stockroom import Stockroom
from moodspeaker.config.music_section import MusicSection
from moodspeaker.library.catalogue import Catalogue
from moodspeaker.library.notebook import Notebook
from moodspeaker.library.worker import LibraryWorker
from moodspeaker.player import own_writes
from moodspeaker.player.keeper import QueueKeeper
from moodspeaker.player.labels_of_ours import PUBLISHED, Labels
from moodspeaker.player.mpd import MpdConnector
from moodspeaker.player.own_writes import TOLD_WITHIN_S, OwnWrites
from moodspeaker.player.pace import Pace
from moodspeaker.player.play_counts import Heard, PlayCounter
from moodspeaker.player.publisher import StickerPublisher
from moodspeaker.types import Mood

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from moodspeaker.music.shelf import Shelf
    from moodspeaker.player.mpd import MpdPlayer
    from moodspeaker.types import Track

TRACKS = 60
URIS = tuple(f"{n:02}.ogg" for n in range(TRACKS))
LABELS = Labels("calm", ("calm",), 0.4, -0.5)
QUIET_S = 0.3
LONG_S = 60.0
"""Longer than this machine stands still between a write and the news of it."""


class House:
    """What the service has of it, with a short quiet time."""

    def __init__(self, bench: MpdBench, person: MpdPlayer, worker: LibraryWorker) -> None:
        connect = MpdConnector(bench.settings())
        self.bench = bench
        self.person = person
        self.shelves: list[Shelf] = []
        self.dj = Dj(dj_settings(MusicSection()), Random(1))
        listening = Listening(self.dj, Notebook(bench.folder / "labels.db", worker))
        room = Stockroom(self.dj, listening, Catalogue(None, worker), worker, self.stocked)
        own = OwnWrites()
        self.wire = Overheard(bench.settings())
        self.keeper = QueueKeeper(
            self.wire.connect,
            self.dj.pick,
            room.stock,
            lambda _: None,
            1,
            Pace(quiet_s=QUIET_S),
            recount=room.recount,
            own=own,
        )
        self.counter = PlayCounter(connect, own)
        self.publisher = StickerPublisher(connect, pause_s=0, own=own)

    async def stocked(self, shelf: Shelf) -> None:
        self.shelves.append(shelf)

    def track(self, uri: str) -> Track:
        """As the DJ knows it."""
        row = self.dj._shelf.row_of(uri)
        assert row is not None
        return self.dj._shelf.tracks[row]

    @property
    def due_soon(self) -> bool:
        """Whether anything is to be read soon."""
        due_s = self.keeper._rereading._agenda.next_s
        return due_s is not None and due_s < asyncio.get_running_loop().time() + LONG_S

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                await asyncio.sleep(0.02)

    async def all_heeded(self) -> None:
        """Until MPD has told all, and nothing is to be read soon."""
        await asyncio.sleep(TOLD_WITHIN_S + QUIET_S)
        await self.until(lambda: not self.due_soon)

    async def count(self, uri: str, times: int = 1) -> None:
        """Counts plays of ours until the player has them."""
        for _ in range(times):
            self.counter.note(Heard(uri, False, 1.0))
        await self.until(lambda: not self.counter._waiting)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """From the first reading on."""
        attempts: list[Callable[[Callable[[], None]], Awaitable[None]]] = [
            self.keeper.attempt,
            self.counter.attempt,
            self.publisher.attempt,
        ]
        tasks = [asyncio.create_task(attempt(lambda: None)) for attempt in attempts]
        try:
            await self.until(lambda: len(self.shelves) == 1)
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest_asyncio.fixture
async def house(tmp_path: Path, tone: Path, music_folder: Path) -> AsyncIterator[House]:
    for uri in URIS:
        shutil.copy(tone, music_folder / uri)
    worker = LibraryWorker()
    async with (
        started(MpdBench(tmp_path / "mpd", music_folder)) as bench,
        bench.connect() as person,
    ):
        yield House(bench, person, worker)
    await worker.close()


async def test_our_own_counts_have_no_library_read_and_no_moods(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_writes, "TOLD_WITHIN_S", LONG_S)
    async with house.at_work():
        for uri in URIS[:3]:
            await house.count(uri)
            await house.all_heeded()
        likes = house.wire.count("sticker find song  like")
        writes = 2 * 3
        assert house.wire.count("listallinfo") == 1
        assert house.wire.count("sticker find song  mood_source") == 2
        assert 2 <= likes <= 1 + writes
    assert (await house.person.stickers("playCount")) == dict.fromkeys(URIS[:3], "1")


async def test_a_like_in_the_very_moment_of_our_own_count_is_noticed(house: House) -> None:
    async with house.at_work():
        for ours, theirs in zip(URIS[:5], URIS[5:10], strict=True):
            likes = house.person.label(theirs, "like", "2")
            await asyncio.gather(house.count(ours), likes)
            await house.until(lambda uri=theirs: house.track(uri).counts.like == 2)
        assert house.wire.count("listallinfo") == 1
    liked = house.dj._shelf.like
    assert sum(liked == 2) == 5


async def test_a_persons_mood_sticker_is_noticed(house: House) -> None:
    async with house.at_work():
        await house.count(URIS[0])
        await house.all_heeded()
        await house.person.label(URIS[1], "mood", "melancholic")
        await house.until(lambda: house.track(URIS[1]).moods == ("melancholic",))
        assert house.wire.count("listallinfo") == 2
        assert house.track(URIS[0]).counts.plays == 1


async def test_a_persons_rating_costs_no_listing(house: House) -> None:
    async with house.at_work():
        await house.person.label(URIS[1], "rating", "10")
        await house.until(lambda: house.track(URIS[1]).counts.rating == 10)
        assert (house.wire.count("listallinfo"), len(house.shelves)) == (1, 1)


async def test_published_stickers_have_nothing_read_again_at_the_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_writes, "TOLD_WITHIN_S", LONG_S)
    async with house.at_work():
        house.publisher.publish(dict.fromkeys(URIS, LABELS))
        async with asyncio.timeout(LIMIT_S):
            while len(await house.person.stickers("mood_arousal") or ()) < TRACKS:
                await asyncio.sleep(0.1)
        await house.all_heeded()
        assert house.wire.count("listallinfo") == 1
        assert house.wire.count("sticker find song  mood") == len(("source", "", "s", "source"))
    written = [await house.person.stickers(name) or {} for name in PUBLISHED]
    assert sum(map(len, written)) == 5 * TRACKS


async def test_a_like_is_noticed_while_we_publish(house: House) -> None:
    house.publisher._pause_s = 0.05
    async with house.at_work():
        house.publisher.publish(dict.fromkeys(URIS, LABELS))
        async with asyncio.timeout(LIMIT_S):
            while not await house.person.stickers("mood"):
                await asyncio.sleep(0.02)
        await house.person.label(URIS[7], "like", "2")
        await house.until(lambda: house.track(URIS[7]).counts.like == 2)
        assert len(await house.person.stickers("mood") or ()) < TRACKS


async def test_a_database_update_has_the_library_read_as_before(house: House, tone: Path) -> None:
    async with house.at_work():
        shutil.copy(tone, house.bench.music / "new.ogg")
        await house.bench.update()
        await house.until(lambda: house.dj._shelf.row_of("new.ogg") is not None)
        assert house.wire.count("listallinfo") >= 2
        assert house.dj.pick(Mood.HAPPY) is not None
