"""Genres: their places, how they are written, and the presets."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from moodspeaker.music.genres import (
    GENRE_SD,
    GUESSED,
    MEASURED,
    POINTS,
    SYNONYMS,
    Preset,
    genre_name,
    genre_point,
    genres_for,
    read_genres,
    split_genres,
)
from moodspeaker.music.words import WORD_SD, read_words
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from moodspeaker.music.plane import Point

WRITTEN = {
    "hiphop": ("Hip Hop", "hip-hop", "HipHop"),
    "rnb": ("R&B", "r'n'b", "RnB", "Rhythm and Blues", "contemporary r & b"),
    "drumnbass": ("drum'n'bass", "Drum and Bass", "drum & bass", "DnB", "D&B"),
    "rocknroll": ("Rock and Roll", "rock 'n' roll", "rock\u2019n\u2019roll"),
    "electropop": ("K-Pop", "electro pop"),
    "metal": ("melodic death metal", "Metal (Finnish)", "thrash"),
    "jazz": ("vocal jazz", "Jazz Vocals"),
    "hardrock": ("classic hard rock",),
    "chillout": ("chill", "Chill-Out"),
    "lofi": ("lo-fi", "Lo Fi beats"),
    "chanson": ("Chanson fran\u00e7aise",),
    "pop": ("dance pop",),
}


@pytest.mark.parametrize(
    ("name", "phrase"), [(name, phrase) for name, many in WRITTEN.items() for phrase in many]
)
def test_a_genre_is_known_however_it_is_written(name: str, phrase: str) -> None:
    assert genre_name(phrase) == name


@pytest.mark.parametrize("phrase", ["", "wibble", "&", "folklore"])
def test_an_unknown_genre_has_no_name_and_no_place(phrase: str) -> None:
    assert genre_name(phrase) is None
    assert genre_point(phrase) is None


def test_genre_tags_split_at_the_usual_separators_but_not_at_an_ampersand() -> None:
    assert split_genres(["R&B/Soul", "Pop; soul"]) == ("r&b", "soul", "pop")


def test_several_genres_are_averaged_and_the_unknown_ones_told() -> None:
    read = read_genres(("disco", "metal", "wibble"))
    assert read.point is not None
    assert (read.point.valence, read.point.arousal) == pytest.approx((0.25, 0.45))
    assert read.point.sd == GENRE_SD
    assert read.unknown == ("wibble",)


def test_nothing_known_gives_no_place() -> None:
    assert read_genres(("wibble",)).point is None


def test_every_synonym_leads_to_a_genre_with_a_place() -> None:
    assert [word for word, name in SYNONYMS.items() if name not in POINTS] == []


def test_no_synonym_hides_a_genre_with_a_place_of_its_own() -> None:
    assert set(SYNONYMS) & set(POINTS) == set()


def test_no_genre_is_both_measured_and_guessed() -> None:
    assert set(MEASURED) & set(GUESSED) == set()


def test_measured_places_are_rounded_to_a_twentieth() -> None:
    axes = [axis for place in MEASURED.values() for axis in place]
    assert all(axis * 20 == pytest.approx(round(axis * 20)) for axis in axes)


@pytest.mark.parametrize("preset", Preset)
@pytest.mark.parametrize("emotion", Emotion)
def test_every_genre_of_a_preset_is_known(preset: Preset, emotion: Emotion) -> None:
    assert read_genres(genres_for(preset, emotion)).unknown == ()


def test_match_plays_metal_to_anger_and_soothe_calm_classical() -> None:
    assert genres_for(Preset.MATCH, Emotion.ANGRY) == ("rock", "metal")
    assert genres_for(Preset.SOOTHE, Emotion.ANGRY) == ("calm classical", "ambient")


def test_match_has_no_wish_for_disgust_and_soothe_has() -> None:
    assert genres_for(Preset.MATCH, Emotion.DISGUST) == ()
    assert genres_for(Preset.SOOTHE, Emotion.DISGUST) == ("jazz", "soul")


@pytest.mark.parametrize("emotion", [Emotion.HAPPY, Emotion.SURPRISE, Emotion.NEUTRAL])
def test_soothe_matches_those_who_need_no_soothing(emotion: Emotion) -> None:
    assert genres_for(Preset.SOOTHE, emotion) == genres_for(Preset.MATCH, emotion) != ()


@pytest.mark.parametrize("emotion", [Emotion.SAD, Emotion.ANGRY, Emotion.FEAR])
def test_soothe_differs_from_match_for_low_moods(emotion: Emotion) -> None:
    assert genres_for(Preset.SOOTHE, emotion) != genres_for(Preset.MATCH, emotion)


def test_measured_genres_lie_near_the_mean_of_their_tracks_mood_words(data_folder: Path) -> None:
    places: dict[str, list[Point]] = defaultdict(list)
    moods = tags_by_track(data_folder / "data" / "jamendo_moodtheme.tsv")
    genres = tags_by_track(data_folder / "data" / "jamendo_genre_train.tsv")
    for track, words in moods.items():
        point = read_words(words).point
        if point and point.sd == WORD_SD:
            for genre in genres.get(track, ()):
                places[genre].append(point)
    off = {
        name: math.dist(MEASURED[name], (mean(p.valence for p in ps), mean(p.arousal for p in ps)))
        for name, ps in places.items()
        if name in MEASURED and len(ps) >= 60
    }
    assert len(off) > 40
    assert max(off.values()) < 0.25
    assert mean(off.values()) < 0.08


def tags_by_track(path: Path) -> dict[str, tuple[str, ...]]:
    """{track: its tags without their kind} of one MTG-Jamendo table."""
    rows = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    return {row[0]: tuple(tag.split("---")[1] for tag in row[5:]) for row in rows}


def mean(values: Iterable[float]) -> float:
    """Of at least one."""
    found = list(values)
    return math.fsum(found) / len(found)
