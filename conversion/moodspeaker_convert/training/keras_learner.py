"""Learns with Keras, on whichever backend KERAS_BACKEND names."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.training.schedule import average_momentum, rate_at
from moodspeaker_convert.whole_files import whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker_convert.training.batches import Epoch
    from moodspeaker_convert.training.plan import TrainingPlan


class KerasLearner:
    """A Learner on the Keras model itself."""

    checkpoint = "checkpoint.keras"

    def __init__(self, model: Any, plan: TrainingPlan, steps_an_epoch: int) -> None:
        """Compiles the model."""
        self._model, self._plan, self._steps_an_epoch = model, plan, steps_an_epoch
        self._mean: list[NDArray[np.float32]] = model.get_weights()
        keras = backends.keras()
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=plan.label_smoothing)
        optimizer = optimizer_of(plan, steps_an_epoch * plan.epochs)
        model.compile(optimizer, loss, weighted_metrics=["accuracy"], jit_compile=False)

    def learn(self, epoch: Epoch, number: int, val_losses: Sequence[float]) -> dict[str, float]:
        """One pass over the epoch."""
        raw: list[Any] = []
        fitted = self._model.fit(
            epoch.as_keras(), initial_epoch=number, epochs=number + 1,
            callbacks=self._callbacks(raw, number, val_losses), verbose=progress(),
        )  # fmt: skip
        # When a fit ends, Keras puts the averaged weights into the model. Training goes on from
        # where it was, not from the average.
        self._mean = self._model.get_weights()
        self._model.set_weights(raw)
        return {name: float(values[0]) for name, values in fitted.history.items()}

    def _callbacks(self, raw: list[Any], number: int, val_losses: Sequence[float]) -> list[Any]:
        """One keeps the weights at the end of the epoch, one sets the rate of each step."""
        callback = backends.keras().callbacks.LambdaCallback
        steps = self._steps_an_epoch * self._plan.epochs
        begun = number * self._steps_an_epoch

        # Keras calls it with these very names.
        def set_rate(batch: int, logs: Any = None) -> None:  # noqa: ARG001
            rate = rate_at(self._plan, begun + batch, steps, val_losses)
            self._model.optimizer.learning_rate = rate

        return [
            callback(on_epoch_end=lambda _epoch, _logs: raw.extend(self._model.get_weights())),
            callback(on_train_batch_begin=set_rate),
        ]

    def averaged(self) -> list[NDArray[np.float32]]:
        """The averaged weights."""
        return self._mean

    def scores(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shares of each label, with the averaged weights."""
        raw = self._model.get_weights()
        self._model.set_weights(self._mean)
        outputs = self._model.predict(inputs, batch_size=256, verbose=0)
        self._model.set_weights(raw)
        return np.asarray(outputs, dtype=np.float32)

    def save(self, path: Path) -> None:
        """The model with its optimiser."""
        with whole(path) as (partial,):
            self._model.save(partial)

    def load(self, path: Path) -> None:
        """Takes over weights and the optimiser's state.

        A saved optimiser forgets which weights do not decay, so it cannot go on itself. Raises
        ToolkitError.
        """
        try:
            saved = backends.keras().models.load_model(path)
            self._model.set_weights(saved.get_weights())
            self._model.optimizer.build(self._model.trainable_variables)
            pairs = zip(self._model.optimizer.variables, saved.optimizer.variables, strict=True)
            for own, old in pairs:
                own.assign(old)
            # The optimiser holds the true means and puts them in when the next epoch ends.
            self._mean = self._model.get_weights()
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ToolkitError(f"{path} cannot be resumed: {error}", "train again") from error


def optimizer_of(plan: TrainingPlan, steps: int) -> Any:
    """Weight decay is for kernels alone, not for biases and normalisation."""
    optimizers = backends.keras().optimizers
    mean: dict[str, Any] = {}
    if plan.average_steps:
        mean = {"use_ema": True, "ema_momentum": average_momentum(plan, steps)}
    if plan.optimizer == "sgd":
        return optimizers.SGD(plan.rate, momentum=plan.momentum, nesterov=plan.nesterov, **mean)
    if plan.optimizer == "adam":
        return optimizers.Adam(plan.rate, **mean)
    made = optimizers.AdamW(plan.rate, weight_decay=plan.weight_decay, **mean)
    made.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return made


def progress() -> int:
    """Keras' bar on a terminal, silence in a log."""
    return 1 if sys.stderr.isatty() else 0
