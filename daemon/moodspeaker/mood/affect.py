"""The face on the valence-arousal plane."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types import Scores

ValenceArousal = tuple[float, float]


def point_of(scores: Scores, points: tuple[ValenceArousal, ...]) -> ValenceArousal:
    """The mean of the emotions' points, weighted by `scores`; both in `Emotion` order, -1..1."""
    pairs = list(zip(scores.values, points, strict=True))
    return sum(p * v for p, (v, _) in pairs), sum(p * a for p, (_, a) in pairs)


def intensity_of(point: ValenceArousal) -> float:
    """Distance from neutral, which lies in the middle: 0..sqrt 2."""
    return math.hypot(*point)
