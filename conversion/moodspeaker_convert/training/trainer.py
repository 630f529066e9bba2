"""Trains one network: seeded, resumable after every epoch, the best by validation is kept."""

from __future__ import annotations

import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.faces import calibration, label_sets, truths
from moodspeaker_convert.faces.class_counts import describe
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.faces.splits import Split, split_rows
from moodspeaker_convert.networks import architectures
from moodspeaker_convert.training import balance, memory
from moodspeaker_convert.training.batches import Epoch, TrainingSet
from moodspeaker_convert.training.learners import Learner, open_learner
from moodspeaker_convert.training.run_files import (
    TrainingRecord,
    read_json,
    read_record,
    write_json,
    write_record,
)
from moodspeaker_convert.training.teachers import splitting_seed, taught
from moodspeaker_convert.whole_files import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moodspeaker.vision.manifest import InputSpec
    from moodspeaker_convert.faces.data import FaceData
    from moodspeaker_convert.training.plan import TrainingPlan
    from moodspeaker_convert.training.teachers import Scores

    History = list[dict[str, float]]


@dataclass(frozen=True, slots=True)
class Validation:
    """Rows that never train: network tensors, and the class of each."""

    inputs: NDArray[np.float32]
    truth: NDArray[np.int64]

    def figures(self, learner: Learner) -> dict[str, float]:
        """`val_loss` and `val_accuracy` of the averaged weights."""
        scores = learner.scores(self.inputs)
        share = scores[np.arange(len(self.truth)), self.truth]
        return {
            "val_loss": float(-np.log(np.maximum(share, 1e-9)).mean()),
            "val_accuracy": float((scores.argmax(axis=1) == self.truth).mean()),
        }


def train(
    data: FaceData,
    plan: TrainingPlan,
    out: Path,
    *,
    excluded: NDArray[np.int64] | None = None,
    teachers: Sequence[Scores] = (),
    resume: bool = False,
) -> TrainingRecord:
    """Writes model.keras, history.json and training.json into `out`, anew after each epoch.

    A training that was cut off goes on from its last whole epoch with `resume`.
    """
    check_folder(out, plan, resume)
    inherited = inherited_validation(plan.weights, data)
    split = split_rows(data, plan.label_set, splitting_seed(asdict(plan)), excluded, inherited)
    report(data, split)
    memory.keep_freed()
    backends.keras().utils.set_random_seed(plan.seed)
    run_epochs(data, split, plan, out, training_set(data, split, plan, teachers))
    return read_record(out / "model.keras")


def check_folder(out: Path, plan: TrainingPlan, resume: bool) -> None:
    """Makes the folder. Raises ToolkitError rather than mix two trainings."""
    out.mkdir(parents=True, exist_ok=True)
    plan_file, wanted = out / "plan.json", as_json(plan)
    if not plan_file.exists():
        write_json(plan_file, wanted)
    elif not resume:
        raise ToolkitError(f"{out} holds a training already", "--resume it, or give another --out")
    elif read_json(plan_file, "give another --out") != wanted:
        raise ToolkitError(
            f"{out} was begun with other arguments (plan.json)", "resume with the same ones"
        )


def inherited_validation(weights: str, data: FaceData) -> NDArray[np.int64] | None:
    """The validation rows of the network that a training starts from, which it must not learn.

    None for weights that no training of this data left.
    """
    model = Path(weights)
    if weights in ("none", "imagenet") or not model.with_name("training.json").is_file():
        return None
    record = read_record(model)
    return record.validation_rows if record.data_sha256 == data.sha256 else None


def report(data: FaceData, split: Split) -> None:
    """Tells what there is, what trains and what was dropped."""
    print(describe(data), file=sys.stderr)
    dropped = ", ".join(f"{name} {count}" for name, count in split.dropped)
    print(
        f"train {len(split.train)}, validate {len(split.validation)}; dropped: {dropped}",
        file=sys.stderr,
    )


def training_set(
    data: FaceData, split: Split, plan: TrainingPlan, teachers: Sequence[Scores]
) -> TrainingSet:
    """The pictures that train, balanced and taught; nothing but Training rows is looked at."""
    images = data.images[split.train]
    truth = truths.learnable(data, plan.label_set)[split.train]
    wanted = truths.targets(data, plan.label_set)[split.train]
    return TrainingSet(
        images,
        taught(wanted, images, teachers, plan.teacher_share),
        balance.loss_weights(truth, plan.balance),
        balance.draws(truth, plan.balance, plan.seed),
    )


