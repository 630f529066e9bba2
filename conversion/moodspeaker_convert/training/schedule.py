"""The learning rate, step by step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moodspeaker_convert.training.plan import TrainingPlan

WARM_UP_SHARE = 0.06
# Of the peak rate, at the end of the cosine.
LAST_SHARE = 0.005
PLATEAU_EPOCHS = 3
PLATEAU_FACTOR = 0.5


def rate_at(plan: TrainingPlan, step: int, steps: int, val_losses: Sequence[float] = ()) -> float:
    """The rate of `step` (from 0) of `steps`; `val_losses` of the epochs so far steer plateau."""
    if plan.schedule == "cosine":
        return plan.rate * cosine_share(step, steps)
    if plan.schedule == "plateau":
        return plan.rate * PLATEAU_FACTOR ** plateaus(val_losses)
    return plan.rate


def cosine_share(step: int, steps: int) -> float:
    """Up in a straight line during the warm-up, then down along half a cosine."""
    warm_up = max(1, int(steps * WARM_UP_SHARE))
    if step < warm_up:
        return (step + 1) / warm_up
    done = (step - warm_up) / max(1, steps - warm_up)
    return LAST_SHARE + (1 - LAST_SHARE) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def plateaus(val_losses: Sequence[float]) -> int:
    """How often the validation loss has stood still for PLATEAU_EPOCHS epochs."""
    best, waited, count = math.inf, 0, 0
    for loss in val_losses:
        if loss < best:
            best, waited = loss, 0
            continue
        waited += 1
        if waited == PLATEAU_EPOCHS:
            waited, count = 0, count + 1
    return count


def average_momentum(plan: TrainingPlan, steps: int) -> float:
    """Of the exponential mean of the weights, 0 for none.

    A short training must not average in its beginning.
    """
    if not plan.average_steps:
        return 0.0
    return 1 - 1 / max(2, min(plan.average_steps, steps // 20))
