"""What can be played, fetched and laid out for the DJ."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from fakes.player import FakeMpd
from moodspeaker.app.dj import Dj
from moodspeaker.app.listening import Listening
from moodspeaker.app.music_settings import dj_settings
from moodspeaker.app.stockroom import Stockroom
from moodspeaker.config.music_section import CustomMusic, MusicSection
from moodspeaker.library.catalogue import Catalogue
from moodspeaker.library.notebook import Notebook
from moodspeaker.types import Mood, Track, TrackCounts

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.library.worker import LibraryWorker
    from moodspeaker.music.shelf import Shelf

MPD = FakeMpd((Track("a.ogg", moods=("happy",)), Track("b.ogg", moods=("sad",))))


class Store:
    """A stockroom, its DJ, and what was told."""

    def __init__(self, folder: Path, worker: LibraryWorker, **music: object) -> None:
        path = folder / "labels.db"
        self.told: list[Shelf] = []
        self.dj = Dj(dj_settings(MusicSection(**music)), Random(1))
        listening = Listening(self.dj, Notebook(path, worker))
        catalogue = Catalogue(None, worker, path)
        self.room = Stockroom(self.dj, listening, catalogue, worker, self.tell)

    async def tell(self, shelf: Shelf) -> None:
        self.told.append(shelf)

    @property
    def shelf(self) -> Shelf:
        """What the DJ chooses from."""
        return self.dj._shelf


async def stocked(folder: Path, worker: LibraryWorker, **music: object) -> tuple[Dj, list[Shelf]]:
    """A DJ with the player's tracks, and what was told."""
    store = Store(folder, worker, **music)
    async with MPD.connect() as player:
        tracks = await store.room.stock(player)
    assert {track.uri for track in tracks} == {"a.ogg", "b.ogg"}
    return store.dj, store.told


async def test_the_players_tracks_come_to_the_dj(tmp_path: Path, worker: LibraryWorker) -> None:
    dj, (shelf,) = await stocked(tmp_path, worker)
    pick = dj.pick(Mood.SAD)
    assert pick is not None
    assert pick.track.uri == "b.ogg"
    assert len(shelf) == 2
    assert shelf.sectors is None


async def test_the_playlists_that_some_mood_wants_are_fetched(
    tmp_path: Path, worker: LibraryWorker
) -> None:
    MPD.playlists["Evening"] = ("a.ogg",)
    dj, _ = await stocked(tmp_path, worker, custom={"sad": CustomMusic(playlist="Evening")})
    pick = dj.pick(Mood.SAD)
    assert pick is not None
    assert pick.track.uri == "a.ogg"


async def test_likeness_is_worked_out_where_tracks_are_chosen_by_it(
    tmp_path: Path, worker: LibraryWorker
) -> None:
    _, (shelf,) = await stocked(tmp_path, worker, choice="cosine")
    assert shelf.sectors is not None


async def test_other_counts_come_to_the_dj_without_the_tracks_being_asked_for(
    tmp_path: Path, worker: LibraryWorker
) -> None:
    mpd, store = FakeMpd(MPD.library.values()), Store(tmp_path, worker)
    async with mpd.connect() as player:
        await store.room.stock(player)
        mpd.stickers = {"b.ogg": {"like": "2", "rating": "10"}, "c.ogg": {"like": "2"}}
        assert await store.room.recount(player, likes_only=True)
        assert (mpd.calls.count("tracks"), len(store.told)) == (1, 1)
    counts = TrackCounts(like=2, rating=10)
    columns = (store.shelf.like, store.shelf.rating, store.shelf.counted)
    assert [track.counts for track in store.shelf.tracks] == [TrackCounts(), counts]
    assert [column.tolist() for column in columns] == [[1, 2], [5, 10], [0.0, 1.5]]


async def test_what_is_recounted_is_what_is_read_with_the_tracks(
    tmp_path: Path, worker: LibraryWorker
) -> None:
    mpd, store, other = (FakeMpd(MPD.library.values()), *(Store(tmp_path, worker) for _ in "ab"))
    async with mpd.connect() as player:
        await store.room.stock(player)
        mpd.stickers = {"a.ogg": {"playCount": "2", "skipCount": "6"}, "b.ogg": {"like": "0"}}
        assert await store.room.recount(player, likes_only=False)
        await other.room.stock(player)
    assert tuple(store.shelf.tracks) == tuple(other.shelf.tracks)
    for name in ("places", "like", "rating", "counted"):
        assert getattr(store.shelf, name).tolist() == getattr(other.shelf, name).tolist()


async def test_the_same_counts_leave_the_shelf_as_it_is(
    tmp_path: Path, worker: LibraryWorker
) -> None:
    mpd, store = FakeMpd(MPD.library.values()), Store(tmp_path, worker)
    mpd.stickers = {"b.ogg": {"like": "2"}}
    async with mpd.connect() as player:
        await store.room.stock(player)
        before = store.shelf
        assert await store.room.recount(player, likes_only=False)
    assert store.shelf is before


async def test_a_persons_mood_word_is_more_than_a_count(
    tmp_path: Path, worker: LibraryWorker
) -> None:
    mpd, store = FakeMpd(MPD.library.values()), Store(tmp_path, worker)
    async with mpd.connect() as player:
        await store.room.stock(player)
        mpd.stickers = {"b.ogg": {"mood": "calm"}}
        assert not await store.room.recount(player, likes_only=False)


async def test_another_playlist_comes_to_the_dj(tmp_path: Path, worker: LibraryWorker) -> None:
    mpd = FakeMpd(MPD.library.values())
    mpd.playlists["Evening"] = ("a.ogg",)
    store = Store(tmp_path, worker, custom={"sad": CustomMusic(playlist="Evening")})
    async with mpd.connect() as player:
        await store.room.stock(player)
        mpd.playlists["Evening"] = ("b.ogg",)
        assert await store.room.recount(player, likes_only=True)
    pick = store.dj.pick(Mood.SAD)
    assert pick is not None
    assert pick.track.uri == "b.ogg"
