"""A hidden Markov model of moods: they stay for minutes, readings of them are often wrong."""

from __future__ import annotations

import math
from operator import sub
from typing import TYPE_CHECKING

from moodspeaker.mood.smoothing import evidence_s
from moodspeaker.types import EMOTION_INDEX, Emotion

if TYPE_CHECKING:
    from moodspeaker.mood.evidence import Merges
    from moodspeaker.mood.settings import MoodSettings

EVEN = (1 / len(Emotion),) * len(Emotion)
SMALLEST = 1e-9
OTHER_READING = 0.6
"""Readings that differ by more (the sum of all differences, 0..2) are different evidence."""
MISTAKEN = (
    (Emotion.DISGUST, Emotion.ANGRY, 0.4),
    (Emotion.FEAR, Emotion.SURPRISE, 0.2),
    (Emotion.SAD, Emotion.NEUTRAL, 0.2),
)
"""(what is there, what it is read as instead, in which share of faces), about as the shipped model
does on faces that did not train it. Without it a run of such errors drives the right mood out."""
ERRORS = 5.0
"""So many errors of readings fit into `smoothing_s`, which then calms about as plain smoothing."""
MOST_AT_ONCE = 20.0
"""As how many readings one frame counts at most: with the shortest smoothing powers get large."""
FADING = 0.5
"""How fast a reading that stays the same loses its worth."""
FAINTEST = 2.5
"""By how much it can at most; a face that keeps still is to be believed some day."""


class BeliefFilter:
    """The probability of each mood, given all readings so far (the forward algorithm).

    A reading speaks for a mood by how far its probability exceeds what is read by chance
    (`priors`), and for moods that are often `MISTAKEN` for it; a share `distrust` of all readings
    is held to be about nothing. Errors of neighbouring frames are the same error: a reading counts
    as one only after `smoothing_s`, and the longer it stays unchanged the less each further second
    of it counts, for it may be one long error.
    """

    def __init__(self) -> None:
        self._belief = EVEN
        self._anchor = EVEN
        self._same_s = 0.0
        self._empty = True
        self._settings: MoodSettings | None = None
        self._priors = EVEN
        self._mistaken = mistaken_places(())

    def add(
        self, gap_s: float, reading: tuple[float, ...], weight: float, settings: MoodSettings
    ) -> None:
        """One reading, `gap_s` after the last; `weight` 0..1."""
        if settings is not self._settings:
            self._settings = settings
            self._priors = shares_at_large(settings.priors, settings.merges)
            self._mistaken = mistaken_places(settings.merges)
        self._note_same(gap_s, reading)
        once_s = settings.smoothing_s / ERRORS
        counted_s = min(once_s + FADING * self._same_s, FAINTEST * once_s)
        worth = min(weight * evidence_s(gap_s) / counted_s, MOST_AT_ONCE)
        stay = math.exp(-gap_s / settings.stay_s)
        drift = (1 - stay) / len(EVEN) + SMALLEST
        distrust = settings.distrust
        trust = 1 - distrust
        excess = [p / prior for p, prior in zip(reading, self._priors, strict=True)]
        for place, other, share in self._mistaken:
            excess[place] += share * (excess[other] - excess[place])
        joint = [
            (stay * old + drift) * (trust * ratio + distrust) ** worth
            for old, ratio in zip(self._belief, excess, strict=True)
        ]
        total = sum(joint)
        self._belief = tuple([value / total for value in joint])
        self._empty = False

    def _note_same(self, gap_s: float, reading: tuple[float, ...]) -> None:
        """How long readings have been much like the first of their kind."""
        change = sum(map(abs, map(sub, reading, self._anchor)))
        if change > OTHER_READING:
            self._anchor, self._same_s = reading, 0.0
        else:
            self._same_s += gap_s

    def belief(self) -> tuple[float, ...] | None:
        """Probabilities of the moods; None before anything was added."""
        return None if self._empty else self._belief

    def forget(self) -> None:
        """As if nothing had been seen."""
        self._belief = self._anchor = EVEN
        self._same_s, self._empty = 0.0, True


def mistaken_places(merges: Merges) -> tuple[tuple[int, int, float], ...]:
    """`MISTAKEN` by place in `Emotion` order, without what is merged away."""
    gone = {source for source, _ in merges}
    return tuple(
        (EMOTION_INDEX[emotion], EMOTION_INDEX[other], share)
        for emotion, other, share in MISTAKEN
        if not {emotion, other} & gone
    )


def shares_at_large(priors: tuple[float, ...], merges: Merges) -> tuple[float, ...]:
    """`priors` as shares of 1; what others count as has theirs too.

    What is merged away keeps its own, which nothing is read for any more.
    """
    shares = list(priors)
    for source, target in merges:
        shares[EMOTION_INDEX[target]] += priors[EMOTION_INDEX[source]]
    total = sum(priors)
    return tuple([share / total for share in shares])
