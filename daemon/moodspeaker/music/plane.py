"""The valence-arousal plane, both axes -1..1, on which faces and tracks lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the plane; `sd` is its uncertainty, the same on both axes."""

    valence: float
    arousal: float
    sd: float = 0.0

    def distance(self, other: Point) -> float:
        """As the crow flies, uncertainty left aside."""
        return math.hypot(self.valence - other.valence, self.arousal - other.arousal)

    def towards(self, goal: Point, share: float) -> Point:
        """The place `share` (0..1) of the way to `goal`."""
        return Point(
            self.valence + share * (goal.valence - self.valence),
            self.arousal + share * (goal.arousal - self.arousal),
        )


EMOTION_POINTS = {
    Emotion.HAPPY: Point(0.80, 0.35),
    Emotion.SURPRISE: Point(0.20, 0.75),
    Emotion.ANGRY: Point(-0.60, 0.65),
    Emotion.FEAR: Point(-0.60, 0.60),
    Emotion.DISGUST: Point(-0.60, 0.30),
    Emotion.SAD: Point(-0.65, -0.40),
    Emotion.NEUTRAL: Point(0.0, 0.0),
}
CALM = Point(0.4, -0.5)
UPLIFTED = Point(0.6, 0.3)
LIBRARY_CENTRE = Point(0.1, 0.0, sd=0.60)
"""Where a track of which nothing is known is taken to be."""


def middle(points: Iterable[Point], sd: float) -> Point:
    """The mean of at least one point, with `sd` as its uncertainty."""
    all_points = list(points)
    return Point(
        math.fsum(p.valence for p in all_points) / len(all_points),
        math.fsum(p.arousal for p in all_points) / len(all_points),
        sd,
    )
