"""The personal neutral: what a resting face scores, taken off everything that it scores later."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moodspeaker.errors import MoodspeakerError
from moodspeaker.types import EMOTION_INDEX, Emotion, Observation, Scores

LEAST_FRAMES = 10
LEAST_QUALITY = 0.5
LEAST_SHARE_SEEN = 0.5
LARGEST_SPREAD = 0.25
LARGEST_RESTING = 0.8
"""A face that shows one emotion above this does not rest; taking it off would leave nothing."""


class NotResting(MoodspeakerError):
    """The frames do not make a personal neutral; `remedy` says how to sit."""


@dataclass(frozen=True, slots=True)
class PersonalNeutral:
    """Mean scores of a resting face; `taken_at` is Unix time, `frames` how many made it."""

    resting: Scores
    taken_at: float
    frames: int


def relative(scores: Scores, resting: Scores) -> Scores:
    """`scores` as they differ from a resting face's.

    The resting face itself becomes all neutral; an emotion that is certain stays certain. What an
    emotion loses goes to neutral.
    """
    left = [
        0.0 if emotion is Emotion.NEUTRAL else above(scores[emotion], resting[emotion])
        for emotion in Emotion
    ]
    left[EMOTION_INDEX[Emotion.NEUTRAL]] = max(0.0, 1.0 - math.fsum(left))
    return Scores(tuple(left))


def above(p: float, rest: float) -> float:
    """`p` on a scale that begins at `rest`, 0..1."""
    return max(0.0, p - rest) / (1.0 - rest) if rest < 1.0 else 0.0


class NeutralCollector:
    """Takes the frames of somebody who rests their face before the camera."""

    def __init__(self) -> None:
        self._frames = 0
        self._crowded = 0
        self._good: list[Scores] = []

    def add(self, observation: Observation) -> None:
        """One more frame; those that show nothing readable count against it."""
        self._frames += 1
        if observation.faces > 1:
            self._crowded += 1
        elif observation.scores is not None and observation.quality >= LEAST_QUALITY:
            self._good.append(observation.scores)

    def result(self, taken_at: float) -> PersonalNeutral:
        """The mean of the good frames. Raises NotResting, which says why there is none."""
        self._check_enough()
        columns = list(zip(*(scores.values for scores in self._good), strict=True))
        mean = Scores(tuple(math.fsum(column) / len(column) for column in columns))
        self._check_rest(columns, mean)
        return PersonalNeutral(mean, taken_at, len(self._good))

    def _check_enough(self) -> None:
        seen = len(self._good)
        if self._crowded > seen:
            raise NotResting("more than one face was seen", "sit before the camera alone")
        if seen < LEAST_FRAMES or seen < LEAST_SHARE_SEEN * self._frames:
            raise NotResting(
                f"a clear face was seen in {seen} of {self._frames} frames, "
                f"needed {LEAST_FRAMES} and half of them",
                "sit in the light, facing the camera, within two metres",
            )

    def _check_rest(self, columns: list[tuple[float, ...]], mean: Scores) -> None:
        for emotion, column in zip(Emotion, columns, strict=True):
            centre = mean[emotion]
            spread = math.sqrt(math.fsum((p - centre) ** 2 for p in column) / len(column))
            if spread > LARGEST_SPREAD:
                raise NotResting(f"the face changed: {emotion} came and went", "rest your face")
            if emotion is not Emotion.NEUTRAL and centre > LARGEST_RESTING:
                raise NotResting(f"the face looked {emotion} ({centre:.2f})", "rest your face")
