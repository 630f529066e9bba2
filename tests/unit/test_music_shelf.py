"""A library arranged for choosing, where its tracks lie, and which genres they have."""

from __future__ import annotations

from random import Random

import pytest

from fakes.shelves import library
from moodspeaker.music.fusion import Place
from moodspeaker.music.genre_match import genre_keys, wished_keys
from moodspeaker.music.genres import GENRE_SD
from moodspeaker.music.placing import track_place, track_point
from moodspeaker.music.plane import LIBRARY_CENTRE
from moodspeaker.music.sectors import sector_vector
from moodspeaker.music.shelf import EMPTY, Shelf, counted
from moodspeaker.music.words import WORD_SD
from moodspeaker.types import Track, TrackCounts


def test_a_track_lies_in_the_middle_of_its_known_words() -> None:
    point = track_point(Track("x", moods=("happy", "sad", "wibble")))
    assert (point.valence, point.arousal) == pytest.approx((0.075, -0.025))


@pytest.mark.parametrize("moods", [(), ("wibble",)])
def test_a_track_of_which_nothing_is_known_lies_at_the_centre(moods: tuple[str, ...]) -> None:
    assert track_point(Track("x", moods=moods, genre="wobble")) == LIBRARY_CENTRE


def test_a_place_says_more_than_words_and_words_more_than_a_genre() -> None:
    place = (0.1, 0.2, 0.3, 0.4)
    assert track_place(Track("x", place=place, moods=("sad",), genre="pop")) == place
    assert track_place(Track("x", moods=("sad",), genre="pop"))[2] == WORD_SD
    assert track_place(Track("x", moods=("wibble",), genre="pop"))[2] == GENRE_SD


def test_the_order_of_a_library_does_not_matter() -> None:
    tracks = library()
    mixed = Random(1).sample(tracks, len(tracks))
    one, other = Shelf.of(tracks), Shelf.of(mixed)
    assert tuple(one.tracks) == tuple(other.tracks)
    assert one.places.tolist() == other.places.tolist()
    assert one.artist_numbers == other.artist_numbers


def test_every_track_is_found_in_its_row_and_no_other_is() -> None:
    shelf = Shelf.of(library())
    assert all(shelf.tracks[shelf.row_of(t.uri) or 0] == t for t in shelf.tracks)
    assert shelf.row_of("gone") is None


def test_a_track_that_is_there_twice_is_kept_once() -> None:
    twice = [Track("x", title="old"), Track("x", title="new")]
    assert tuple(Shelf.of(twice).tracks) == (Track("x", title="new"),)


def test_values_of_tracks_that_are_not_there_are_passed_over() -> None:
    shelf = Shelf.of([Track("a"), Track("b")])
    assert shelf.column({"b": 2.0, "gone": 5.0}).tolist() == [0, 2]
    assert shelf.marked(["gone", "a"]).tolist() == [True, False]


def test_an_empty_shelf_has_nothing() -> None:
    assert len(EMPTY) == 0
    assert EMPTY.with_sectors().sectors is not None
    assert EMPTY.marked(["gone"]).tolist() == []


@pytest.mark.parametrize(
    ("counts", "worth"),
    [
        (TrackCounts(), 0.0),
        (TrackCounts(like=2), 1.0),
        (TrackCounts(like=0), -1.0),
        (TrackCounts(rating=10), 0.5),
        (TrackCounts(rating=0), -0.5),
        (TrackCounts(plays=9, skips=0), 0.0),
        (TrackCounts(plays=0, skips=1), -1 / 3),
        (TrackCounts(plays=0, skips=98), -0.98),
    ],
)
def test_likes_ratings_and_skips_are_worth(counts: TrackCounts, worth: float) -> None:
    assert counted(counts) == pytest.approx(worth)


@pytest.mark.parametrize(("year", "decade"), [(1979, 1970), (1980, 1980), (1989, 1980), (None, 0)])
def test_the_decade_of_a_year(year: int | None, decade: int) -> None:
    assert Shelf.of([Track("x", year=year)]).decade.tolist() == [decade]


def test_the_vectors_are_of_length_one_and_there_only_when_asked_for() -> None:
    track = Track("x", place=(0.5, 0.2, 0.3, 0.2))
    assert Shelf.of([track]).sectors is None
    sectors = Shelf.of([track], sectors=True).sectors
    assert sectors is not None
    vector = sector_vector(Place(0.5, 0.2, 0.3, 0.2, ()))
    assert (sectors[0] ** 2).sum() == pytest.approx(1)
    assert (sectors[0] / sectors[0].sum()).tolist() == pytest.approx(vector)


@pytest.mark.parametrize(
    ("wish", "genre"),
    [
        ("rock", "Rock"),
        ("rock", "Hard Rock"),
        ("rock", "indie rock"),
        ("rock", "Jazz; Pop/Rock"),
        ("Hip-Hop", "hiphop"),
        ("classical", "Baroque"),
        ("chill", "Chillout"),
        ("jazz", "Jazz Funk"),
        ("house", "Deep House"),
        ("Schlager", "schlager"),
        ("Drum & Bass", "dnb"),
    ],
)
def test_a_genre_is_of_the_wished_kind(wish: str, genre: str) -> None:
    assert wished_keys([wish]) & genre_keys(genre)


@pytest.mark.parametrize(
    ("wish", "genre"),
    [
        ("hard rock", "Rock"),
        ("blues", "Rhythm and Blues"),
        ("rock", "Pop"),
        ("rock", ""),
        ("rap", "Metal"),
        ("schlager", "polka"),
    ],
)
def test_a_genre_is_not_of_the_wished_kind(wish: str, genre: str) -> None:
    assert not wished_keys([wish]) & genre_keys(genre)


def test_a_wish_of_several_genres_is_for_any_of_them() -> None:
    wanted = wished_keys(["soul", "folk / blues"])
    assert all(wanted & genre_keys(genre) for genre in ("Soul", "Folk", "Blues"))
