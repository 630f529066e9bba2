"""How well a way of learning does on songs that it has not met."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert.songs.folds import folds_of, splits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.songs.learner import SongLearner
    from moodspeaker_convert.songs.table import Songs


@dataclass(frozen=True, slots=True)
class AxisFigures:
    """R2, and root mean squared errors on -1..1; `mean_rmse` is of always saying the mean."""

    r2: float
    rmse: float
    mean_rmse: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all held-out predictions together.

    `predicted_correlation` and `true_correlation` are of valence with arousal: where the first is
    much larger, the predicted valence is an echo of the arousal.
    """

    arch: str
    songs: int
    folds: int
    seed: int
    valence: AxisFigures
    arousal: AxisFigures
    predicted_correlation: float
    true_correlation: float

    def as_json(self) -> dict[str, Any]:
        """For the JSON border."""
        return asdict(self)


def cross_validate(learner: SongLearner, songs: Songs, folds: int, seed: int) -> Figures:
    """Splits first, then learns each fold anew. Raises DataError for too few songs."""
    fold = folds_of(songs.ids, folds, seed)
    predicted, means = np.empty_like(songs.truth), np.empty_like(songs.truth)
    for learn, test in splits(fold):
        ids = [one for one, learns in zip(songs.ids, learn, strict=True) if learns]
        fitted = learner.fit(songs.inputs[learn], songs.truth[learn], ids)
        predicted[test] = fitted.predict(songs.inputs[test])
        means[test] = songs.truth[learn].mean(axis=0)
    valence, arousal = (
        axis_figures(songs.truth[:, axis], predicted[:, axis], means[:, axis]) for axis in (0, 1)
    )
    return Figures(
        arch=learner.name, songs=len(set(songs.ids)), folds=folds, seed=seed,
        valence=valence, arousal=arousal,
        predicted_correlation=correlation(predicted), true_correlation=correlation(songs.truth),
    )  # fmt: skip


def axis_figures(
    truth: NDArray[np.float64], predicted: NDArray[np.float64], means: NDArray[np.float64]
) -> AxisFigures:
    """R2 is against the mean of each fold's own learning rows: nothing leaks from the test."""
    missed, baseline = rmse(truth, predicted), rmse(truth, means)
    return AxisFigures(r2=1 - (missed / baseline) ** 2, rmse=missed, mean_rmse=baseline)


def rmse(truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
    """The root of the mean squared error."""
    return float(np.sqrt(np.mean((truth - predicted) ** 2)))


def correlation(points: NDArray[np.float64]) -> float:
    """Of the two columns; 0 where one does not vary."""
    if not points.std(axis=0).all():
        return 0.0
    return float(np.corrcoef(points.T)[0, 1])
