"""What the cross-validation asks of a way of learning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


class Fitted(Protocol):
    """Learnt from some songs."""

    def predict(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2): valence and arousal, within -1..1."""


class SongLearner(Protocol):
    """A way of learning."""

    @property
    def name(self) -> str:
        """As on the command line."""

    def fit(
        self, inputs: NDArray[np.float64], truth: NDArray[np.float64], ids: Sequence[str]
    ) -> Fitted:
        """Learns from these rows alone, what it standardises by included."""
