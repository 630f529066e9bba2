"""What counts as a reading, by rule: whatever a camera, a model or a log may send."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from moodspeaker.types import EMOTION_INDEX, Emotion, Scores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.types import Observation

CONTEMPT = "contempt"
LEAST_QUALITY = 0.2
"""A poorer face is a guess, and many guesses in a dark hour would add up to a belief."""

Merges = tuple[tuple[Emotion, Emotion], ...]


def usable(scores: Scores | None, merges: Merges = ()) -> tuple[float, ...] | None:
    """Probabilities that sum to 1, in `Emotion` order, merged.

    None for no scores, for NaN, infinite, negative or all-zero ones.
    """
    if scores is None:
        return None
    values = scores.values
    total = sum(values)
    # NaN fails the comparison, as infinity does.
    if not 0 < total < math.inf or min(values) < 0:
        return None
    if abs(total - 1) > 1e-9:
        values = tuple([p / total for p in values])
    return merged(values, merges) if merges else values


def merged(values: tuple[float, ...], merges: Merges) -> tuple[float, ...]:
    """Shares moved from one emotion to another."""
    shares = list(values)
    for source, target in merges:
        shares[EMOTION_INDEX[target]] += values[EMOTION_INDEX[source]]
        shares[EMOTION_INDEX[source]] -= values[EMOTION_INDEX[source]]
    return tuple(shares)


def scores_of(labels: Mapping[str, float]) -> Scores:
    """Scores from {label: p} that others wrote.

    Contempt goes to neutral; a label that nobody knows counts for nothing, and so does one
    that is left out.
    """
    shares = Scores.from_mapping(labels)
    contempt = float(labels.get(CONTEMPT, 0.0))
    values = list(shares.values)
    values[EMOTION_INDEX[Emotion.NEUTRAL]] += contempt
    return Scores(tuple(values))


def quality_of(observation: Observation) -> float:
    """The observation's quality, 0..1; what is not a number is none."""
    quality = observation.quality
    if not quality > 0:  # NaN fails every comparison
        return 0.0
    return quality if quality < 1 else 1.0


def weight_of(observation: Observation) -> float:
    """How much the observation counts, 0..1: its quality, nothing below `LEAST_QUALITY`."""
    quality = quality_of(observation)
    return quality if quality >= LEAST_QUALITY else 0.0
