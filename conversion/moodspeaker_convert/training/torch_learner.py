"""Learns with PyTorch: on a GPU where there is one, else on the processor."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.training.progress import bar
from moodspeaker_convert.training.schedule import average_momentum, rate_at
from moodspeaker_convert.training.torch_twin import take_weights, twin_of
from moodspeaker_convert.whole_files import whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from moodspeaker_convert.training.batches import Batch, Epoch
    from moodspeaker_convert.training.plan import TrainingPlan

SCORING_BATCH = 256
LOADING_ERRORS = (OSError, RuntimeError, KeyError, ValueError, EOFError, pickle.UnpicklingError)


class TorchLearner:
    """A Learner on a twin of the Keras model."""

    checkpoint = "checkpoint.pt"

    def __init__(self, model: Any, plan: TrainingPlan, steps_an_epoch: int) -> None:
        """Raises ToolkitError for layers that the twin lacks."""
        torch = backends.torch()
        torch.manual_seed(plan.seed)
        # Weights that fade out would slow a processor down by a factor of ten.
        torch.set_flush_denormal(True)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model, self._plan, self._steps = model, plan, steps_an_epoch * plan.epochs
        self._momentum = average_momentum(plan, self._steps)
        self._twin = twin_of(model).to(self._device)
        self._mean = copy.deepcopy(self._twin).eval()
        self._optimizer = optimizer_of(self._twin, plan)
        self._step = 0

    def learn(self, epoch: Epoch, number: int, val_losses: Sequence[float]) -> dict[str, float]:
        """One pass over the epoch."""
        self._twin.train()
        loss, right, seen = 0.0, 0, 0
        for batch in bar(epoch, epoch.count, f"epoch {number + 1}"):
            rate = rate_at(self._plan, self._step, self._steps, val_losses)
            one, hits = self._learn_batch(batch, rate)
            loss, right, seen = loss + one * len(batch[0]), right + hits, seen + len(batch[0])
            self._step += 1
        return {"loss": loss / seen, "accuracy": right / seen}

    def _learn_batch(self, batch: Batch, rate: float) -> tuple[float, int]:
        """One step: the loss, and how many were right."""
        torch = backends.torch()
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        wanted = torch.from_numpy(batch[1]).to(self._device)
        weights = torch.from_numpy(batch[2]).to(self._device)
        logits = self._twin(self._pictures(batch[0]))
        losses = torch.nn.functional.cross_entropy(
            logits, wanted, reduction="none", label_smoothing=self._plan.label_smoothing
        )
        loss = (losses * weights).mean()
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        self._average()
        return float(loss.detach()), int((logits.argmax(1) == wanted.argmax(1)).sum())

    def _average(self) -> None:
        """Moves the running mean a step towards the weights and the statistics."""
        torch = backends.torch()
        mean, now = floats(self._mean), floats(self._twin)
        with torch.no_grad():
            torch._foreach_lerp_(mean, now, 1 - self._momentum)

    def averaged(self) -> list[NDArray[np.float32]]:
        """The averaged weights in Keras' order."""
        return take_weights(self._mean, self._model)

    def scores(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shares of each label, with the averaged weights."""
        torch = backends.torch()
        with torch.no_grad():
            logits = [
                self._mean(self._pictures(inputs[start : start + SCORING_BATCH]))
                for start in range(0, len(inputs), SCORING_BATCH)
            ]
            shares: NDArray[np.float32] = torch.cat(logits).softmax(1).cpu().numpy()
        return shares

    def _pictures(self, inputs: NDArray[np.float32]) -> Any:
        """NHWC to what PyTorch calls NCHW in channels_last: the same bytes."""
        torch = backends.torch()
        values = torch.from_numpy(inputs).to(self._device).permute(0, 3, 1, 2)
        return values.contiguous(memory_format=torch.channels_last)

    def save(self, path: Path) -> None:
        """Weights, means, optimiser and the random state, at once or not at all."""
        torch = backends.torch()
        state = {
            "twin": self._twin.state_dict(),
            "mean": self._mean.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "step": self._step,
            "random": torch.get_rng_state(),
        }
        with whole(path) as (partial,):
            torch.save(state, partial)

    def load(self, path: Path) -> None:
        """Raises ToolkitError for a file that is not of this training."""
        torch = backends.torch()
        try:
            state = torch.load(path, map_location=self._device, weights_only=True)
            self._twin.load_state_dict(state["twin"])
            self._mean.load_state_dict(state["mean"])
            self._optimizer.load_state_dict(state["optimizer"])
            self._step = int(state["step"])
            torch.set_rng_state(state["random"].cpu())
        except LOADING_ERRORS as error:
            raise ToolkitError(f"{path} cannot be resumed: {error}", "train again") from error


def floats(twin: Any) -> list[Any]:
    """Parameters and statistics, without the counters of batch normalisation."""
    return [tensor for tensor in twin.state_dict().values() if tensor.is_floating_point()]


def optimizer_of(twin: Any, plan: TrainingPlan) -> Any:
    """Weight decay is for kernels alone, not for biases and normalisation."""
    optim = backends.torch().optim
    kernels = [value for value in twin.parameters() if value.ndim > 1]
    others = [value for value in twin.parameters() if value.ndim <= 1]
    groups = [
        {
            "params": kernels,
            "weight_decay": plan.weight_decay if plan.optimizer == "adamw" else 0.0,
        },
        {"params": others, "weight_decay": 0.0},
    ]
    if plan.optimizer == "sgd":
        return optim.SGD(groups, plan.rate, momentum=plan.momentum, nesterov=plan.nesterov)
    made = optim.AdamW if plan.optimizer == "adamw" else optim.Adam
    return made(groups, plan.rate, foreach=True)
