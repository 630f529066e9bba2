"""ROC and precision-recall curves, each label against the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker_convert import backends

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.measuring.measured import Measured


@dataclass(frozen=True, slots=True)
class Curve:
    """One label's curve, `x` and `y` in 0..1, and the area that is reported for it."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    area: float


def roc(measured: Measured, name: str) -> Curve | None:
    """False against true positive rate; None where the label has no picture, or every one."""
    positive, score = one_against_rest(measured, name)
    if not positive.any() or positive.all():
        return None
    metrics = backends.imported("sklearn.metrics")
    false, true, _ = metrics.roc_curve(positive, score)
    return Curve(false, true, round(float(metrics.auc(false, true)), 6))


def precision_recall(measured: Measured, name: str) -> Curve | None:
    """Recall against precision, with the average precision; None where the label has no picture."""
    positive, score = one_against_rest(measured, name)
    if not positive.any():
        return None
    metrics = backends.imported("sklearn.metrics")
    precision, recall, _ = metrics.precision_recall_curve(positive, score)
    area = metrics.average_precision_score(positive, score)
    return Curve(recall, precision, round(float(area), 6))


def areas(measured: Measured) -> dict[str, dict[str, float | None]]:
    """Each label's `auc` and `average_precision`; None where there is no curve."""
    found: dict[str, dict[str, float | None]] = {}
    for name in measured.names:
        first, second = roc(measured, name), precision_recall(measured, name)
        found[name] = {
            "auc": first.area if first else None,
            "average_precision": second.area if second else None,
        }
    return found


def one_against_rest(
    measured: Measured, name: str
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which pictures are of the label, and how probable the model finds it."""
    column = measured.names.index(name)
    return measured.truth == column, measured.scores[:, column]
