"""The one number that makes a model's probabilities honest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.vision.emotion import probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

CANDIDATES = tuple(float(value) for value in np.round(np.geomspace(0.4, 3.0, 60), 3))


def fit_temperature(
    outputs: NDArray[np.float32], truth: NDArray[np.int64], step: float = 0.0
) -> float:
    """The temperature under which the truths are most likely.

    `outputs` are softmax outputs [n, labels] of the int8 model on rows that did not train, `step`
    what one step of them is worth.
    """
    return min(CANDIDATES, key=lambda value: surprise(outputs, truth, value, step))


def surprise(
    outputs: NDArray[np.float32], truth: NDArray[np.int64], temperature: float, step: float
) -> float:
    """Mean negative log likelihood of the truths, through the device's own softening."""
    softened = [probabilities(one, True, temperature, step) for one in outputs]
    shares = np.stack(softened)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(shares, 1e-12)).mean())
