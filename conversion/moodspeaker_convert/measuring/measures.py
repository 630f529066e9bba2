"""Figures of a classifier from truths and predictions; every one a fraction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Figures:
    """`counts[truth, predicted]` over the labels, with what follows from it."""

    labels: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def n(self) -> int:
        """Pictures."""
        return int(self.counts.sum())

    @property
    def accuracy(self) -> float:
        """Share of pictures that are right."""
        return ratio(np.trace(self.counts), self.n)

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the labels that occur as a truth."""
        scores = [line["f1"] for line in self.per_class.values() if line["n"]]
        return float(np.mean(scores)) if scores else 0.0

    @property
    def per_class(self) -> dict[str, dict[str, float]]:
        """Precision, recall, F1 and the number of pictures of each label."""
        lines = {}
        for index, label in enumerate(self.labels):
            right, truths = self.counts[index, index], self.counts[index].sum()
            guesses = self.counts[:, index].sum()
            lines[label] = {
                "precision": ratio(right, guesses),
                "recall": ratio(right, truths),
                "f1": ratio(2 * right, truths + guesses),
                "n": int(truths),
            }
        return lines

    @property
    def confusion(self) -> dict[str, dict[str, float]]:
        """For each truth the share of its pictures that went to each label."""
        return {
            truth: {
                predicted: ratio(self.counts[row, column], self.counts[row].sum())
                for column, predicted in enumerate(self.labels)
            }
            for row, truth in enumerate(self.labels)
        }

    def short(self) -> dict[str, float]:
        """The three figures that stand in a line."""
        return {"accuracy": self.accuracy, "macro_f1": self.macro_f1, "n": self.n}

    def as_json(self) -> dict[str, Any]:
        """Every figure."""
        return {**self.short(), "per_class": self.per_class, "confusion": self.confusion}


def figures(
    labels: tuple[str, ...], truth: NDArray[np.int64], predicted: NDArray[np.int64]
) -> Figures:
    """Counts truths against predictions, both indices into `labels`."""
    counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(counts, (truth, predicted), 1)
    return Figures(labels, counts)


def ratio(part: float | np.int64, whole: float | np.int64) -> float:
    """`part / whole`, rounded to six places; 0 where there is nothing."""
    return round(float(part) / float(whole), 6) if whole else 0.0
