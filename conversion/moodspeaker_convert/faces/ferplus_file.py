"""The FER+ votes: fer2013new.csv, a row for each of fer2013.csv, in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces.csv_rows import rows_of
from moodspeaker_convert.faces.records import USAGES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

VOTES_FILE = "fer2013new.csv"
REMEDY = f"get {VOTES_FILE} anew, or move it away"
# In the order of the columns of FaceData.votes.
COLUMNS = (
    "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt",
    "unknown", "NF",
)  # fmt: skip


def read_votes(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Votes u8[n,10] and usage u8[n] of each row. Raises DataError.

    The rows that FER+ drops (no image name) have all their votes in the last column.
    """
    votes, usages = [], []
    for line, (usage, *cells) in rows_of(path, ("Usage", *COLUMNS)):
        if usage not in USAGES:
            raise DataError(f"{path}, line {line}: Usage {usage!r} is unknown", REMEDY)
        usages.append(USAGES.index(usage))
        votes.append(counts_of(path, line, cells))
    return (
        np.asarray(votes, dtype=np.uint8).reshape(len(votes), len(COLUMNS)),
        np.asarray(usages, dtype=np.uint8),
    )


def counts_of(path: Path, line: int, cells: list[str]) -> list[int]:
    """The votes of a row. Raises DataError unless each is a number 0..255."""
    if not all(cell.isdecimal() and int(cell) <= 255 for cell in cells):
        raise DataError(f"{path}, line {line}: a vote is no whole number 0..255", REMEDY)
    return [int(cell) for cell in cells]


def check_same_rows(
    path: Path, usage: NDArray[np.uint8], pictures: Path, wanted: NDArray[np.uint8]
) -> None:
    """Raises DataError unless the votes' rows are those of the pictures."""
    if len(usage) != len(wanted):
        raise DataError(f"{path} has {len(usage)} rows, {pictures.name} has {len(wanted)}", REMEDY)
    others = np.flatnonzero(usage != wanted)
    if len(others):
        row = int(others[0])
        raise DataError(
            f"{path}: row {row + 1} is {USAGES[usage[row]]}, but {USAGES[wanted[row]]} in "
            f"{pictures.name}",
            REMEDY,
        )
