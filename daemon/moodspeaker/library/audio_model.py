"""From what music sounds like to valence and arousal: a line through each feature."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker.errors import ModelError
from moodspeaker.library.audio_features import FEATURES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from moodspeaker.library.audio_features import AudioFeatures

FORMAT = "moodspeaker-audio"
FORMAT_VERSION = 1
REMEDY = "make it anew with moodspeaker-convert train-music"
FURTHEST = 4.0
"""Standard scores are cut here: nothing is known of music that far out."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Weights of standard scores, and the standard deviation of the errors on unseen songs."""

    weights: tuple[float, ...]
    intercept: float
    error_sd: float

    def at(self, scores: Sequence[float]) -> float:
        """The prediction, within -1..1."""
        raw = self.intercept + sum(w * s for w, s in zip(self.weights, scores, strict=True))
        return min(1.0, max(-1.0, raw))


@dataclass(frozen=True, slots=True)
class AudioModel:
    """Coefficients over FEATURES, in their order; `data` and `protocol` say where from."""

    means: tuple[float, ...]
    sds: tuple[float, ...]
    valence: Axis
    arousal: Axis
    data: str
    protocol: str

    def place(self, features: AudioFeatures) -> tuple[float, float, float, float]:
        """(valence, arousal, valence_sd, arousal_sd), the first two within -1..1."""
        scores = tuple(map(standard_score, features.level_free(), self.means, self.sds))
        places = self.valence.at(scores), self.arousal.at(scores)
        return *places, self.valence.error_sd, self.arousal.error_sd


def read_audio_model(path: Path) -> AudioModel:
    """Raises ModelError where the file is missing, damaged, or made for other features."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or error}", REMEDY) from error
    except ValueError as error:
        raise ModelError(f"{path} is damaged: {error}", REMEDY) from error
    try:
        return parsed(found)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelError(f"{path} is no audio model of ours: {reason(error)}", REMEDY) from error


def parsed(found: Any) -> AudioModel:
    """Raises KeyError, TypeError or ValueError for what does not fit."""
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    if found.get("format_version") != FORMAT_VERSION:
        raise ValueError(f"version {found.get('format_version')}, wanted {FORMAT_VERSION}")
    if tuple(found["features"]) != FEATURES:
        raise ValueError("it was made for other features")
    data, protocol = found["data"], found["protocol"]
    if not (isinstance(data, str) and isinstance(protocol, str)):
        raise TypeError("data and protocol are not text")
    return AudioModel(
        means=numbers(found["means"]), sds=tuple(map(above_zero, numbers(found["sds"]))),
        valence=axis(found["valence"]), arousal=axis(found["arousal"]),
        data=data, protocol=protocol,
    )  # fmt: skip


def axis(found: Any) -> Axis:
    """Raises as `parsed`."""
    intercept, error_sd = finite(found["intercept"]), above_zero(found["error_sd"])
    return Axis(numbers(found["weights"]), intercept, error_sd)


def numbers(found: Any) -> tuple[float, ...]:
    """One finite number a feature. Raises as `parsed`."""
    if not isinstance(found, list) or len(found) != len(FEATURES):
        raise ValueError(f"not {len(FEATURES)} numbers in a list")
    return tuple(map(finite, found))


def above_zero(found: Any) -> float:
    """Raises as `parsed`."""
    number = finite(found)
    if number <= 0:
        raise ValueError(f"{number} stands for a standard deviation")
    return number


def finite(found: Any) -> float:
    """Raises as `parsed`."""
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise ValueError(f"{found!r} is no finite number")
    return float(found)


def standard_score(value: float, mean: float, sd: float) -> float:
    """How many deviations from the mean, within FURTHEST."""
    return min(FURTHEST, max(-FURTHEST, (value - mean) / sd))


def reason(error: Exception) -> str:
    """What is wrong, for people."""
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
