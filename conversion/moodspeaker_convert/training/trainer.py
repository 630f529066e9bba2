"""Trains one network: seeded, resumable after every epoch, the best by validation is kept."""

from __future__ import annotations

import math
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker.vision.manifest import InputSpec
from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.faces import calibration, label_sets, truths
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.faces.splits import Split, split_rows
from moodspeaker_convert.networks import architectures
from moodspeaker_convert.training import memory
from moodspeaker_convert.training.augment import Augmentation
from moodspeaker_convert.training.batches import Epoch
from moodspeaker_convert.training.run_files import (
    TrainingRecord,
    read_json,
    read_record,
    write_json,
    write_record,
)

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from moodspeaker_convert.faces.data import FaceData

# (pixel - 128) / 128 makes the int8 input the pixel less 128, nothing lost.
INPUT = InputSpec(
    height=48, width=48, channels=1, colour="grey", mean=128.0, std=128.0, equalise="none",
    margin=0.1,
)  # fmt: skip
WARM_UP_SHARE = 0.06


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What to train and how; everything that the result depends on but the data."""

    architecture: str
    label_set: str
    epochs: int = 60
    batch: int = 64
    seed: int = 1
    rate: float = 1.5e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.1
    average_steps: int = 500


def train(
    data: FaceData,
    plan: TrainingPlan,
    out: Path,
    *,
    excluded: NDArray[np.int64] | None = None,
    resume: bool = False,
) -> TrainingRecord:
    """Writes model.keras, history.json and training.json into `out`, anew after each epoch.

    A training that was cut off goes on from its last whole epoch with `resume`.
    """
    check_folder(out, plan, resume)
    split = split_rows(data, plan.label_set, plan.seed, excluded)
    report(split)
    run_epochs(data, split, plan, out)
    return read_record(out / "model.keras")


def check_folder(out: Path, plan: TrainingPlan, resume: bool) -> None:
    """Makes the folder. Raises ToolkitError rather than mix two trainings."""
    out.mkdir(parents=True, exist_ok=True)
    plan_file = out / "plan.json"
    if not plan_file.exists():
        write_json(plan_file, asdict(plan))
    elif not resume:
        raise ToolkitError(f"{out} holds a training already", "--resume it, or give another --out")
    elif read_json(plan_file, "give another --out") != asdict(plan):
        raise ToolkitError(
            f"{out} was begun with other arguments (plan.json)", "resume with the same ones"
        )


def report(split: Split) -> None:
    """Tells what trains and what was dropped."""
    dropped = ", ".join(f"{name} {count}" for name, count in split.dropped)
    print(
        f"train {len(split.train)}, validate {len(split.validation)}; dropped: {dropped}",
        file=sys.stderr,
    )


def run_epochs(data: FaceData, split: Split, plan: TrainingPlan, out: Path) -> None:
    """Trains the epochs that are still missing, a checkpoint and a line of history each."""
    memory.keep_freed()
    keras = backends.keras()
    keras.utils.set_random_seed(plan.seed)
    shown = truths.targets(data, plan.label_set)
    faces, wanted = data.images[split.train], shown[split.train]
    validation = network_inputs(data.images[split.validation], INPUT), shown[split.validation]
    model, history = start_or_resume(plan, out, len(faces))
    for epoch in range(len(history), plan.epochs):
        batches = Epoch(faces, wanted, INPUT, Augmentation(), plan.batch, (plan.seed, epoch))
        line, raw = fit_epoch(model, batches.as_keras(), epoch)
        line |= keep_best(model, validation, history, out)
        # Training goes on from where it was, not from the average.
        model.set_weights(raw)
        save_whole(model, out / "checkpoint.keras")
        history.append(line)
        write_json(out / "history.json", history)
        write_record(out / "training.json", record_of(data, split, plan, history))
        print(f"epoch {epoch + 1}: {rounded(history[-1])}", file=sys.stderr)


def fit_epoch(model: Any, batches: Any, epoch: int) -> tuple[dict[str, float], list[Any]]:
    """One epoch: its figures, and the weights at its end.

    The model itself is left with the averaged weights: Keras puts them in when a fit ends.
    """
    keras = backends.keras()
    raw: list[Any] = []
    keeper = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda _epoch, _logs: raw.extend(model.get_weights())
    )
    fitted = model.fit(
        batches, initial_epoch=epoch, epochs=epoch + 1, callbacks=[keeper], verbose=progress()
    )
    return {name: float(values[0]) for name, values in fitted.history.items()}, raw


def keep_best(
    model: Any, validation: tuple[Any, Any], history: list[dict[str, float]], out: Path
) -> dict[str, float]:
    """Validates the model, and saves it where it is the best so far."""
    loss, accuracy = model.evaluate(*validation, batch_size=256, verbose=0)
    if accuracy > max((line["val_accuracy"] for line in history), default=-1.0):
        # A clone has no optimiser, which would triple the file.
        bare = backends.keras().models.clone_model(model)
        bare.set_weights(model.get_weights())
        save_whole(bare, out / "model.keras")
    return {"val_loss": float(loss), "val_accuracy": float(accuracy)}


def save_whole(model: Any, path: Path) -> None:
    """Saves a model at once or not at all."""
    partial = path.with_name(f"part-{path.name}")
    model.save(partial)
    partial.replace(path)


def start_or_resume(
    plan: TrainingPlan, out: Path, count: int
) -> tuple[Any, list[dict[str, float]]]:
    """A model to go on with, and the history of the epochs that it has had."""
    shape = (INPUT.height, INPUT.width, INPUT.channels)
    names = label_sets.names_of(plan.label_set)
    model = architectures.build(plan.architecture, shape, len(names))
    compile_for(model, plan, math.ceil(count / plan.batch))
    if not ((out / "checkpoint.keras").exists() and (out / "history.json").exists()):
        return model, []
    history: list[dict[str, float]] = read_json(out / "history.json", "train again")
    take_over(model, backends.keras().models.load_model(out / "checkpoint.keras"))
    return model, history


def take_over(model: Any, saved: Any) -> None:
    """Puts the weights and the optimiser's state of `saved` into `model`.

    A saved optimiser forgets which weights do not decay, so it cannot go on itself.
    """
    model.set_weights(saved.get_weights())
    model.optimizer.build(model.trainable_variables)
    for own, old in zip(model.optimizer.variables, saved.optimizer.variables, strict=True):
        own.assign(old)


def compile_for(model: Any, plan: TrainingPlan, steps_an_epoch: int) -> None:
    """AdamW on a cosine with a warm-up, with an exponential mean of the weights."""
    keras = backends.keras()
    steps = steps_an_epoch * plan.epochs
    warm_up = max(1, int(steps * WARM_UP_SHARE))
    rate = keras.optimizers.schedules.CosineDecay(
        plan.rate / 100, steps - warm_up, alpha=0.005, warmup_target=plan.rate,
        warmup_steps=warm_up,
    )  # fmt: skip
    # A short training must not average in its own beginning.
    momentum = 1 - 1 / max(2, min(plan.average_steps, steps // 20))
    optimizer = keras.optimizers.AdamW(
        rate, weight_decay=plan.weight_decay, use_ema=True, ema_momentum=momentum
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=plan.label_smoothing)
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)


def record_of(
    data: FaceData, split: Split, plan: TrainingPlan, history: list[dict[str, float]]
) -> TrainingRecord:
    """The record of the best epoch so far."""
    truth = truths.classes(data, plan.label_set)[split.train]
    best = max(range(len(history)), key=lambda epoch: history[epoch]["val_accuracy"])
    return TrainingRecord(
        labels=label_sets.names_of(plan.label_set),
        label_set=plan.label_set,
        input=INPUT,
        arguments=asdict(plan) | {"augmentation": asdict(Augmentation())},
        data_sha256=data.sha256,
        counts=dict(split.dropped)
        | {"train": len(split.train), "validation": len(split.validation)},
        validation=tuple(split.validation.tolist()),
        calibration=calibration.choose(split.train, truth, data.sha256, plan.seed),
        figures={"best_epoch": best + 1, **history[best]},
    )


def rounded(line: dict[str, float]) -> str:
    """A line of history for people."""
    return ", ".join(f"{name} {value:.4f}" for name, value in line.items())


def progress() -> int:
    """Keras' bar on a terminal, silence in a log."""
    return 1 if sys.stderr.isatty() else 0
