"""What is to be converted: our own training, or a stranger's network and what its user knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker.vision.manifest import InputSpec
from moodspeaker_convert.errors import DataError, ToolkitError
from moodspeaker_convert.faces import calibration, label_sets, truths
from moodspeaker_convert.faces.splits import split_rows
from moodspeaker_convert.networks.loading import load_network
from moodspeaker_convert.training.run_files import read_json, read_record

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from moodspeaker_convert.faces.calibration import CalibrationIndex
    from moodspeaker_convert.faces.data import FaceData
    from moodspeaker_convert.networks.network import Network


@dataclass(frozen=True, slots=True)
class Subject:
    """A network with its contract, and the rows that calibrate and verify it.

    `held_out` says that the rows in `verifying` never trained it; only then is a temperature fitted
    to them. `recipe` and `data` go into the manifest.
    """

    network: Network
    labels: tuple[str, ...]
    label_set: str
    input: InputSpec
    calibrating: CalibrationIndex
    verifying: NDArray[np.int64]
    held_out: bool
    recipe: dict[str, Any]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contract:
    """What a user knows of a network without training.json.

    Empty `labels` are those of the label set, in its order; `mean` and `std` are of 0..255 pixels.
    """

    label_set: str = "fer"
    labels: tuple[str, ...] = ()
    mean: float = 0.0
    std: float = 255.0
    equalise: str = "none"
    margin: float = 0.1
    seed: int = 1


def own_training(model: Path, data: FaceData) -> Subject:
    """Of a model beside its training.json. Raises DataError for other data than the training's."""
    record = read_record(model)
    if data.sha256 != record.data_sha256:
        raise DataError("the model was trained on other data", "give --data that file")
    history = read_json(model.with_name("history.json"), "train again")
    network = load_network(model)
    check_width(network, record.labels)
    return Subject(
        network, record.labels, record.label_set, record.input, record.calibration,
        record.validation_rows, True,
        {
            "training": record.arguments,
            "best_epoch": record.figures["best_epoch"],
            "history": [{key: round(value, 4) for key, value in line.items()} for line in history],
        },
        {"sha256": record.data_sha256, "labels": record.label_set, "rows": record.counts},
    )  # fmt: skip


def strangers(model: Path, data: FaceData, contract: Contract) -> Subject:
    """Of any Keras file or SavedModel, with rows cut from Training as `train` would cut them."""
    network = load_network(model)
    labels = contract.labels or label_sets.names_of(contract.label_set)
    check_width(network, labels)
    height, width, channels = network.input_shape
    split = split_rows(data, contract.label_set, contract.seed)
    truth = truths.learnable(data, contract.label_set)[split.train]
    return Subject(
        network, labels, contract.label_set,
        InputSpec(
            height, width, channels, "grey", contract.mean, contract.std, contract.equalise,
            contract.margin,
        ),
        calibration.choose(split.train, truth, data.sha256, contract.seed),
        split.validation, False,
        {"source": model.name, "parameters": network.parameters},
        {"sha256": data.sha256, "labels": contract.label_set, "rows": dict(split.dropped)},
    )  # fmt: skip


def check_width(network: Network, labels: tuple[str, ...]) -> None:
    """Raises ToolkitError unless there is one output a label."""
    if network.width != len(labels):
        raise ToolkitError(
            f"{network.name} gives {network.width} numbers for {len(labels)} labels "
            f"({', '.join(labels)})",
            "name its labels in their order with --label-names",
        )
