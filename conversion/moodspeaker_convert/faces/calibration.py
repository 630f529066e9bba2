"""Which Training rows set the int8 ranges: balanced, seeded, kept with the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.faces.data import FaceData

FORMAT = 1
PER_CLASS = 60


@dataclass(frozen=True, slots=True)
class CalibrationIndex:
    """Row numbers of one data file, known by its hash."""

    rows: tuple[int, ...]
    seed: int
    data_sha256: str

    def as_json(self) -> dict[str, Any]:
        """The index file's JSON object."""
        return {
            "format": FORMAT,
            "seed": self.seed,
            "data_sha256": self.data_sha256,
            "rows": list(self.rows),
        }


def choose(
    rows: NDArray[np.int64], truth: NDArray[np.int64], data_sha256: str, seed: int
) -> CalibrationIndex:
    """As many of the training `rows` from each class: PER_CLASS, or what the smallest has.

    `truth` is the class of each of `rows`.
    """
    rng = np.random.default_rng(seed)
    classes, counts = np.unique(truth, return_counts=True)
    each = min(PER_CLASS, int(counts.min()))
    chosen = [rng.choice(rows[truth == label], each, replace=False) for label in classes]
    return CalibrationIndex(
        tuple(int(row) for row in np.sort(np.concatenate(chosen))), seed, data_sha256
    )


def parse_index(content: Any) -> CalibrationIndex:
    """An index from its own JSON object, or from the manifest of a model. Raises DataError."""
    try:
        content = content.get("recipe", {}).get("calibration", content)
        if content["format"] != FORMAT:
            raise DataError(f"calibration index of format {content['format']}", f"wanted {FORMAT}")
        rows = tuple(int(row) for row in content["rows"])
        return CalibrationIndex(rows, int(content["seed"]), str(content["data_sha256"]))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"this is no calibration index: {error!r}", "train again") from error


def calibration_images(
    index: CalibrationIndex, data: FaceData, validation: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """The pictures of the index. Raises DataError unless every row is training material."""
    if index.data_sha256 != data.sha256:
        raise DataError("the calibration index belongs to other data", "give the data of training")
    allowed = np.setdiff1d(data.rows("Training"), validation)
    strangers = np.setdiff1d(index.rows, allowed)
    if len(strangers) or not index.rows:
        raise DataError(
            f"the calibration index is empty or names rows outside training: {strangers[:3]}",
            "train again, or choose only Training rows",
        )
    return data.images[list(index.rows)]
