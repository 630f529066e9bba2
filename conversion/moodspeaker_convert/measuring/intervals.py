"""95 % intervals: how far a figure could lie from what another sample would give."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.measuring.measures import Figures

Z = 1.959964
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends, in the unit of the figure."""

    low: float
    high: float


def wilson(right: int, n: int) -> Interval:
    """Wilson's interval of the share `right / n`; all of 0..1 where n is 0."""
    if not n:
        return Interval(0.0, 1.0)
    share, spread = right / n, Z * Z / n
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def macro_f1(figures: Figures, seed: int = 1) -> Interval:
    """Percentile bootstrap over the pictures, which only count by truth and prediction."""
    if not figures.n:
        return Interval(0.0, 1.0)
    rng, size = np.random.default_rng(seed), len(figures.labels)
    drawn = rng.multinomial(figures.n, figures.counts.ravel() / figures.n, DRAWS)
    counts = drawn.reshape(DRAWS, size, size)
    truths, guesses = counts.sum(axis=2), counts.sum(axis=1)
    f1 = 2 * counts.diagonal(axis1=1, axis2=2) / np.maximum(truths + guesses, 1)
    occurs = truths > 0
    return middle_95((f1 * occurs).sum(axis=1) / occurs.sum(axis=1))


def mean(values: NDArray[np.float64], seed: int = 1) -> Interval:
    """Percentile bootstrap of a mean; nothing known where there is no value."""
    if not len(values):
        return Interval(0.0, math.inf)
    rng, n = np.random.default_rng(seed), len(values)
    return middle_95(np.array([values[rng.integers(0, n, n)].mean() for _ in range(DRAWS)]))


def middle_95(values: NDArray[np.float64]) -> Interval:
    """What lies between the 2.5th and the 97.5th percentile."""
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(float(low), float(high))
