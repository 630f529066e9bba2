"""The ways to take one of the tracks that fit."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import pytest

from fakes.shelves import HAPPY, Listener, happy, library
from moodspeaker.music.taste import Opinion, Reaction, Taste
from moodspeaker.music.wish import ChoiceSettings, Way
from moodspeaker.types import Mood, Scores, Track, TrackCounts

POOL = ChoiceSettings(24, 0, pool=3, nearest_n=2)


def along(n: int) -> list[Track]:
    """Tracks `0`, `1`... ever farther from the goal, all of which fit."""
    return [Track(f"{i}", place=(0.8 - i * 0.02, 0.35, 0.2, 0.2), year=1960 + i) for i in range(n)]


def by(way: Way, tracks: list[Track], **more: object) -> Listener:
    """A listener who has the tracks taken in this way."""
    return Listener(tracks, POOL, replace(HAPPY, way=way), **more)


def uris(listener: Listener) -> set[str]:
    """Which tracks may be taken."""
    return {choice.track.uri for choice in listener.drawn()}


def test_nearest_draws_from_the_closest_twenty() -> None:
    tracks = [Track(f"{i}", place=(0.8, 0.35 - i * 0.01, 0.0, 0.0)) for i in range(40)]
    found = uris(by(Way.NEAREST, tracks))
    assert found == {str(i) for i in range(20)}


def test_of_more_than_twenty_equally_close_tracks_nearest_draws_from_all() -> None:
    tracks = [Track(f"{i}", place=(0.8, 0.35 - i * 0.0001, 0.0, 0.0)) for i in range(30)]
    assert len({choice.track.uri for choice in by(Way.NEAREST, tracks).drawn(300)}) == 30


def test_a_little_less_close_is_not_equally_close() -> None:
    at_goal = [Track(f"{i}", place=(0.8, 0.35, 0.0, 0.0)) for i in range(20)]
    off = Track("off", place=(0.8, 0.35 - 0.15 * math.sqrt(2 * 0.2), 0.0, 0.0))
    assert "off" not in uris(by(Way.NEAREST, [*at_goal, off]))


def test_nearest_leaves_out_what_is_much_less_close() -> None:
    tracks = [Track(f"{i}", place=(0.8, 0.35 - i * 0.1, 0.0, 0.0)) for i in range(5)]
    assert uris(by(Way.NEAREST, tracks)) == {"0", "1", "2"}


def test_random_n_draws_from_the_best_n() -> None:
    assert uris(by(Way.RANDOM_N, along(9))) == {"0", "1", "2"}


def test_random_n_passes_on_to_the_next_best_when_those_were_played() -> None:
    listener = by(Way.RANDOM_N, along(9))
    assert {*listener.uris(3)} <= {"0", "1", "2", "3", "4"}
    assert len(set(listener.uris(6))) == 6


def test_random_n_draws_a_decade_before_it_draws_a_track() -> None:
    years = [1985] + [1990 + n % 10 for n in range(9)]
    tracks = [replace(track, year=years[n]) for n, track in enumerate(happy(10))]
    listener = Listener(tracks, replace(POOL, pool=10), replace(HAPPY, way=Way.RANDOM_N))
    counts = Counter(choice.track.year == 1985 for choice in listener.drawn(400))
    assert counts[True] == pytest.approx(200, abs=40)


def test_random_n_draws_a_liked_track_more_often_however_near_the_others_are() -> None:
    tracks = [*along(4)[:3], Track("far", place=(0.6, 0.35, 0.2, 0.2), year=1960)]
    words = [Opinion(uri, Mood.HAPPY, Reaction.LIKE, 1.0, 0.0) for uri in ("0", "far")]
    counts = Counter(c.track.uri for c in by(Way.RANDOM_N, tracks, taste=Taste(words)).drawn(400))
    assert set(counts) == {"0", "1", "2"}
    assert counts["0"] / 400 == pytest.approx(0.576, abs=0.08)


def test_top_by_rating_takes_the_most_liked_then_the_best_rated() -> None:
    tracks = [
        Track("rated", moods=("happy",), counts=TrackCounts(rating=10)),
        Track("liked", moods=("happy",), counts=TrackCounts(like=2, rating=3)),
        Track("liked more", moods=("happy",), counts=TrackCounts(like=2, rating=4)),
        Track("far", moods=("sad",), counts=TrackCounts(like=2, rating=10)),
    ]
    assert by(Way.TOP_BY_RATING, tracks).uris(3) == ["liked more", "liked", "rated"]


def test_top_by_rating_goes_by_feedback_then_by_closeness_among_the_equally_rated() -> None:
    liked = Taste([Opinion("2", Mood.HAPPY, Reaction.LIKE, 1.0, 0.0)])
    assert by(Way.TOP_BY_RATING, along(4), taste=liked).uris(4) == ["2", "0", "1", "3"]


def test_rule_takes_tracks_that_the_rules_give_the_mood_wherever_they_lie() -> None:
    tracks = [*library(2), Track("ruled", moods=("sad",), rules=("happy", "sad"))]
    chosen = by(Way.RULE, tracks).choose()
    assert chosen.track.uri == "ruled"
    assert "happy by the rules" in chosen.why


def test_without_a_ruled_track_the_nearest_is_taken_and_told() -> None:
    tracks = [*library(2), Track("ruled", moods=("sad",), rules=("sad",))]
    chosen = by(Way.RULE, tracks).choose()
    assert chosen.track.moods == ("happy",)
    assert "no track by the rules" in chosen.why


def test_cosine_draws_from_the_n_most_like_the_face() -> None:
    face = Scores.from_mapping({"sad": 0.9, "neutral": 0.1})
    listener = Listener(library(2), POOL, replace(HAPPY, way=Way.COSINE, face=face), sectors=True)
    assert uris(listener) == {"sad/0", "sad/1"}
    assert "like the face" in listener.choose().why


def test_without_a_face_cosine_goes_by_the_goal() -> None:
    assert uris(by(Way.COSINE, library(2), sectors=True)) == {"happy/0", "happy/1"}


def test_without_vectors_the_nearest_is_taken_and_told() -> None:
    chosen = by(Way.COSINE, library(2)).choose()
    assert chosen.track.moods == ("happy",)
    assert "no likeness is known" in chosen.why


@pytest.mark.parametrize("way", [Way.RANDOM_N, Way.RULE, Way.COSINE])
def test_chance_follows_the_seed(way: Way) -> None:
    tracks = [replace(track, rules=("happy",)) for track in happy(9)]
    one, same, other = (by(way, tracks, seed=seed, sectors=True).uris(9) for seed in (1, 1, 2))
    assert one == same != other
