"""Emotions and moods, and how probable each is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Emotion(StrEnum):
    """The seven emotions, in the order of `Scores.values`."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISE = "surprise"
    NEUTRAL = "neutral"


class Mood(StrEnum):
    """What the speaker says of the room: an emotion, or why there is none."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISE = "surprise"
    NEUTRAL = "neutral"
    UNSURE = "unsure"
    ABSENT = "absent"
    OFF = "off"

    @property
    def emotion(self) -> Emotion | None:
        """The emotion, or None for unsure, absent and off."""
        return None if self in (Mood.UNSURE, Mood.ABSENT, Mood.OFF) else Emotion(self.value)


class Source(StrEnum):
    """Who decided the mood."""

    CAMERA = "camera"
    MANUAL = "manual"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities of the seven emotions, in `Emotion` order, summing to 1."""

    values: tuple[float, ...]

    @classmethod
    def from_mapping(cls, shares: Mapping[str, float]) -> Scores:
        """Scores from {label: p}; a label that is left out counts as 0."""
        return cls(tuple(float(shares.get(emotion, 0.0)) for emotion in Emotion))

    def __getitem__(self, emotion: Emotion) -> float:
        return self.values[EMOTION_INDEX[emotion]]

    def ranked(self) -> tuple[Emotion, ...]:
        """The emotions, most probable first; ties in `Emotion` order."""
        return tuple(sorted(Emotion, key=lambda emotion: -self[emotion]))

    def as_dict(self) -> dict[str, float]:
        """{label: p}, for the JSON border."""
        return {emotion.value: p for emotion, p in zip(Emotion, self.values, strict=True)}


EMOTION_INDEX = {emotion: index for index, emotion in enumerate(Emotion)}
