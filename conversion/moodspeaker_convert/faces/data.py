"""Faces for training and measuring, from an npz file, a CSV file or a folder of class folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces.csv_files import read_csv
from moodspeaker_convert.faces.npz_file import read_npz
from moodspeaker_convert.faces.picture_files import read_folder
from moodspeaker_convert.faces.records import FaceData

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["FaceData", "load_data", "read_row_numbers"]


def load_data(path: Path) -> FaceData:
    """The checked contents of what lies at `path`: a folder, a `.csv` file, or else npz.

    Raises DataError.
    """
    if path.is_dir():
        return read_folder(path)
    if not path.is_file():
        raise DataError(
            f"{path} is missing", "give --data an npz file, a CSV file or a folder of class folders"
        )
    return read_csv(path) if path.suffix.lower() == ".csv" else read_npz(path)


def read_row_numbers(path: Path, count: int) -> NDArray[np.int64]:
    """Row numbers, one a line, `#` begins a comment. Raises DataError outside 0..count-1."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        numbers = [int(text) for line in lines if (text := line.split("#")[0].strip())]
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path} is no list of row numbers: {error}", "one whole number a line"
        ) from error
    if any(not 0 <= number < count for number in numbers):
        raise DataError(f"{path} names a row beyond 0..{count - 1}", "it belongs to other data")
    return np.unique(np.asarray(numbers, dtype=np.int64))
