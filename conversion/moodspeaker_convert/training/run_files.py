"""What a training leaves beside its model: who trained it, on what, and with which input."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.vision.manifest import InputSpec
from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces.calibration import CalibrationIndex, parse_index
from moodspeaker_convert.whole_files import whole

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = 1


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """training.json: enough to convert the model and to train it again.

    `arguments` are the command's; `counts` say how many rows each rule dropped and how many
    trained and validated; `validation` holds the rows and the figures are in `figures`.
    """

    labels: tuple[str, ...]
    label_set: str
    input: InputSpec
    arguments: dict[str, Any]
    data_sha256: str
    counts: dict[str, int]
    validation: tuple[int, ...]
    calibration: CalibrationIndex
    figures: dict[str, Any]

    @property
    def validation_rows(self) -> NDArray[np.int64]:
        """The rows that never trained."""
        return np.asarray(self.validation, dtype=np.int64)


def write_record(path: Path, record: TrainingRecord) -> None:
    """Writes training.json."""
    content = asdict(record) | {"format": FORMAT, "calibration": record.calibration.as_json()}
    write_json(path, content)


def read_record(model: Path) -> TrainingRecord:
    """The record beside `model`. Raises DataError."""
    path = model.with_name("training.json")
    content = read_json(path, "a model is converted beside the training.json of its training")
    try:
        return TrainingRecord(
            labels=tuple(content["labels"]),
            label_set=str(content["label_set"]),
            input=InputSpec(**content["input"]),
            arguments=dict(content["arguments"]),
            data_sha256=str(content["data_sha256"]),
            counts=dict(content["counts"]),
            validation=tuple(int(row) for row in content["validation"]),
            calibration=parse_index(content["calibration"]),
            figures=dict(content["figures"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is no training record: {error!r}", "train again") from error


def read_json(path: Path, remedy: str) -> Any:
    """A JSON file's content. Raises DataError, which ends in `remedy`."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{path} is missing", remedy) from error
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is no readable JSON: {error}", remedy) from error


def write_json(path: Path, content: Any) -> None:
    """Writes a file at once or not at all."""
    with whole(path) as (partial,):
        partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
