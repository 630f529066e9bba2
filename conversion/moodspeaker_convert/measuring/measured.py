"""A model's answers beside the truths: computed once, and what every figure is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker_convert.measuring.measures import Figures, figures, ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Measured:
    """`scores` f64[n, names] and `truth` i64[n], an index into `names`, -1 where there is none."""

    names: tuple[str, ...]
    scores: NDArray[np.float64]
    truth: NDArray[np.int64]

    @property
    def n(self) -> int:
        """Pictures."""
        return len(self.truth)

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The most probable label of each picture, the first of `names` on a tie."""
        best: NDArray[np.int64] = self.scores.argmax(axis=1)
        return best

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which pictures are named rightly."""
        same: NDArray[np.bool_] = self.predicted == self.truth
        return same

    @property
    def top2(self) -> NDArray[np.bool_]:
        """Which pictures have their truth among the two most probable labels."""
        best = np.argsort(-self.scores, axis=1, kind="stable")[:, :2]
        among: NDArray[np.bool_] = (best == self.truth[:, None]).any(axis=1)
        return among

    @property
    def top2_accuracy(self) -> float:
        """Share of pictures whose truth is among the two most probable labels."""
        return ratio(self.top2.sum(), self.n)

    def figures(self) -> Figures:
        """The figures of the pictures that have a truth."""
        known = self.known()
        return figures(self.names, known.truth, known.predicted)

    def known(self) -> Measured:
        """Only the pictures that have a truth."""
        kept = self.truth >= 0
        return replace(self, scores=self.scores[kept], truth=self.truth[kept])

    def by(self, truth: NDArray[np.int64]) -> Measured:
        """The same answers beside other truths."""
        return replace(self, truth=truth)

    def without(self, name: str) -> Measured:
        """The pictures of `name` have no truth; a model may still name it."""
        return self.by(np.where(self.truth == self.names.index(name), -1, self.truth))

    def limited_to(self, names: tuple[str, ...]) -> Measured:
        """Pictures of other labels have no truth, and no other label can be named."""
        columns = [self.names.index(name) for name in names]
        places = np.full(len(self.names) + 1, -1, dtype=np.int64)
        places[columns] = np.arange(len(names))
        return Measured(names, self.scores[:, columns], places[self.truth])
