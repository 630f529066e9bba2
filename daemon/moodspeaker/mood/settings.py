"""The numbers that steer the mood engine. Their defaults live in the config schema alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types import Emotion


class Aggregation(StrEnum):
    """How the readings of many frames become one belief."""

    HMM = "hmm"
    SMOOTHED = "smoothed"
    WINDOW_VECTOR = "window_vector"
    MAJORITY = "majority"


class Likeness(StrEnum):
    """How a vector of seconds is held against an emotion."""

    COSINE = "cosine"
    PLANE = "plane"


@dataclass(frozen=True, slots=True)
class MoodSettings:
    """See the section `mood` of the YAML file for each one's meaning.

    `priors`, `floors` and `points` (valence, arousal) are in `Emotion` order. `merges` holds
    (emotion, the one that its share goes to).
    """

    aggregation: Aggregation
    enter_threshold: float
    leave_threshold: float
    margin: float
    hold_s: float
    dwell_s: float
    smoothing_s: float
    window_s: float
    likeness: Likeness
    stay_s: float
    distrust: float
    priors: tuple[float, ...]
    floors: tuple[float, ...]
    merges: tuple[tuple[Emotion, Emotion], ...]
    points: tuple[tuple[float, float], ...]
    absence_s: float
    changes_per_hour: int
    wrong_s: float
