"""What was queued lately, and who it was by."""

from __future__ import annotations

import pytest

from fakes.shelves import Listener, happy
from moodspeaker.music.artists import artist_key, main_artist
from moodspeaker.music.history import LATEST, REMEMBERED, History, Played
from moodspeaker.music.wish import ChoiceSettings
from moodspeaker.types import Track

DAY_S = 86_400.0


def played(*artists: str) -> History:
    """Tracks `0`, `1`... by these artists, a minute apart."""
    return History(Played(f"{n}", artist, n * 60.0) for n, artist in enumerate(artists))


@pytest.mark.parametrize(
    "text", ["ANN", "Ann; Cy", "Ann feat. Bob", "Ann (feat. Bob)", "ann ft Bob", "Ann Featuring B"]
)
def test_artists_compare_without_case_and_guests(text: str) -> None:
    assert artist_key(Track("x", artist=text)) == "ann"


@pytest.mark.parametrize("text", ["ft. worth", "daft punk", "earth, wind & fire", "the feat."])
def test_names_that_only_look_like_guests_stay_whole(text: str) -> None:
    assert main_artist(text) == text


@pytest.mark.parametrize("text", ["", "Unknown Artist", "Various Artists", "<unknown>"])
def test_nobody_is_no_artist(text: str) -> None:
    assert main_artist(text) == ""


@pytest.mark.parametrize(
    ("n", "found"), [(0, set()), (1, {"c"}), (2, {"c", "b"}), (3, {"a", "b", "c"}), (9, {*"abc"})]
)
def test_the_artists_of_the_last_n_tracks(n: int, found: set[str]) -> None:
    assert played("a", "b", "c").recent_artists(n) == found


def test_the_last_play_of_a_track_counts() -> None:
    history = played("a", "b")
    history.add(Track("0"), 500.0)
    assert list(history.last_played().items()) == [("1", 60.0), ("0", 500.0)]


@pytest.mark.parametrize(("now_s", "count"), [(3599.0, 3), (3600.0, 2), (3660.0, 1)])
def test_an_artists_plays_of_the_last_hour(now_s: float, count: int) -> None:
    assert played("A", "a feat. B", "A; C").plays_by_artist(3600.0, now_s)["a"] == count


def test_only_so_many_tracks_are_remembered() -> None:
    history = History(Played(f"{n}", "a", float(n)) for n in range(REMEMBERED + 1))
    last = history.last_played()
    assert len(last) == REMEMBERED
    assert "0" not in last
    assert history.plays_by_artist(1e9, 0.0)["a"] == LATEST


@pytest.mark.parametrize(
    ("now_s", "again"),
    [(-DAY_S - 1, True), (-DAY_S + 1, False), (0.0, False), (DAY_S - 1, False), (DAY_S, True)],
)
def test_a_clock_that_jumped_back_keeps_a_track_for_a_day_and_not_for_ever(
    now_s: float, again: bool
) -> None:
    history = History([Played("00", "artist 0", 0.0)])
    listener = Listener(happy(2), ChoiceSettings(24, 0), history=history, now_s=now_s)
    assert ("00" in {choice.track.uri for choice in listener.drawn(50)}) is again


def test_what_was_never_heard_is_taken_back_and_what_was_before_it_stays() -> None:
    history = History()
    for uri, time_s in (("a", 1.0), ("b", 2.0), ("a", 3.0)):
        history.add(Track(uri, artist=f"artist {uri}"), time_s)
    history.drop("a")
    assert history.last_played() == {"a": 1.0, "b": 2.0}
    assert history.recent_artists(1) == {"artist b"}
    history.drop("a")
    history.drop("never")
    assert history.last_played() == {"b": 2.0}
