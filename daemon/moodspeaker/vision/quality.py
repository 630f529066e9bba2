"""How far one face can be trusted, from its pixels and the eye points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker.types import Hindrance
from moodspeaker.vision.preprocess import resized

if TYPE_CHECKING:
    from moodspeaker.ports import GreyImage
    from moodspeaker.types import Face

SIDE = 48
"""Every crop is judged at this size, so that sharpness means the same for all."""
BLACK, WHITE = 8, 247
"""Levels from which on a pixel counts as clipped."""
NOISE_FLOOR = 10.0
"""Added to the contrast's variance, so that the noise of a flat crop is no sharpness."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """0 at `bad` and beyond, 1 at `good` and beyond, smooth between; either may be the larger."""

    bad: float
    good: float

    def share(self, value: float) -> float:
        """Where `value` stands, 0..1; 0 for one that is not a number."""
        t = min(1.0, max(0.0, (value - self.bad) / (self.good - self.bad)))
        return t * t * (3 - 2 * t)


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Where each factor begins and stops to count.

    `score`: the detector's own, 0..1, which never hinders.
    `width_px`: the face's width in the full picture, pixels; at 24 the model is still right on
    79 % of faces, of 85 %.
    `dark_level`, `bright_level`: the crop's mean, 0..255.
    `black_share`, `white_share`: clipped pixels in the crop, 0..1.
    `sharpness`: log10 of the Laplacian's variance over the contrast's, at 48x48.
    `eye_distance`: in shares of the box's width; 0.41 from the front, 0.29 half turned.
    `eye_offset`: from the box's middle to the eyes', along the eyes' line, in eye distances.
    `told`: a factor at or above it is not worth a word.
    """

    score: Ramp = Ramp(bad=0.2, good=0.7)
    width_px: Ramp = Ramp(bad=10, good=32)
    dark_level: Ramp = Ramp(bad=10, good=45)
    bright_level: Ramp = Ramp(bad=245, good=205)
    black_share: Ramp = Ramp(bad=0.8, good=0.3)
    white_share: Ramp = Ramp(bad=0.85, good=0.2)
    sharpness: Ramp = Ramp(bad=-2.1, good=-1.1)
    eye_distance: Ramp = Ramp(bad=0.18, good=0.34)
    eye_offset: Ramp = Ramp(bad=0.7, good=0.25)
    told: float = 0.9


def assess(
    crop: GreyImage, face: Face, width_px: float, limits: QualityLimits
) -> tuple[float, Hindrance | None]:
    """Quality 0..1, and what lowers it most, None where nothing does.

    `crop` is the square round the face from the full picture, of any size; `width_px` the
    face's width there.
    """
    small = resized(halved(crop), SIDE, SIDE)
    factors = (
        (limits.width_px.share(width_px), Hindrance.SMALL),
        *light(small, limits),
        (limits.sharpness.share(sharpness(small)), Hindrance.BLURRED),
        (frontal(face, limits), Hindrance.TURNED),
    )
    worst, hindrance = min(factors, key=lambda factor: factor[0])
    quality = math.prod(factor for factor, _ in factors) * limits.score.share(face.score)
    return quality, hindrance if worst < limits.told else None


def halved(crop: GreyImage) -> GreyImage:
    """The crop, halved until it is below twice `SIDE`: OpenCV averages 2x2 quickest by far."""
    while crop.shape[0] >= 2 * SIDE:
        half = crop.shape[0] // 2
        crop = resized(crop[: 2 * half, : 2 * half], half, half)
    return crop


def light(crop: GreyImage, limits: QualityLimits) -> tuple[tuple[float, Hindrance], ...]:
    """The factors of too little and too much light: the worse of mean and clipped pixels."""
    mean = cv2.mean(crop)[0]
    black = np.count_nonzero(crop <= BLACK) / crop.size
    white = np.count_nonzero(crop >= WHITE) / crop.size
    dark = min(limits.dark_level.share(mean), limits.black_share.share(black))
    bright = min(limits.bright_level.share(mean), limits.white_share.share(white))
    return (dark, Hindrance.DARK), (bright, Hindrance.BRIGHT)


def sharpness(crop: GreyImage) -> float:
    """log10 of the Laplacian's variance over the contrast's: the same in dim and full light."""
    edges = cv2.meanStdDev(cv2.Laplacian(crop, cv2.CV_16S))[1][0, 0]
    contrast = cv2.meanStdDev(crop)[1][0, 0]
    return math.log10(max(float(edges) ** 2 / (float(contrast) ** 2 + NOISE_FLOOR), 1e-9))


def frontal(face: Face, limits: QualityLimits) -> float:
    """1 for a face that looks here, by its eye points; 1 without them, for nothing is known.

    Along the eyes' own line, so that a head leaned to its shoulder is not taken for a turned one.
    """
    if face.eyes is None:
        return 1.0
    (left_x, left_y), (right_x, right_y) = face.eyes
    along_x, along_y = right_x - left_x, right_y - left_y
    distance = math.hypot(along_x, along_y)
    if not distance or not face.box.width:
        return 0.0
    middle_x, middle_y = face.box.centre
    away_x, away_y = (left_x + right_x) / 2 - middle_x, (left_y + right_y) / 2 - middle_y
    offset = abs(away_x * along_x + away_y * along_y) / distance**2
    near = limits.eye_distance.share(distance / face.box.width)
    return min(near, limits.eye_offset.share(offset))
