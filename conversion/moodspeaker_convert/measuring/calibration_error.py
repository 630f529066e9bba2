"""How honest the probabilities are: what is said against what comes true."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moodspeaker_convert.measuring.measured import Measured

BINS = 15
# A truth that a model finds impossible would make the mean infinite.
LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Bin:
    """The pictures whose top probability is over `low` and up to `high`.

    `confidence` is the mean of their top probability, `accuracy` the share that is right; both
    are 0 in a bin without pictures.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float

    def as_json(self) -> dict[str, Any]:
        """Every field, rounded to six places."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


def reliability(measured: Measured, count: int = BINS) -> tuple[Bin, ...]:
    """`count` bins of equal width over the top probability of every picture with a truth."""
    edges = np.linspace(0, 1, count + 1)
    top = measured.scores.max(axis=1, initial=0)
    # Sums of float32 may pass 1 by a hair.
    place = np.clip(np.searchsorted(edges, top, side="left") - 1, 0, count - 1)
    n = np.bincount(place, minlength=count)
    said = np.bincount(place, weights=top, minlength=count) / np.maximum(n, 1)
    true = np.bincount(place, weights=measured.right, minlength=count) / np.maximum(n, 1)
    return tuple(
        Bin(float(edges[i]), float(edges[i + 1]), int(n[i]), float(said[i]), float(true[i]))
        for i in range(count)
    )


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of confidence and accuracy over the pictures; 0 where there is none."""
    n = sum(one.n for one in bins)
    gap = sum(one.n * abs(one.confidence - one.accuracy) for one in bins)
    return round(gap / n, 6) if n else 0.0


def surprises(measured: Measured) -> NDArray[np.float64]:
    """The negative log likelihood of each picture's truth, f64[n], in nats."""
    shares = measured.scores[np.arange(measured.n), measured.truth]
    logs: NDArray[np.float64] = -np.log(np.maximum(shares, LEAST))
    return logs


def negative_log_likelihood(measured: Measured) -> float:
    """The mean of `surprises`; 0 where there is no picture."""
    return round(float(surprises(measured).mean()), 6) if measured.n else 0.0
