"""Labels, policies and the choice of tracks."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from moodspeaker.music.choice import ChoiceSettings, History, artist_key, choose, track_point
from moodspeaker.music.plane import EMOTION_POINTS, LIBRARY_CENTRE
from moodspeaker.types import Emotion, Track

DAY = ChoiceSettings(no_repeat_hours=24, artist_spacing=2)
HAPPY = EMOTION_POINTS[Emotion.HAPPY]


def library(per_mood: int = 5) -> list[Track]:
    """Tracks `<mood>/<n>`, each by an artist of its own."""
    return [
        Track(f"{mood}/{n}", artist=f"{mood} {n}", moods=(mood.value,))
        for mood in Emotion
        for n in range(per_mood)
    ]


def picks(
    tracks: list[Track], n: int, settings: ChoiceSettings = DAY, seed: int = 1
) -> list[Track]:
    """`n` tracks for happy, a minute apart."""
    history, rng, chosen = History(), Random(seed), []
    for number in range(n):
        track = choose(tracks, HAPPY, history, settings, number * 60.0, rng)
        assert track is not None
        history.add(track, number * 60.0)
        chosen.append(track)
    return chosen


def test_a_track_lies_in_the_middle_of_its_known_words() -> None:
    point = track_point(Track("x", moods=("happy", "sad", "wibble")))
    assert (point.valence, point.arousal) == pytest.approx((0.075, -0.025))


@pytest.mark.parametrize("moods", [(), ("wibble",)])
def test_a_track_of_which_nothing_is_known_lies_at_the_centre(moods: tuple[str, ...]) -> None:
    assert track_point(Track("x", moods=moods)) == LIBRARY_CENTRE


def test_only_tracks_of_the_mood_are_chosen_while_there_are_some() -> None:
    assert {t.moods for t in picks(library(), 20)} == {("happy",)}


def test_no_track_twice_within_the_limit_while_others_are_left() -> None:
    uris = [t.uri for t in picks(library(per_mood=8), 8)]
    assert len(set(uris)) == 8


def test_when_all_were_played_the_oldest_comes_again() -> None:
    uris = [t.uri for t in picks(library(per_mood=4), 8)]
    assert uris[4:] == uris[:4]


def test_a_track_may_come_again_after_the_limit() -> None:
    history, track = History(), Track("happy/1", moods=("happy",))
    history.add(track, 0.0)
    other = Track("happy/2", moods=("happy",))
    history.add(other, 10.0)
    limit_s = 24 * 3600.0
    chosen = [choose([track, other], HAPPY, history, DAY, limit_s + s, Random(1)) for s in (0, 9)]
    assert [t and t.uri for t in chosen] == ["happy/1", "happy/1"]


def test_an_artist_does_not_come_twice_in_a_row_while_others_are_left() -> None:
    tracks = [Track(f"{n}", artist="AB"[n % 2], moods=("happy",)) for n in range(20)]
    artists = [t.artist for t in picks(tracks, 10, ChoiceSettings(24, artist_spacing=1))]
    assert all(a != b for a, b in pairwise(artists))


def test_artist_spacing_gives_way_before_freshness() -> None:
    tracks = [Track(f"{n}", artist="same", moods=("happy",)) for n in range(5)]
    assert len({t.uri for t in picks(tracks, 5)}) == 5


def test_an_empty_library_gives_nothing() -> None:
    assert choose([], HAPPY, History(), DAY, 0.0, Random(1)) is None


def test_a_library_without_labels_still_plays() -> None:
    tracks = [Track(f"{n}") for n in range(5)]
    assert len({t.uri for t in picks(tracks, 5)}) == 5


def test_a_missing_mood_is_replaced_by_its_neighbours() -> None:
    tracks = [t for t in library() if t.moods != ("happy",)]
    assert {t.moods for t in picks(tracks, 5)} <= {("surprise",), ("neutral",)}


def test_the_same_seed_chooses_the_same() -> None:
    assert picks(library(9), 9, seed=7) == picks(library(9), 9, seed=7)
    assert picks(library(9), 9, seed=7) != picks(library(9), 9, seed=8)


def test_artists_compare_without_case_and_guests() -> None:
    assert artist_key(Track("x", artist="Ann feat. Bob")) == artist_key(
        Track("y", artist="ANN; Cy")
    )