def run_epochs(
    data: FaceData, split: Split, plan: TrainingPlan, out: Path, faces: TrainingSet
) -> None:
    """Trains the epochs that are still missing, a checkpoint and a line of history each."""
    spec = architectures.ARCHITECTURES[plan.architecture].input
    names = label_sets.names_of(plan.label_set)
    model = architectures.build(plan.architecture, shape_of(spec), len(names), plan.weights)
    learner = open_learner(model, plan, math.ceil(len(faces.draws) / plan.batch))
    history = resumed(learner, out)
    validation = validation_of(data, split, plan.label_set, spec)
    while len(history) < plan.epochs and not stalled(history, plan.patience):
        number = len(history)
        batches = Epoch(faces, spec, plan.augmentation, plan.mixup, plan.batch, (plan.seed, number))
        line = learner.learn(batches, number, [one["val_loss"] for one in history])
        line |= validation.figures(learner)
        keep_best(model, learner, line, history, out)
        learner.save(out / learner.checkpoint)
        history.append(line)
        write_json(out / "history.json", history)
        write_record(out / "training.json", record_of(data, split, plan, history))
        print(f"epoch {number + 1}: {rounded(line)}", file=sys.stderr)


def shape_of(spec: InputSpec) -> tuple[int, int, int]:
    """Height, width, channels."""
    return spec.height, spec.width, spec.channels


def validation_of(data: FaceData, split: Split, label_set: str, spec: InputSpec) -> Validation:
    """The validation rows that have a class by the protocol."""
    truth = truths.classes(data, label_set)[split.validation]
    clear = truth >= 0
    return Validation(network_inputs(data.images[split.validation[clear]], spec), truth[clear])


def resumed(learner: Learner, out: Path) -> History:
    """Puts the learner where the training was cut off; the epochs that it has had."""
    if not ((out / learner.checkpoint).exists() and (out / "history.json").exists()):
        return []
    history: History = read_json(out / "history.json", "train again")
    learner.load(out / learner.checkpoint)
    return history


def stalled(history: History, patience: int) -> bool:
    """Whether the last `patience` epochs brought no better accuracy; never for 0."""
    accuracies = [line["val_accuracy"] for line in history]
    return 0 < patience < len(accuracies) and max(accuracies[-patience:]) <= max(
        accuracies[:-patience]
    )


def keep_best(
    model: Any, learner: Learner, line: dict[str, float], history: History, out: Path
) -> None:
    """Saves the averaged weights where they are the best so far."""
    if line["val_accuracy"] <= max((one["val_accuracy"] for one in history), default=-1.0):
        return
    # A clone has no optimiser, which would triple the file.
    bare = backends.keras().models.clone_model(model)
    bare.set_weights(learner.averaged())
    with whole(out / "model.keras") as (partial,):
        bare.save(partial)


def record_of(data: FaceData, split: Split, plan: TrainingPlan, history: History) -> TrainingRecord:
    """The record of the best epoch so far."""
    truth = truths.learnable(data, plan.label_set)[split.train]
    best = max(range(len(history)), key=lambda epoch: history[epoch]["val_accuracy"])
    return TrainingRecord(
        labels=label_sets.names_of(plan.label_set),
        label_set=plan.label_set,
        input=architectures.ARCHITECTURES[plan.architecture].input,
        arguments=as_json(plan),
        data_sha256=data.sha256,
        counts=dict(split.dropped)
        | {"train": len(split.train), "validation": len(split.validation)},
        validation=tuple(split.validation.tolist()),
        calibration=calibration.choose(split.train, truth, data.sha256, plan.seed),
        figures={"best_epoch": best + 1, **history[best]},
    )


def as_json(plan: TrainingPlan) -> dict[str, Any]:
    """The plan's JSON object."""
    return asdict(plan) | {"teachers": list(plan.teachers)}


def rounded(line: dict[str, float]) -> str:
    """A line of history for people."""
    return ", ".join(f"{name} {value:.4f}" for name, value in line.items())
