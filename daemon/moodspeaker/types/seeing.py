"""What the camera sees, and the mood that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types.emotions import Mood, Scores


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the picture it was found in; x to the right, y down."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y) of the middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def scaled(self, factor: float) -> Box:
        """The same place in a picture `factor` times as large."""
        return Box(self.x * factor, self.y * factor, self.width * factor, self.height * factor)


@dataclass(frozen=True, slots=True)
class Face:
    """A face that a detector found.

    `score` is the detector's own confidence, 0..1. `eyes` are the points of the eye on the
    picture's left and right, where the detector gives them.
    """

    box: Box
    score: float
    eyes: tuple[tuple[float, float], tuple[float, float]] | None = None


class Hindrance(StrEnum):
    """What makes a face hard to read; the worst of several."""

    SMALL = "too small"
    DARK = "too dark"
    BRIGHT = "too bright"
    BLURRED = "blurred"
    TURNED = "turned away"


class Trouble(StrEnum):
    """What is wrong with the picture as a whole, in a person's words."""

    DARK = "too dark to see a face"
    BRIGHT = "too bright to see a face"
    COVERED = "lens covered: the picture is one even grey"
    FROZEN = "frozen picture: nothing in it changes any more"
    BROKEN = "broken picture: a part of it is missing"


@dataclass(frozen=True, slots=True)
class FaceReading:
    """A face with what was read from it.

    `quality` 0..1 says how far to trust it, `hindrance` what lowers it most, None for nothing.
    """

    face: Face
    scores: Scores
    quality: float
    hindrance: Hindrance | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What vision saw in one frame.

    `time_s` is the camera's clock, in seconds from any fixed point. `scores` are the chosen
    face's, None when no face was found. `readings` holds every face, the chosen one first.
    `points` are (valence, arousal) of each emotion, in `Emotion` order, by the model's manifest;
    empty when it is not told. `trouble` has lasted for seconds. `repeated` is true where nothing
    moved since the frame before, and nothing was looked for. `size` is (width, height) of the
    picture that boxes are in, pixels.
    """

    time_s: float
    faces: int
    scores: Scores | None
    quality: float = 1.0
    readings: tuple[FaceReading, ...] = ()
    latency_ms: float = 0.0
    points: tuple[tuple[float, float], ...] = ()
    hindrance: Hindrance | None = None
    trouble: Trouble | None = None
    repeated: bool = False
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The mood now, and why.

    `confidence` is the smoothed probability of `mood` (0 when it is no emotion), `scores` the
    smoothed probabilities, None when nothing is known. `changed` is true for the one decision
    that put a new mood in force.
    """

    mood: Mood
    confidence: float
    scores: Scores | None
    reason: str
    changed: bool = False
