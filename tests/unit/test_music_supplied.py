"""Features that others have measured."""

from __future__ import annotations

import csv
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from moodspeaker.errors import LibraryError
from moodspeaker.music.plane import LIBRARY_CENTRE, Point
from moodspeaker.music.supplied import (
    SUPPLIED_SD,
    TYPICAL,
    Features,
    beets_point,
    features_of,
    picard_words,
    supplied_point,
)
from moodspeaker.music.words import read_words

if TYPE_CHECKING:
    from pathlib import Path

USUAL = Features(**{name: mean for name, (mean, _) in TYPICAL.items()})


def place(point: Point | None) -> tuple[float, float]:
    """(valence, arousal) of a point that must be there."""
    assert point is not None
    return point.valence, point.arousal


def test_valence_and_energy_alone_are_taken_as_they_are() -> None:
    point = supplied_point(Features(valence=0.9, energy=0.25))
    assert place(point) == pytest.approx((0.8, -0.5))
    assert point is not None
    assert point.sd == SUPPLIED_SD


def test_the_usual_song_lies_at_the_library_centre() -> None:
    point = supplied_point(USUAL)
    assert place(point) == pytest.approx((LIBRARY_CENTRE.valence, LIBRARY_CENTRE.arousal))
    assert point is not None
    assert point.sd == pytest.approx(SUPPLIED_SD)


@pytest.mark.parametrize("name", ["valence", "energy"])
def test_more_valence_or_energy_is_never_sadder_or_calmer(name: str) -> None:
    rows = [features_of({**usual_columns(), name: n / 10}) for n in range(11)]
    places = [place(supplied_point(row)) for row in rows]
    assert places == sorted(places)
    assert [a for _, a in places] == sorted(a for _, a in places)


def test_a_missing_column_counts_as_the_usual_one_but_less_certain() -> None:
    columns = {**usual_columns(), "valence": 0.9}
    whole, partly = features_of(columns), features_of({**columns, "speechiness": None})
    one, other = supplied_point(whole), supplied_point(partly)
    assert place(one) == pytest.approx(place(other))
    assert one is not None
    assert other is not None
    assert one.sd < other.sd < LIBRARY_CENTRE.sd


@pytest.mark.parametrize("features", [Features(), Features(liveness=0.9, instrumentalness=0.1)])
def test_columns_that_tell_nothing_of_mood_give_no_place(features: Features) -> None:
    assert supplied_point(features) is None


@pytest.mark.parametrize("name", ["speechiness", "danceability", "acousticness"])
def test_speech_dance_and_acoustic_songs_are_calmer_and_less_cheerful(name: str) -> None:
    usual = place(supplied_point(features_of(usual_columns())))
    more = place(supplied_point(features_of({**usual_columns(), name: 0.7})))
    assert more[0] < usual[0]
    assert more[1] < usual[1]


def test_one_odd_value_counts_three_spreads_at_most() -> None:
    mean, spread = TYPICAL["speechiness"]
    odd = features_of({**usual_columns(), "speechiness": 1.0})
    limit = features_of({**usual_columns(), "speechiness": mean + 3 * spread})
    assert place(supplied_point(odd)) == pytest.approx(place(supplied_point(limit)))


def test_the_place_stays_on_the_plane() -> None:
    loud = Features(1.0, 1.0, 0.0, 10.0, 400.0, 1.0, 0.0, 0.0)
    assert max(place(supplied_point(loud))) <= 1


@pytest.mark.parametrize("name", [f.name for f in fields(Features)])
@pytest.mark.parametrize("value", ["500", "-500", "nan", "inf", "loud"])
def test_a_value_out_of_range_is_refused_with_the_column_named(name: str, value: str) -> None:
    with pytest.raises(LibraryError, match=name):
        features_of({name: value})


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("valence", "1", "1.01"),
        ("energy", "0", "-0.01"),
        ("loudness", "-70", "-70.1"),
        ("tempo", "400", "400.1"),
        ("mode", "1", "0.5"),
    ],
)
def test_a_value_on_the_edge_is_good_and_one_beyond_is_not(name: str, good: str, bad: str) -> None:
    assert getattr(features_of({name: good}), name) == float(good)
    with pytest.raises(LibraryError, match=name):
        features_of({name: bad})


