"""Hyperband (Li and others, arXiv 1603.06560) over the widths and rates of `cnn_2block`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.faces import calibration, label_sets, truths
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.faces.splits import split_rows
from moodspeaker_convert.networks.architectures import ARCHITECTURES
from moodspeaker_convert.networks.published import cnn_2block_with
from moodspeaker_convert.training.run_files import TrainingRecord, write_json, write_record
from moodspeaker_convert.whole_files import whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from moodspeaker_convert.faces.data import FaceData
    from moodspeaker_convert.faces.splits import Split

    Sample = tuple[NDArray[np.float32], NDArray[np.float32]]

ARCHITECTURE = "cnn_2block"
OBJECTIVE = "val_accuracy"
SPACE: dict[str, tuple[float, ...]] = {
    "first_filters": (32, 64, 96),
    "second_filters": (64, 128, 192),
    "dropout": (0.2, 0.3, 0.4, 0.5),
    "dense": (128, 256, 512),
    "rate": (3e-4, 1e-3, 3e-3),
}


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """`epochs` is what the finalists get; each round keeps the best of every `factor`."""

    label_set: str
    epochs: int = 20
    factor: int = 3
    batch: int = 64
    seed: int = 1


def search(
    data: FaceData,
    plan: SearchPlan,
    out: Path,
    *,
    space: dict[str, tuple[float, ...]] | None = None,
    excluded: NDArray[np.int64] | None = None,
) -> list[dict[str, Any]]:
    """Every trial, the best by validation accuracy first: its values, score and epochs.

    Leaves search.json, and the winner as model.keras with its record, in `out`. A search that was
    cut off goes on. Raises ToolkitError when KerasTuner is missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    split = split_rows(data, plan.label_set, plan.seed, excluded)
    train, validation = (sample(data, rows, plan) for rows in (split.train, split.validation))
    tuner = hyperband(plan, space or SPACE, out)
    tuner.search(*train, validation_data=validation, batch_size=plan.batch, verbose=0)
    trials = table(tuner, space or SPACE)
    if not trials:
        raise ToolkitError("every trial failed", "search again into another --out")
    write_json(out / "search.json", trials)
    keep_winner(tuner, trials[0], data, split, plan, out)
    return trials


def hyperband(plan: SearchPlan, space: dict[str, tuple[float, ...]], out: Path) -> Any:
    """KerasTuner's own Hyperband, whose trials lie in `out`."""
    tuners = backends.imported("keras_tuner", "pip install keras-tuner")
    names = label_sets.names_of(plan.label_set)

    def build(chosen: Any) -> Any:
        values = {name: chosen.Choice(name, list(choices)) for name, choices in space.items()}
        return compiled(values, len(names))

    return tuners.Hyperband(
        build, objective=OBJECTIVE, max_epochs=plan.epochs, factor=plan.factor, seed=plan.seed,
        directory=str(out), project_name="trials", overwrite=False,
    )  # fmt: skip


def compiled(values: dict[str, Any], classes: int) -> Any:
    """`cnn_2block` with the values of one trial."""
    spec = ARCHITECTURES[ARCHITECTURE].input
    model = cnn_2block_with(
        (spec.height, spec.width, spec.channels), classes,
        (values["first_filters"], values["second_filters"]), values["dropout"], values["dense"],
    )  # fmt: skip
    optimizer = backends.keras().optimizers.Adam(values["rate"])
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


def sample(data: FaceData, rows: NDArray[np.int64], plan: SearchPlan) -> Sample:
    """Network tensors and targets of some rows."""
    spec = ARCHITECTURES[ARCHITECTURE].input
    return (
        network_inputs(data.images[rows], spec),
        truths.targets(data, plan.label_set)[rows],
    )


def table(tuner: Any, names: Sequence[str] | dict[str, Any]) -> list[dict[str, Any]]:
    """A row a finished trial, the best first."""
    trials = [trial for trial in tuner.oracle.trials.values() if trial.score is not None]
    rows = [
        {OBJECTIVE: round(float(trial.score), 6)}
        | {"epochs": int(trial.hyperparameters.values.get("tuner/epochs", 0))}
        | {name: trial.hyperparameters.values[name] for name in names}
        for trial in trials
    ]
    return sorted(rows, key=lambda row: -row[OBJECTIVE])


def keep_winner(
    tuner: Any, winner: dict[str, Any], data: FaceData, split: Split, plan: SearchPlan, out: Path
) -> None:
    """The best network with its record, so that it can be converted like any other."""
    with whole(out / "model.keras") as (partial,):
        tuner.get_best_models(1)[0].save(partial)
    truth = truths.learnable(data, plan.label_set)[split.train]
    figures = {"best_epoch": winner["epochs"], "val_accuracy": winner[OBJECTIVE]}
    write_json(out / "history.json", [{"val_accuracy": winner[OBJECTIVE]}])
    write_record(
        out / "training.json",
        TrainingRecord(
            labels=label_sets.names_of(plan.label_set),
            label_set=plan.label_set,
            input=ARCHITECTURES[ARCHITECTURE].input,
            arguments={"architecture": ARCHITECTURE, "seed": plan.seed, "search": winner},
            data_sha256=data.sha256,
            counts=dict(split.dropped),
            validation=tuple(split.validation.tolist()),
            calibration=calibration.choose(split.train, truth, data.sha256, plan.seed),
            figures=figures,
        ),
    )
