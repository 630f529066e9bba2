"""From a mood to what the next tracks should feel like."""

from __future__ import annotations

from enum import StrEnum

from moodspeaker.music.plane import CALM, EMOTION_POINTS, UPLIFTED, Point
from moodspeaker.types import Emotion

LIFT_STEPS = 3


class Policy(StrEnum):
    """What the music does with a mood."""

    MATCH = "match"
    LIFT = "lift"
    CALM = "calm"
    KEEP = "keep"


def target(policy: Policy, emotion: Emotion, step: int) -> Point | None:
    """Where the track number `step` (from 0) since this mood began should lie.

    match stays where the listener is; lift and calm start there and go to their goal in small
    steps; lift leaves a listener who is well where he is. None for keep: no wish.
    """
    here = EMOTION_POINTS[emotion]
    if policy is Policy.KEEP:
        return None
    if policy is Policy.LIFT and here.valence < 0:
        return here.towards(UPLIFTED, min(1.0, step / LIFT_STEPS))
    if policy is Policy.CALM:
        return here.towards(CALM, min(1.0, step / LIFT_STEPS))
    return here
