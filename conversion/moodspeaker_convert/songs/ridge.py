"""Ridge regression with a strength that inner folds choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.library.audio_model import FURTHEST
from moodspeaker_convert.songs.folds import folds_of, splits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ALPHAS = tuple(float(alpha) for alpha in np.logspace(-1, 4, 21))
INNER_FOLDS = 5
# Nearly as good counts as good: smaller weights err less on music unlike any in the table.
TOLERANCE = 1.002


@dataclass(frozen=True, slots=True)
class Line:
    """Weights of standard scores, shape (features, 2); the rest a number a feature or axis."""

    means: NDArray[np.float64]
    sds: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    alphas: tuple[float, float]

    def predict(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2), within -1..1."""
        scores = standard_scores(inputs, self.means, self.sds)
        return np.clip(scores @ self.weights + self.intercepts, -1, 1)


@dataclass(frozen=True, slots=True)
class RidgeLearner:
    """A SongLearner; the two axes have a strength each, of `alphas`, which ascend."""

    seed: int
    alphas: tuple[float, ...] = ALPHAS
    name: str = "ridge"

    def fit(
        self, inputs: NDArray[np.float64], truth: NDArray[np.float64], ids: Sequence[str]
    ) -> Line:
        """Raises DataError where there are too few songs for the inner folds."""
        fold = folds_of(ids, INNER_FOLDS, self.seed)
        missed = [self._errors(inputs, truth, learn, test) for learn, test in splits(fold)]
        errors = np.sum(missed, axis=0)
        good = errors <= TOLERANCE * errors.min(axis=0)
        valence, arousal = (max(np.flatnonzero(column)) for column in good.T)
        return solve(inputs, truth, (self.alphas[valence], self.alphas[arousal]))

    def _errors(
        self,
        inputs: NDArray[np.float64],
        truth: NDArray[np.float64],
        learn: NDArray[np.bool_],
        test: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """Sums of squares, (alphas, 2)."""
        lines = [solve(inputs[learn], truth[learn], (alpha, alpha)) for alpha in self.alphas]
        missed = [line.predict(inputs[test]) - truth[test] for line in lines]
        return np.asarray([(miss**2).sum(axis=0) for miss in missed])


def solve(
    inputs: NDArray[np.float64], truth: NDArray[np.float64], alphas: tuple[float, float]
) -> Line:
    """The least squares with a penalty of alpha times the squared weights."""
    means, sds = inputs.mean(axis=0), inputs.std(axis=0)
    sds = np.where(sds > 0, sds, 1.0)
    scores = standard_scores(inputs, means, sds)
    # Cut scores need not have a mean of 0 any more.
    middle, mean_truth = scores.mean(axis=0), truth.mean(axis=0)
    centred = scores - middle
    square, product = centred.T @ centred, centred.T @ (truth - mean_truth)
    strength = np.eye(len(square))
    columns = [
        np.linalg.solve(square + alpha * strength, product[:, axis])
        for axis, alpha in enumerate(alphas)
    ]
    weights = np.stack(columns, axis=1)
    return Line(means, sds, weights, mean_truth - middle @ weights, alphas)


def standard_scores(
    inputs: NDArray[np.float64], means: NDArray[np.float64], sds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Cut as the speaker cuts them."""
    return np.clip((inputs - means) / sds, -FURTHEST, FURTHEST)
