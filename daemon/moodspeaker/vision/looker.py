"""One frame in, one observation out."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moodspeaker.types import FaceReading, Observation
from moodspeaker.vision.quality import QualityLimits, assess

if TYPE_CHECKING:
    from moodspeaker.ports import Detector, EmotionModel, Frame, GreyImage
    from moodspeaker.types import Face


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as a face: the detector's score, and the shorter side in detector pixels."""

    min_score: float
    min_face: float
    quality: QualityLimits = field(default_factory=QualityLimits)


class Looker:
    """Detector and emotion model together. For one thread."""

    def __init__(self, detector: Detector, model: EmotionModel, limits: Limits) -> None:
        self._detector = detector
        self._model = model
        self._limits = limits

    def look(self, frame: Frame) -> Observation:
        """Every face of the frame read; the largest is the chosen one."""
        return self.look_at(frame, frame.luma)

    def look_at(self, frame: Frame, luma: GreyImage) -> Observation:
        """The same for a caller that has the frame's luma already: it may cost a resize."""
        began_s = time.perf_counter()
        faces = [face for face in self._detector.detect(luma) if self._counts(face)]
        readings = self._read(frame, faces, luma.shape[1]) if faces else ()
        chosen = readings[0] if readings else None
        return Observation(
            time_s=frame.time_s,
            faces=len(readings),
            scores=chosen.scores if chosen else None,
            quality=chosen.quality if chosen else 0.0,
            readings=readings,
            latency_ms=(time.perf_counter() - began_s) * 1e3,
            points=self._model.points,
            hindrance=chosen.hindrance if chosen else None,
            size=(luma.shape[1], luma.shape[0]),
        )

    def _counts(self, face: Face) -> bool:
        box = face.box
        finite = all(math.isfinite(n) for n in (box.x, box.y, box.width, box.height, face.score))
        large = min(box.width, box.height) >= self._limits.min_face
        return finite and large and face.score >= self._limits.min_score

    def _read(self, frame: Frame, faces: list[Face], width: int) -> tuple[FaceReading, ...]:
        """Readings, largest face first; boxes in pixels of the luma, which is `width` wide."""
        detail = frame.detail()
        factor = detail.shape[1] / width
        largest_first = sorted(faces, key=lambda face: -face.box.area)
        return tuple(self._read_one(detail, face, factor) for face in largest_first)

    def _read_one(self, detail: GreyImage, face: Face, factor: float) -> FaceReading:
        """The box stays in pixels of the luma; `detail` is `factor` times as large."""
        large = enlarged(face, factor)
        crop = self._model.crop(detail, large)
        quality, hindrance = assess(crop, large, large.box.width, self._limits.quality)
        return FaceReading(face, self._model.read(crop), quality, hindrance)


def enlarged(face: Face, factor: float) -> Face:
    """The same face in a picture `factor` times as large."""
    eyes = face.eyes and tuple((x * factor, y * factor) for x, y in face.eyes)
    return type(face)(face.box.scaled(factor), face.score, eyes)  # type: ignore[arg-type]
