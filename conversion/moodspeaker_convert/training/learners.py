"""Who does the arithmetic of a training: Keras on any of its backends, or PyTorch directly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from moodspeaker_convert.training.batches import Epoch
    from moodspeaker_convert.training.plan import TrainingPlan

ENGINES = ("keras", "torch")


class Learner(Protocol):
    """A network that learns, with its optimiser and the running mean of its weights."""

    @property
    def checkpoint(self) -> str:
        """The name of the file that `save` writes."""

    def learn(self, epoch: Epoch, number: int, val_losses: Sequence[float]) -> dict[str, float]:
        """One pass over `epoch`, the one `number` (from 0): its mean `loss` and `accuracy`."""

    def averaged(self) -> list[NDArray[np.float32]]:
        """The averaged weights, in the order of the Keras model's."""

    def scores(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[n, labels] of float32[n, height, width, channels], with averaged weights."""

    def save(self, path: Path) -> None:
        """Everything that is needed to go on, at once or not at all."""

    def load(self, path: Path) -> None:
        """Goes on from `save`."""


def open_learner(model: Any, plan: TrainingPlan, steps_an_epoch: int) -> Learner:
    """The learner of `plan.engine` for an untrained Keras model. Raises ToolkitError."""
    # Late: each brings an import of seconds, and PyTorch is often not there.
    if plan.engine == "torch":
        from moodspeaker_convert.training.torch_learner import TorchLearner  # noqa: PLC0415

        return TorchLearner(model, plan, steps_an_epoch)
    from moodspeaker_convert.training.keras_learner import KerasLearner  # noqa: PLC0415

    return KerasLearner(model, plan, steps_an_epoch)
