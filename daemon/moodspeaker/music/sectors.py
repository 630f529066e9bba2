"""A place on the plane as shares of eight moods around its middle, for explaining and filtering.

For choosing tracks, distance in the plane is better: by cosine, all mostly neutral faces get the
same songs.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moodspeaker.music.fusion import Place
from moodspeaker.music.plane import EMOTION_POINTS
from moodspeaker.types import Emotion, Scores

if TYPE_CHECKING:
    from moodspeaker.music.plane import Point

Columns = NDArray[np.float64]
SectorVector = tuple[float, ...]
"""A share for each `Sector`, in its order, summing to 1."""

NEUTRAL_RADIUS = 0.25
RAYS = 16
"""Directions that are looked into in each sector."""
SHARPEST_SD = 0.05
"""Smaller uncertainties count as this: between two rays nothing may be lost."""
FACE_SD = 0.25
EMOTION_SD = 0.25
"""How far from an emotion's point a track still expresses it."""


class Sector(StrEnum):
    """The eight moods, 45 degrees each, against the clock from the valence axis; then the rest."""

    HAPPY = "happy"
    EXCITED = "excited"
    TENSE = "tense"
    FRUSTRATED = "frustrated"
    DEPRESSED = "depressed"
    TIRED = "tired"
    CALM = "calm"
    CONTENT = "content"
    NEUTRAL = "neutral"


AROUND = len(Sector) - 1
STEP = 2 * math.pi / (AROUND * RAYS)
ANGLES = (np.arange(AROUND * RAYS) + 0.5) * STEP
AT_ONCE = 256
"""Places that are worked out together: few enough for a processor's cache."""


def sector_vector(place: Place) -> SectorVector:
    """How much of the place's probability lies in each sector; near the middle it is neutral."""
    one = (place.valence, place.arousal, place.valence_sd, place.arousal_sd)
    return tuple(sector_vectors(np.array([one]))[0].tolist())


def sector_vectors(places: Columns) -> Columns:
    """The vectors of many places, (valence, arousal, their sds) a row; each sums to 1."""
    if not len(places):
        return np.empty((0, len(Sector)))
    # Libraries repeat themselves: one mood word, one place.
    distinct, which = np.unique(places, axis=0, return_inverse=True)
    parts = np.array_split(distinct, math.ceil(len(distinct) / AT_ONCE))
    vectors = np.concatenate([vectors_of(part) for part in parts])
    return np.asarray(vectors[which.reshape(-1)])


def vectors_of(places: Columns) -> Columns:
    """The vectors of a few places, as `sector_vectors` gives them."""
    sharp = places.copy()
    sharp[:, 2:] = np.maximum(sharp[:, 2:], SHARPEST_SD)
    rays = mass_along(sharp, ANGLES) * STEP
    sectors = rays.reshape(-1, AROUND, RAYS).sum(axis=2)
    rest = np.maximum(0.0, 1.0 - sectors.sum(axis=1, keepdims=True))
    shares = np.concatenate([sectors, rest], axis=1)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def face_vector(shares: Scores) -> SectorVector:
    """The sectors of a face over a while, 15 s say: those of each emotion by its share."""
    total = math.fsum(shares.values) or 1.0
    pairs = [(shares[emotion] / total, EMOTION_VECTORS[emotion]) for emotion in Emotion]
    return tuple(math.fsum(share * vector[n] for share, vector in pairs) for n in range(AROUND + 1))


def unit(vectors: Columns) -> Columns:
    """The rows at length 1; no row may be all zeros."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def cosines(vector: SectorVector, units: Columns) -> Columns:
    """To each row of `unit` vectors: 0 for nothing in common, 1 for the same proportions."""
    # Not by `@`: its threads take longer to wake up than this takes.
    return np.asarray(np.einsum("ij,j->i", units, unit(np.array([vector]))[0]))


def emotion_shares(place: Place) -> Scores:
    """How much of each emotion a track at this place expresses; `as_dict` is for an export."""
    nearness = [math.exp(-off_by(place, EMOTION_POINTS[emotion])) for emotion in Emotion]
    total = math.fsum(nearness)
    return Scores(tuple(value / total for value in nearness))


def off_by(place: Place, point: Point) -> float:
    """Half the squared distance in uncertainties; at most about 60, for it is on the plane."""
    valence = (place.valence - point.valence) ** 2 / (place.valence_sd**2 + EMOTION_SD**2)
    arousal = (place.arousal - point.arousal) ** 2 / (place.arousal_sd**2 + EMOTION_SD**2)
    return (valence + arousal) / 2


def mass_along(places: Columns, angles: Columns) -> Columns:
    """Probability for each radian in each direction, beyond the neutral radius.

    Along a ray a normal density is normal again, about `middle`, with precision `sharpness`, so
    the integral of radius times density has a closed form. Shape (places, angles).
    """
    valence, arousal, valence_sd, arousal_sd = places.T[:, :, None]
    cos, sin = np.cos(angles), np.sin(angles)
    sharpness = (cos / valence_sd) ** 2 + (sin / arousal_sd) ** 2
    along = cos * (valence / valence_sd**2) + sin * (arousal / arousal_sd**2)
    middle = along / sharpness
    beside = (valence / valence_sd) ** 2 + (arousal / arousal_sd) ** 2 - along * middle
    start = NEUTRAL_RADIUS - middle
    near = np.exp(-sharpness * start**2 / 2) / sharpness
    far = np.sqrt(np.pi / (2 * sharpness)) * erfc(start * np.sqrt(sharpness / 2))
    scale = np.exp(-np.maximum(0.0, beside) / 2) / (2 * np.pi * valence_sd * arousal_sd)
    return np.asarray(np.maximum(0.0, scale * (near + middle * far)))


def erfc(values: Columns) -> Columns:
    """The complementary error function to 2e-7 (Abramowitz and Stegun, 7.1.26)."""
    t = 1 / (1 + 0.3275911 * np.abs(values))
    series = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    tail = series * np.exp(-(values**2))
    return np.where(values < 0, 2 - tail, tail)


def sharp_vector(point: Point) -> SectorVector:
    """The sectors of a point that is known as well as a face's."""
    return sector_vector(Place(point.valence, point.arousal, FACE_SD, FACE_SD, ()))


EMOTION_VECTORS = {emotion: sharp_vector(EMOTION_POINTS[emotion]) for emotion in Emotion}
