"""The labels that models are trained on and measured by."""

from __future__ import annotations

from moodspeaker.types import Emotion

LABEL_SETS = ("fer", "ferplus")
CONTEMPT = "contempt"
# FER2013 numbers its seven labels in this order.
FER_LABELS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
# The order of the columns of ferplus_votes; `unknown` and `no face` follow.
FERPLUS_LABELS = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", CONTEMPT)
# What other data sets call them.
SYNONYMS = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
}

VALENCE_AROUSAL: dict[str, tuple[float, float]] = {
    Emotion.HAPPY: (0.80, 0.35),
    Emotion.SURPRISE: (0.20, 0.75),
    Emotion.ANGRY: (-0.60, 0.65),
    Emotion.FEAR: (-0.60, 0.60),
    Emotion.DISGUST: (-0.60, 0.30),
    Emotion.SAD: (-0.65, -0.40),
    Emotion.NEUTRAL: (0.0, 0.0),
    CONTEMPT: (-0.55, 0.20),
}


def names_of(label_set: str) -> tuple[str, ...]:
    """The labels of a model that is trained on `label_set`, in the order of its output."""
    return FER_LABELS if label_set == "fer" else FERPLUS_LABELS
