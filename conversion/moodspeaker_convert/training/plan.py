"""What to train and how: everything that the result depends on but the data."""

from __future__ import annotations

from dataclasses import dataclass, field

from moodspeaker_convert.networks.architectures import Recipe
from moodspeaker_convert.training.augment import Augmentation


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan(Recipe):
    """One training: a recipe, on which network and labels, and how the pictures are shown.

    `split_seed` draws the validation rows, None for `seed` too: networks of different seeds that
    share it can be compared, averaged and learn from each other. `mixup` is the parameter of its
    Beta distribution, 0 for none; `balance` none, weights or oversample; `patience` in
    epochs, 0 for no early stop.
    """

    architecture: str
    label_set: str
    seed: int = 1
    split_seed: int | None = None
    engine: str = "keras"
    weights: str = "none"
    mixup: float = 0.0
    balance: str = "none"
    patience: int = 0
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.0
    augmentation: Augmentation = field(default_factory=Augmentation)
