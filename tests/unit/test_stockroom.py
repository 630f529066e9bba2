"""What can be played, fetched and laid out for the DJ."""

from __future__ import annotations

import gc
from random import Random
from typing import TYPE_CHECKING

import pytest

from fakes.player import FakeMpd
from moodspeaker.app.dj import Dj
from moodspeaker.app.listening import Listening
from moodspeaker.app.music_settings import dj_settings
from moodspeaker.app.stockroom import Stockroom
from moodspeaker.config.music_section import CustomMusic, MusicSection
from moodspeaker.library.catalogue import Catalogue
from moodspeaker.library.notebook import Notebook
from moodspeaker.types import Mood, Track

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moodspeaker.library.worker import LibraryWorker
    from moodspeaker.music.shelf import Shelf

MPD = FakeMpd((Track("a.ogg", moods=("happy",)), Track("b.ogg", moods=("sad",))))


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Other tests' rubbish is searched for again."""
    yield
    gc.unfreeze()


async def stocked(folder: Path, worker: LibraryWorker, **music: object) -> tuple[Dj, list[Shelf]]:
    """A DJ with the player's tracks, and what was told."""
    told: list[Shelf] = []

    async def tell(shelf: Shelf) -> None:
        told.append(shelf)

    path = folder / "labels.db"
    dj = Dj(dj_settings(MusicSection(**music)), Random(1))
    listening = Listening(dj, Notebook(path, worker))
    room = Stockroom(dj, listening, Catalogue(None, worker, path), worker, tell)
    async with MPD.connect() as player:
        tracks = await room.stock(player)
    assert {track.uri for track in tracks} == {"a.ogg", "b.ogg"}
    return dj, told


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
