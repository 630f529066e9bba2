"""The choice of tracks: what is near, fresh and liked."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from fakes.shelves import DAY, HAPPY, Listener, happy, library
from moodspeaker.music.choice import choose
from moodspeaker.music.history import History
from moodspeaker.music.plane import EMOTION_POINTS, Point
from moodspeaker.music.shelf import EMPTY
from moodspeaker.music.taste import Opinion, Reaction, Taste
from moodspeaker.music.wish import ChoiceSettings, Way, Wish
from moodspeaker.types import Emotion, Mood, Track, TrackCounts

SAD = Wish(Mood.SAD, EMOTION_POINTS[Emotion.SAD], "match sad")
WITHOUT_LIMITS = ChoiceSettings(0, 0, artists_per_hour=0)


def moods(listener: Listener, n: int) -> set[tuple[str, ...]]:
    """The mood words of the next `n` tracks."""
    return {choice.track.moods for choice in listener.play(n)}


def said(kind: Reaction, *uris: str, mood: Mood = Mood.HAPPY) -> Taste:
    """One word on each track, just now."""
    return Taste(Opinion(uri, mood, kind, 1.0, 0.0) for uri in uris)


def test_only_tracks_of_the_mood_are_chosen_while_there_are_some() -> None:
    assert moods(Listener(library()), 20) == {("happy",)}


def test_no_track_twice_within_the_limit_while_others_are_left() -> None:
    assert len(set(Listener(library(per_mood=8)).uris(8))) == 8


def test_when_all_were_played_the_oldest_comes_again() -> None:
    uris = Listener(library(per_mood=4)).uris(8)
    assert uris[4:] == uris[:4]


@pytest.mark.parametrize(("after_s", "found"), [(-1, {"01"}), (0, {"00", "01"}), (9, {"00", "01"})])
def test_a_track_may_come_again_after_the_limit(after_s: float, found: set[str]) -> None:
    history, tracks = History(), happy(2)
    history.add(tracks[0], 0.0)
    settings = ChoiceSettings(24, 0)
    listener = Listener(tracks, settings, history=history, now_s=24 * 3600.0 + after_s)
    assert {choice.track.uri for choice in listener.drawn()} == found


def test_of_tracks_all_played_lately_one_by_another_artist_is_taken() -> None:
    tracks = [replace(track, artist="AAB"[n]) for n, track in enumerate(happy(3))]
    history = History()
    for track in (tracks[0], tracks[2], tracks[1]):
        history.add(track, 0.0)
    listener = Listener(tracks, ChoiceSettings(24, 1), history=history, now_s=60.0)
    assert listener.choose().track.uri == "02"


def test_another_artist_who_played_in_the_later_half_has_to_wait() -> None:
    tracks = [replace(track, artist="AABA"[n]) for n, track in enumerate(happy(4))]
    history = History()
    for track in tracks:
        history.add(track, 0.0)
    listener = Listener(tracks, ChoiceSettings(24, 1), history=history, now_s=60.0)
    assert listener.choose().track.uri == "00"


def test_where_nothing_is_quite_right_all_that_are_about_as_near_fit() -> None:
    tracks = [Track(f"{n}", place=(0.8, -0.35 - n * 0.04, 0.25, 0.25)) for n in range(3)]
    assert len(set(Listener(tracks).uris(3))) == 3


def test_an_artist_does_not_come_twice_in_a_row_while_others_are_left() -> None:
    tracks = [Track(f"{n}", artist="AB"[n % 2], moods=("happy",)) for n in range(20)]
    played = Listener(tracks, ChoiceSettings(24, artist_spacing=1)).play(10)
    assert all(a.track.artist != b.track.artist for a, b in pairwise(played))


def test_artist_spacing_gives_way_before_freshness() -> None:
    played = Listener(happy(5, artist="same")).play(5)
    assert len({choice.track.uri for choice in played}) == 5
    assert "artist spacing relaxed" in played[-1].why


@pytest.mark.parametrize(("limit", "most"), [(1, 1), (2, 2), (3, 3)])
def test_an_artist_comes_only_so_often_in_an_hour(limit: int, most: int) -> None:
    tracks = [*happy(6, artist="same"), *[replace(t, uri=f"x{t.uri}") for t in happy(30)]]
    played = Listener(tracks, ChoiceSettings(24, 0, artists_per_hour=limit), seed=3).play(30)
    assert sum(choice.track.artist == "same" for choice in played) == most


def test_artists_per_hour_gives_way_before_artist_spacing() -> None:
    tracks = [Track(f"{n}", artist="AB"[n % 2], moods=("happy",)) for n in range(6)]
    played = Listener(tracks, ChoiceSettings(24, artist_spacing=1, artists_per_hour=2)).play(6)
    assert all(a.track.artist != b.track.artist for a, b in pairwise(played))
    assert "artists per hour relaxed" in played[4].why


def test_tracks_without_an_artist_have_no_artist_in_common() -> None:
    tracks = [replace(track, artist="Unknown Artist") for track in happy(5)]
    assert not any("relaxed" in choice.why for choice in Listener(tracks).play(5))


def test_an_empty_library_gives_nothing() -> None:
    assert choose(EMPTY, HAPPY, History(), Taste(), DAY, 0.0, Random(1)) is None


def test_a_library_without_labels_still_plays() -> None:
    assert len(set(Listener([Track(f"{n}") for n in range(5)]).uris(5))) == 5


def test_a_missing_mood_is_replaced_by_its_neighbours() -> None:
    tracks = [track for track in library() if track.moods != ("happy",)]
    assert moods(Listener(tracks), 5) <= {("surprise",), ("neutral",)}


def test_what_is_far_from_the_goal_gives_way_to_neutral_music() -> None:
    tracks = [track for track in library() if track.moods[0] in ("sad", "neutral")]
    chosen = Listener(tracks).choose()
    assert chosen.track.moods == ("neutral",)
    assert "nothing fits happy, neutral instead" in chosen.why


def test_without_neutral_music_anything_is_played() -> None:
    tracks = [track for track in library() if track.moods == ("sad",)]
    assert "nothing fits happy, the nearest of all" in Listener(tracks).choose().why


def test_a_track_placed_by_a_person_is_not_the_only_one_that_fits() -> None:
    placed = Track("placed", artist="me", place=(0.8, 0.35, 0.15, 0.15))
    tracks = [placed, *(Track(f"{n}", artist=f"{n}", genre="disco") for n in range(30))]
    assert len(set(Listener(tracks).uris(20))) == 20


def test_a_certain_track_wins_over_an_uncertain_one_that_is_nearer() -> None:
    known = Track("known", place=(0.7, 0.3, 0.15, 0.15))
    unknown = Track("unknown", place=(0.8, 0.35, 0.6, 0.6))
    assert {c.track.uri for c in Listener([known, unknown]).drawn()} == {"known"}


def test_each_axis_counts_by_its_own_uncertainty() -> None:
    off_where_unsure = Track("arousal", place=(0.8, -0.05, 0.15, 0.5))
    off_where_sure = Track("valence", place=(0.4, 0.35, 0.15, 0.5))
    listener = Listener([off_where_unsure, off_where_sure])
    assert {c.track.uri for c in listener.drawn()} == {"arousal"}


def test_the_same_seed_chooses_the_same() -> None:
    assert Listener(library(9), seed=7).uris(9) == Listener(library(9), seed=7).uris(9)
    assert Listener(library(9), seed=7).uris(9) != Listener(library(9), seed=8).uris(9)


def test_of_many_equal_tracks_every_one_is_drawn_sooner_or_later() -> None:
    assert len({choice.track.uri for choice in Listener(happy(40)).drawn(400)}) == 40


def test_a_liked_track_is_drawn_more_often() -> None:
    liked = Listener(happy(2), taste=said(Reaction.LIKE, "00"), settings=WITHOUT_LIMITS)
    assert 120 < sum(choice.track.uri == "00" for choice in liked.drawn()) < 180


@pytest.mark.parametrize("kind", [Reaction.DISLIKE, Reaction.WRONG])
def test_a_track_disliked_in_this_mood_comes_only_when_nothing_else_is_there(
    kind: Reaction,
) -> None:
    taste = said(kind, "00", "01")
    assert {c.track.uri for c in Listener(happy(3), taste=taste).drawn()} == {"02"}
    alone = Listener(happy(2), taste=taste).choose()
    assert "only disliked tracks are there" in alone.why


def test_a_dislike_counts_in_its_own_mood_only() -> None:
    taste = said(Reaction.WRONG, "00", mood=Mood.SAD)
    assert "00" in {choice.track.uri for choice in Listener(happy(2), taste=taste).drawn()}


def test_a_track_that_another_program_dislikes_is_left_out_in_every_mood() -> None:
    tracks = [*happy(1), Track("bad", moods=("happy",), counts=TrackCounts(like=0))]
    assert {choice.track.uri for choice in Listener(tracks).drawn()} == {"00"}


def test_decades_and_genres_limit_what_may_play() -> None:
    tracks = [
        Track(f"{year} {genre}", moods=("happy",), year=year, genre=genre)
        for year in (1979, 1980, 1989, 1990)
        for genre in ("Pop", "Hard Rock")
    ]
    wish = replace(HAPPY, decades=(1980,), genres=("rock",))
    found = {choice.track.uri for choice in Listener(tracks, wish=wish).drawn()}
    assert found == {"1980 Hard Rock", "1989 Hard Rock"}


def test_decades_are_left_aside_before_the_mood() -> None:
    tracks = [replace(track, year=1970) for track in library()]
    tracks += [Track("sad 80s", moods=("sad",), year=1985)]
    chosen = Listener(tracks, wish=replace(HAPPY, decades=(1980,))).choose()
    assert chosen.track.moods == ("happy",)
    assert "decades left aside" in chosen.why


def test_only_the_playlist_is_played_even_far_from_the_goal() -> None:
    only = frozenset({"sad/1", "sad/2", "gone"})
    found = {c.track.uri for c in Listener(library(), wish=replace(HAPPY, only=only)).drawn()}
    assert found == {"sad/1", "sad/2"}


def test_a_playlist_of_which_nothing_is_there_is_left_aside() -> None:
    chosen = Listener(library(), wish=replace(HAPPY, only=frozenset({"gone"}))).choose()
    assert chosen.track.moods == ("happy",)
    assert "nothing in the playlist" in chosen.why


def test_without_a_goal_every_track_may_be_drawn() -> None:
    listener = Listener(library(10), wish=replace(HAPPY, goal=None))
    assert len({choice.track.uri for choice in listener.drawn(600)}) == 70


def test_why_tells_distance_goal_and_liking_in_one_line() -> None:
    track = Track("x", place=(0.68, 0.35, 0.15, 0.15), counts=TrackCounts(2, 8, 1, 9))
    chosen = Listener([track], taste=said(Reaction.LIKE, "x")).choose()
    assert chosen.why == (
        "0.12 from the goal of match happy; liked; rated 8 of 10; often skipped; liked in this mood"
    )


@pytest.mark.parametrize(("length", "cut"), [(100, False), (300, True)])
def test_why_is_never_longer_than_200_characters(length: int, cut: bool) -> None:
    why = Listener(happy(1), wish=replace(HAPPY, aim="p" * length)).choose().why
    assert len(why) <= 200
    assert why.endswith("...") is cut


def test_the_goal_may_lie_off_the_plane() -> None:
    assert Listener(library(), wish=replace(SAD, goal=Point(-9.0, 9.0))).choose()


@pytest.mark.parametrize("way", list(Way))
def test_every_way_finds_something_in_any_library(way: Way) -> None:
    for tracks in (library(1), [Track("x")], happy(3)):
        for wish in (HAPPY, SAD, Wish(Mood.ABSENT)):
            assert len(Listener(tracks, wish=replace(wish, way=way)).play(5)) == 5
