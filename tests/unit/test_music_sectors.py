"""The eight sectors of a place, and what is made of them."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest

from moodspeaker.music.fusion import Place
from moodspeaker.music.plane import EMOTION_POINTS, Point
from moodspeaker.music.sectors import (
    AROUND,
    NEUTRAL_RADIUS,
    Sector,
    SectorVector,
    cosines,
    emotion_shares,
    erfc,
    face_vector,
    sector_vector,
    sector_vectors,
    unit,
)
from moodspeaker.music.words import word_point
from moodspeaker.types import Emotion, Scores


def place(
    valence: float, arousal: float, valence_sd: float = 0.25, arousal_sd: float = 0.25
) -> Place:
    """A place on the plane, whatever it rests on."""
    return Place(valence, arousal, valence_sd, arousal_sd, ())


def at(point: Point) -> Place:
    """The place of a point."""
    return place(point.valence, point.arousal)


ANYWHERE = [
    place(0.0, 0.0),
    place(0.8, 0.35, 0.15, 0.15),
    place(-0.3, 0.2, 0.4, 0.25),
    place(1.0, 1.0, 0.01, 0.01),
    place(-1.0, 0.0, 0.6, 0.05),
    place(0.1, 0.0, 0.0, 0.0),
]


@pytest.mark.parametrize("where", ANYWHERE)
def test_shares_sum_to_one_and_none_is_negative(where: Place) -> None:
    vector = sector_vector(where)
    assert len(vector) == len(Sector)
    assert math.fsum(vector) == pytest.approx(1)
    assert min(vector) >= 0


def test_the_vector_is_the_share_of_draws_in_each_sector() -> None:
    where, rng, draws = place(0.3, -0.2, 0.4, 0.25), Random(1), 20_000
    counts = [0] * len(Sector)
    for _ in range(draws):
        v, a = rng.gauss(0.3, 0.4), rng.gauss(-0.2, 0.25)
        inside = math.hypot(v, a) < NEUTRAL_RADIUS
        counts[AROUND if inside else int(math.atan2(a, v) % math.tau // (math.tau / AROUND))] += 1
    assert sector_vector(where) == pytest.approx([n / draws for n in counts], abs=0.012)


def test_in_the_middle_all_eight_are_alike_and_the_rest_is_as_in_closed_form() -> None:
    *around, neutral = sector_vector(place(0, 0, 0.3, 0.3))
    assert around == pytest.approx([around[0]] * AROUND)
    assert neutral == pytest.approx(1 - math.exp(-(NEUTRAL_RADIUS**2) / (2 * 0.3**2)))


def test_a_mirrored_place_has_the_mirrored_vector() -> None:
    *around, neutral = sector_vector(place(0.5, 0.2, 0.3, 0.2))
    *mirrored, same = sector_vector(place(-0.5, 0.2, 0.3, 0.2))
    assert mirrored[:4] == pytest.approx(around[3::-1])
    assert mirrored[4:] == pytest.approx(around[:3:-1])
    assert same == pytest.approx(neutral)


@pytest.mark.parametrize("number", range(AROUND))
def test_a_certain_place_lies_in_one_sector(number: int) -> None:
    angle = math.tau / AROUND * (number + 0.5)
    where = place(0.8 * math.cos(angle), 0.8 * math.sin(angle), 0.05, 0.05)
    assert sector_vector(where)[number] > 0.999


@pytest.mark.parametrize("sector", [sector for sector in Sector if sector is not Sector.NEUTRAL])
def test_each_sectors_own_word_lies_in_it(sector: Sector) -> None:
    point = word_point(sector.value)
    assert point is not None
    assert top_sector(sector_vector(at(point))) is sector


def top_sector(vector: SectorVector) -> Sector:
    """The one with the largest share."""
    return max(zip(Sector, vector, strict=True), key=lambda pair: pair[1])[0]


def test_a_certain_place_near_the_middle_is_neutral() -> None:
    assert top_sector(sector_vector(place(0.1, 0.1, 0.05, 0.05))) is Sector.NEUTRAL


def test_the_cosine_is_one_with_itself_and_nothing_with_what_has_nothing_in_common() -> None:
    found = cosines((0.6, 0.2, 0.0), unit(np.array([[6.0, 2.0, 0.0], [0.0, 0.0, 1.0]])))
    assert found.tolist() == pytest.approx([1, 0])


def test_a_face_of_one_emotion_is_most_like_its_tracks() -> None:
    vectors = np.array([sector_vector(at(EMOTION_POINTS[emotion])) for emotion in Emotion])
    alike = cosines(face_vector(Scores.from_mapping({"sad": 15})), unit(vectors))
    assert list(Emotion)[alike.argmax()] is Emotion.SAD


def test_the_error_function_is_right_to_2e_7() -> None:
    values = np.linspace(-6, 6, 4001)
    exact = [math.erfc(value) for value in values]
    assert np.abs(erfc(values) - exact).max() < 2e-7


def test_many_places_have_the_vectors_of_each_by_itself() -> None:
    rng = np.random.default_rng(1)
    places = rng.uniform(-1, 1, (300, 4))
    places[:, 2:] = np.abs(places[:, 2:])
    places[200:] = places[:100]
    each = [sector_vector(Place(*row, sources=())) for row in places.tolist()]
    np.testing.assert_allclose(sector_vectors(places), each, atol=1e-12)


def test_no_places_have_no_vectors() -> None:
    assert sector_vectors(np.empty((0, 4))).shape == (0, len(Sector))


def test_a_face_vector_sums_to_one_whatever_its_counts() -> None:
    assert math.fsum(face_vector(Scores.from_mapping({"sad": 2, "neutral": 13}))) == pytest.approx(
        1
    )


@pytest.mark.parametrize("emotion", [Emotion.HAPPY, Emotion.SURPRISE, Emotion.SAD, Emotion.NEUTRAL])
def test_an_emotions_own_point_expresses_it_most(emotion: Emotion) -> None:
    shares = emotion_shares(at(EMOTION_POINTS[emotion]))
    assert shares.ranked()[0] is emotion
    assert math.fsum(shares.values) == pytest.approx(1)


def test_an_uncertain_place_expresses_a_little_of_everything() -> None:
    assert min(emotion_shares(place(0.1, 0.0, 0.6, 0.6)).values) > 0.05


def test_the_farthest_corner_still_has_shares() -> None:
    assert math.fsum(emotion_shares(place(1, -1, 0.0, 0.0)).values) == pytest.approx(1)
