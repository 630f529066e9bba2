"""Whose face counts, and that it stays the same one from frame to frame."""

from __future__ import annotations

import math
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from moodspeaker.types import Emotion, Scores

if TYPE_CHECKING:
    from moodspeaker.types import Box, FaceReading, Observation

SAME_OVERLAP = 0.3
"""Boxes of two frames that share more of their union are the same face."""
MISSED_S = 1.5
"""A face that is not seen for longer has gone; until then nobody else takes its place."""
TAKE_OVER_S = 3.0
"""How long another face must be the better one before it is the one that counts."""
BETTER = 1.25
"""By which factor it must be: two people side by side are of one size, more or less."""
LEAST = 1e-3


class FacePolicy(StrEnum):
    """Whose face counts where there are several."""

    LARGEST = "largest"
    NEAREST_CENTRE = "nearest_centre"
    ONLY_ONE = "only_one"
    MEAN = "mean"
    MAJORITY = "majority"
    HAPPIEST = "happiest"


class FaceChooser:
    """Keeps to one face by the overlap of its boxes, so that two people do not alternate.

    `mean` and `majority` take all faces together, `only_one` none where there are more.
    """

    def __init__(self, policy: FacePolicy) -> None:
        self._policy = policy
        self._known: Box | None = None
        self._seen_s = 0.0
        self._rival: Box | None = None
        self._rival_since_s = 0.0

    def choose(self, observation: Observation) -> Observation:
        """The same with scores, quality and hindrance of whoever counts, and them first.

        No scores where nobody does. One without `readings` stays as it is.
        """
        readings = observation.readings
        if not readings:
            return observation
        if self._policy in (FacePolicy.MEAN, FacePolicy.MAJORITY):
            return together(observation, self._policy)
        if self._policy is FacePolicy.ONLY_ONE and len(readings) > 1:
            self._known = None
            return replace(observation, scores=None, quality=0.0, hindrance=None)
        chosen = self._follow(observation)
        if chosen is None:
            return replace(observation, scores=None, quality=0.0, hindrance=None)
        if chosen is readings[0]:
            return observation
        others = tuple(reading for reading in readings if reading is not chosen)
        return replace(
            observation,
            scores=chosen.scores,
            quality=chosen.quality,
            hindrance=chosen.hindrance,
            readings=(chosen, *others),
        )

    def _follow(self, observation: Observation) -> FaceReading | None:
        """The face that counts; None while the known one may only have been missed."""
        now_s, readings = observation.time_s, observation.readings
        known = same_face(self._known, readings)
        if known is None and self._known is not None and 0 <= now_s - self._seen_s <= MISSED_S:
            return None
        if known is not None:
            self._known, self._seen_s = known.face.box, now_s
            if len(readings) == 1:
                self._rival = None
                return known
        best = max(readings, key=lambda reading: self._worth(reading, observation))
        if known is None:
            return self._take(best, now_s)
        lead = self._worth(best, observation) / self._worth(known, observation)
        if best is known or lead < BETTER:
            self._rival = None
            return known
        return self._take(best, now_s) if self._outlasted(best, now_s) else known

    def _take(self, reading: FaceReading, now_s: float) -> FaceReading:
        self._known, self._seen_s, self._rival = reading.face.box, now_s, None
        return reading

    def _outlasted(self, best: FaceReading, now_s: float) -> bool:
        """Whether the same other face has been the better one for long enough."""
        if same_face(self._rival, (best,)) is None or now_s < self._rival_since_s:
            self._rival_since_s = now_s
        self._rival = best.face.box
        return now_s - self._rival_since_s >= TAKE_OVER_S

    def _worth(self, reading: FaceReading, observation: Observation) -> float:
        """What the policy prefers; above 0, more is better."""
        box = reading.face.box
        if self._policy is FacePolicy.HAPPIEST:
            return LEAST + reading.scores[Emotion.HAPPY]
        if self._policy is FacePolicy.NEAREST_CENTRE and observation.size is not None:
            width, height = observation.size
            x, y = box.centre
            return 1 / (
                LEAST + math.hypot(x - width / 2, y - height / 2) / math.hypot(width, height)
            )
        return LEAST + box.area


def same_face(box: Box | None, readings: tuple[FaceReading, ...]) -> FaceReading | None:
    """The reading that overlaps `box` most, if it is the same face."""
    if box is None:
        return None
    overlaps = [overlap(box, reading.face.box) for reading in readings]
    largest = max(overlaps)
    return readings[overlaps.index(largest)] if largest > SAME_OVERLAP else None


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0..1."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0.0, width) * max(0.0, height)
    whole = one.area + other.area - shared
    return shared / whole if whole > 0 else 0.0


def together(observation: Observation, policy: FacePolicy) -> Observation:
    """Everybody's scores as one, weighted by quality; for a majority only those who lead.

    The quality is that of the best face.
    """
    counted = tuple(reading for reading in observation.readings if reading.quality > 0)
    if policy is FacePolicy.MAJORITY and counted:
        leader = leading_emotion(counted)
        counted = tuple(r for r in counted if r.scores.ranked()[0] is leader)
    if not counted:
        return replace(observation, scores=None, quality=0.0)
    total = math.fsum(reading.quality for reading in counted)
    mean = tuple(
        math.fsum(r.quality * r.scores[emotion] for r in counted) / total for emotion in Emotion
    )
    return replace(
        observation, scores=Scores(mean), quality=max(reading.quality for reading in counted)
    )


def leading_emotion(readings: tuple[FaceReading, ...]) -> Emotion:
    """The emotion that most quality leads to."""
    votes = dict.fromkeys(Emotion, 0.0)
    for reading in readings:
        votes[reading.scores.ranked()[0]] += reading.quality
    return max(votes, key=lambda emotion: votes[emotion])
