"""A detector and an emotion model that say what they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.types import Emotion, Scores

if TYPE_CHECKING:
    from moodspeaker.ports import GreyImage
    from moodspeaker.types import Face


class FakeDetector:
    """Implements ports.Detector."""

    def __init__(self, faces: tuple[Face, ...] = ()) -> None:
        self.faces = faces

    def detect(self, image: GreyImage) -> tuple[Face, ...]:
        """The faces it was given."""
        return self.faces


class FakeEmotionModel:
    """Implements ports.EmotionModel; remembers the faces that it was asked to look at."""

    points = tuple((0.0, 0.0) for _ in Emotion)

    def __init__(self, scores: Scores) -> None:
        self.scores = scores
        self.asked: list[Face] = []

    def crop(self, image: GreyImage, face: Face) -> GreyImage:
        """The whole picture."""
        self.asked.append(face)
        return image

    def read(self, crop: GreyImage) -> Scores:
        """The scores it was given."""
        return self.scores


def sure(emotion: Emotion, p: float = 0.9) -> Scores:
    """`p` for one emotion, the rest shared evenly."""
    rest = (1 - p) / (len(Emotion) - 1)
    return Scores(tuple(p if e is emotion else rest for e in Emotion))
