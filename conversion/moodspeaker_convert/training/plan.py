"""What to train and how: everything that the result depends on but the data."""

from __future__ import annotations

from dataclasses import dataclass, field

from moodspeaker_convert.training.augment import Augmentation


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """One training.

    `schedule` is cosine, plateau or constant; `mixup` the parameter of its Beta distribution, 0
    for none; `balance` none, weights or oversample; `patience` in epochs, 0 for no early stop;
    `average_steps` how many steps the exponential mean of the weights looks back, 0 for none.
    """

    architecture: str
    label_set: str
    epochs: int = 60
    batch: int = 64
    seed: int = 1
    engine: str = "keras"
    weights: str = "none"
    optimizer: str = "adamw"
    rate: float = 1.5e-3
    momentum: float = 0.0
    nesterov: bool = False
    schedule: str = "cosine"
    weight_decay: float = 0.02
    label_smoothing: float = 0.1
    average_steps: int = 500
    mixup: float = 0.0
    balance: str = "none"
    patience: int = 0
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.0
    augmentation: Augmentation = field(default_factory=Augmentation)