@pytest.mark.parametrize("nothing", ["", "  ", None])
def test_an_empty_column_is_missing(nothing: str | None) -> None:
    assert features_of({"valence": nothing, "artist": "x"}) == Features()


def test_tempo_zero_means_that_no_beat_was_found() -> None:
    assert features_of({"tempo": "0.0"}).tempo is None


def test_mode_zero_is_minor_and_not_missing() -> None:
    assert features_of({"mode": "0"}).mode == 0


def test_beets_happy_and_aggressive_tracks_lie_apart() -> None:
    happy = place(beets_point({"mood_happy": "0.9", "mood_aggressive": 0.1, "mood_sad": 0.1}))
    angry = place(beets_point({"mood_happy": "0.1", "mood_aggressive": 0.9, "mood_sad": 0.6}))
    assert happy[0] > 0.5 > -0.5 > angry[0]
    assert angry[1] > happy[1]


def test_beets_says_nothing_with_classifiers_that_do_not_know() -> None:
    unsure = dict.fromkeys(("mood_happy", "mood_sad", "mood_relaxed"), 0.5)
    assert place(beets_point(unsure)) == pytest.approx((0, 0.15))


def test_beets_attributes_without_a_mood_give_no_place() -> None:
    assert beets_point({"bpm": 120.0, "mood_acoustic": 0.9}) is None


def test_a_beets_attribute_out_of_range_is_named() -> None:
    with pytest.raises(LibraryError, match="mood_sad"):
        beets_point({"mood_sad": 1.5})


def test_picards_tags_give_the_probable_words() -> None:
    tags = [
        ("TXXX:ab:mood", "Party"),
        ("ab:hi:mood_happy:happy", "0.9"),
        ("ab:hi:mood_sad:sad", "0.5"),
        ("AB:HI:mood_relaxed:not_relaxed", "0.8"),
        ("ab:mood", "not_sad"),
        ("ab:hi:mood_aggressive", "0.7"),
        ("ab:hi:moods_mirex:cluster5", "0.6"),
        ("ab:hi:tonal_atonal:tonal", "0.9"),
        ("title", "happy"),
    ]
    words = picard_words(tags)
    assert words == ("party", "happy", "aggressive", "cluster5")
    assert read_words(words).unknown == ()


def test_more_columns_place_tracks_better_than_valence_and_energy(data_folder: Path) -> None:
    with (data_folder / "data" / "spotify_moods_686.csv").open(newline="") as file:
        rows = [(row["mood"], features_of(row)) for row in csv.DictReader(file)]
    pairs = [(mood, Features(valence=f.valence, energy=f.energy)) for mood, f in rows]
    every, pair = share_right(rows), share_right(pairs)
    print(f"in the editor's quadrant: {every:.3f} by all columns, {pair:.3f} by the pair")
    assert every > 0.84
    assert pair > 0.78


def share_right(rows: list[tuple[str, Features]]) -> float:
    """How many lie where the editor's mood puts them."""
    return sum(fits(mood, *place(supplied_point(f))) for mood, f in rows) / len(rows)


def fits(mood: str, valence: float, arousal: float) -> bool:
    """Whether a place suits the editor's mood; energetic music may have any valence."""
    right_arousal = arousal > 0 if mood in ("Happy", "Energetic") else arousal < 0
    right_valence = {"Happy": valence > 0, "Sad": valence < 0}.get(mood, True)
    return right_arousal and right_valence


def usual_columns() -> dict[str, float | None]:
    """The usual song as a row."""
    return {name: mean if name != "mode" else 1.0 for name, (mean, _) in TYPICAL.items()}
