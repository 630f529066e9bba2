"""What holds for every library, listener and wish."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.shelves import HAPPY, Listener
from moodspeaker.music.choice import Choice, choose
from moodspeaker.music.fitting import fitting
from moodspeaker.music.history import History, Played
from moodspeaker.music.plane import Point
from moodspeaker.music.shelf import Shelf
from moodspeaker.music.taste import REFUSED, Opinion, Reaction, Taste
from moodspeaker.music.wish import ChoiceSettings, Way, Wish
from moodspeaker.types import Mood, Scores, Track, TrackCounts

axis = st.floats(-1, 1, width=32)
sd = st.floats(0, 1, width=32)
names = st.integers(0, 14).map(str)
TRACKS = st.lists(
    st.builds(
        Track,
        uri=names,
        artist=st.sampled_from(["", "A", "B", "C feat. A"]),
        moods=st.sampled_from([(), ("happy",), ("sad", "dark"), ("wibble",)]),
        place=st.none() | st.tuples(axis, axis, sd, sd),
        genre=st.sampled_from(["", "Rock", "Deep House; Pop"]),
        year=st.none() | st.integers(1950, 2029),
        rules=st.sampled_from([(), ("happy",), ("sad",)]),
        counts=st.builds(
            TrackCounts,
            st.none() | st.integers(0, 2),
            st.none() | st.integers(0, 10),
            st.integers(0, 9),
            st.integers(0, 9),
        ),
    ),
    min_size=1,
    max_size=15,
    unique_by=lambda track: track.uri,
)
HISTORIES = st.lists(
    st.builds(Played, names, st.sampled_from(["", "A", "B", "C"]), st.floats(-2e5, 2e5)),
    max_size=20,
)
OPINIONS = st.lists(
    st.builds(
        Opinion,
        names,
        st.sampled_from([Mood.HAPPY, Mood.SAD]),
        st.sampled_from(Reaction),
        st.floats(0, 1),
        st.floats(-1e7, 1e5),
    ),
    max_size=10,
)
WISHES = st.builds(
    Wish,
    mood=st.sampled_from(Mood),
    goal=st.none() | st.builds(Point, axis, axis),
    aim=st.sampled_from(["", "lift sad, step 1"]),
    way=st.sampled_from(Way),
    decades=st.sampled_from([(), (1980,), (1990, 2000)]),
    genres=st.sampled_from([(), ("rock",), ("polka",)]),
    only=st.none() | st.frozensets(names),
    face=st.none() | st.just(Scores.from_mapping({"happy": 1.0})),
)
LIMITS = st.builds(
    ChoiceSettings,
    st.floats(0, 48),
    st.integers(0, 5),
    st.integers(0, 3),
    st.integers(1, 20),
    st.integers(1, 9),
)


def chosen(
    tracks: list[Track],
    wish: Wish,
    history: list[Played],
    opinions: list[Opinion],
    limits: ChoiceSettings,
) -> Choice | None:
    """One choice at time 0, with vectors."""
    shelf = Shelf.of(tracks, sectors=True)
    return choose(shelf, wish, History(history), Taste(opinions), limits, 0.0, Random(1))


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(TRACKS, WISHES, HISTORIES, OPINIONS, LIMITS)
def test_something_is_always_found_and_told_in_one_line(
    tracks: list[Track],
    wish: Wish,
    history: list[Played],
    opinions: list[Opinion],
    limits: ChoiceSettings,
) -> None:
    found = chosen(tracks, wish, history, opinions, limits)
    assert found is not None
    assert found.track in tracks
    assert 0 < len(found.why) <= 200
    assert "\n" not in found.why


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(TRACKS, WISHES, HISTORIES, OPINIONS, LIMITS, st.randoms(use_true_random=False))
def test_the_order_of_the_library_changes_no_choice(
    tracks: list[Track],
    wish: Wish,
    history: list[Played],
    opinions: list[Opinion],
    limits: ChoiceSettings,
    mixer: Random,
) -> None:
    mixed = mixer.sample(tracks, len(tracks))
    rest = (wish, history, opinions, limits)
    assert chosen(tracks, *rest) == chosen(mixed, *rest)


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(TRACKS, WISHES, HISTORIES, OPINIONS, LIMITS)
def test_no_track_comes_again_while_a_fresh_one_fits(
    tracks: list[Track],
    wish: Wish,
    history: list[Played],
    opinions: list[Opinion],
    limits: ChoiceSettings,
) -> None:
    shelf = Shelf.of(tracks, sectors=True)
    offsets = shelf.column(Taste(opinions).offsets(wish.mood, 0.0))
    last = {one.uri: abs(one.time_s) for one in history}
    limit_s = limits.no_repeat_hours * 3600
    fits = {tracks_uri(shelf, row) for row in fitting(shelf, wish, offsets).rows.tolist()}
    fresh = {uri for uri in fits if uri not in last or last[uri] >= limit_s}
    found = chosen(tracks, wish, history, opinions, limits)
    assert found is not None
    assert found.track.uri in (fresh or fits)


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(TRACKS, WISHES, OPINIONS)
def test_a_disliked_track_comes_only_from_a_library_of_disliked_tracks(
    tracks: list[Track], wish: Wish, opinions: list[Opinion]
) -> None:
    offsets = Taste(opinions).offsets(wish.mood, 0.0)
    disliked = {
        track.uri
        for track in tracks
        if track.counts.like == 0 or offsets.get(track.uri, 0.0) <= REFUSED
    }
    found = chosen(tracks, wish, [], opinions, ChoiceSettings(24, 3))
    assert found is not None
    assert found.track.uri not in disliked or len(disliked) == len(tracks)


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(TRACKS)
def test_a_library_is_played_through_before_anything_comes_twice(tracks: list[Track]) -> None:
    tracks = [replace(track, counts=TrackCounts()) for track in tracks]
    listener = Listener(tracks, wish=replace(HAPPY, goal=None))
    assert len(set(listener.uris(len(tracks)))) == len(tracks)


def tracks_uri(shelf: Shelf, row: int) -> str:
    """The uri of the track in a row."""
    return shelf.tracks[row].uri
