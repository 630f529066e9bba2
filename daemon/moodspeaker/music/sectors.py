"""A place on the plane as shares of eight moods around its middle, for explaining and filtering.

For choosing tracks, distance in the plane is better: by cosine, all mostly neutral faces get the
same songs.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from moodspeaker.music.fusion import Place
from moodspeaker.music.plane import EMOTION_POINTS
from moodspeaker.types import Emotion, Scores

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moodspeaker.music.plane import Point

T = TypeVar("T")
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


def sector_vector(place: Place) -> SectorVector:
    """How much of the place's probability lies in each sector; near the middle it is neutral."""
    step = 2 * math.pi / (AROUND * RAYS)
    rays = [mass_along(place, (n + 0.5) * step) * step for n in range(AROUND * RAYS)]
    sectors = [math.fsum(rays[n * RAYS : (n + 1) * RAYS]) for n in range(AROUND)]
    shares = [*sectors, max(0.0, 1.0 - math.fsum(sectors))]
    total = math.fsum(shares)
    return tuple(share / total for share in shares)


def top_sector(vector: SectorVector) -> Sector:
    """The sector with the largest share; of equal ones the first."""
    return max(zip(Sector, vector, strict=True), key=lambda pair: pair[1])[0]


def face_vector(shares: Scores) -> SectorVector:
    """The sectors of a face over a while, 15 s say: those of each emotion by its share."""
    total = math.fsum(shares.values) or 1.0
    pairs = [(shares[emotion] / total, EMOTION_VECTORS[emotion]) for emotion in Emotion]
    return tuple(math.fsum(share * vector[n] for share, vector in pairs) for n in range(AROUND + 1))


def cosine(one: SectorVector, other: SectorVector) -> float:
    """0 for nothing in common, 1 for the same proportions; 0 with a vector of zeros."""
    length = math.hypot(*one) * math.hypot(*other)
    return math.fsum(a * b for a, b in zip(one, other, strict=True)) / length if length else 0.0


def nearest_by_cosine(
    vector: SectorVector, tracks: Iterable[tuple[T, SectorVector]], n: int = 5
) -> tuple[T, ...]:
    """The `n` most alike of (track, vector), best first; equal ones in the order given."""
    alike = sorted(tracks, key=lambda pair: -cosine(vector, pair[1]))
    return tuple(track for track, _ in alike[:n])


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


def mass_along(place: Place, angle: float) -> float:
    """Probability for each radian in this direction, beyond the neutral radius.

    Along a ray a normal density is normal again, about `middle`, with precision `sharpness`, so
    the integral of radius times density has a closed form.
    """
    valence_sd = max(place.valence_sd, SHARPEST_SD)
    arousal_sd = max(place.arousal_sd, SHARPEST_SD)
    cos, sin = math.cos(angle), math.sin(angle)
    sharpness = (cos / valence_sd) ** 2 + (sin / arousal_sd) ** 2
    along = cos * place.valence / valence_sd**2 + sin * place.arousal / arousal_sd**2
    middle = along / sharpness
    beside = (place.valence / valence_sd) ** 2 + (place.arousal / arousal_sd) ** 2 - along * middle
    start = NEUTRAL_RADIUS - middle
    near = math.exp(-sharpness * start**2 / 2) / sharpness
    far = math.sqrt(math.pi / (2 * sharpness)) * math.erfc(start * math.sqrt(sharpness / 2))
    scale = math.exp(-max(0.0, beside) / 2) / (2 * math.pi * valence_sd * arousal_sd)
    return max(0.0, scale * (near + middle * far))


def sharp_vector(point: Point) -> SectorVector:
    """The sectors of a point that is known as well as a face's."""
    return sector_vector(Place(point.valence, point.arousal, FACE_SD, FACE_SD, ()))


EMOTION_VECTORS = {emotion: sharp_vector(EMOTION_POINTS[emotion]) for emotion in Emotion}
