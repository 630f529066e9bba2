"""FER2013 as an npz file: 48x48 grey faces, FER2013 labels and FER+ votes."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.vision.manifest import sha256_of
from moodspeaker_convert.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

USAGES = ("Training", "PublicTest", "PrivateTest")
CLASSES = 7
VOTES = 10


@dataclass(frozen=True, slots=True)
class FaceData:
    """A data file, row by row.

    `images` u8[n,h,w]; `label` i8[n], an index into FER2013's seven labels; `usage` u8[n], an
    index into USAGES; `votes` u8[n,10] by FER+ taggers, None where the file has none.
    """

    images: NDArray[np.uint8]
    label: NDArray[np.int8]
    usage: NDArray[np.uint8]
    votes: NDArray[np.uint8] | None
    sha256: str

    def rows(self, split: str) -> NDArray[np.int64]:
        """The row numbers of a split. Raises DataError when there are none."""
        found = np.flatnonzero(self.usage == USAGES.index(split))
        if not len(found):
            raise DataError(f"the data has no {split} rows", "give a file that holds that split")
        return found


def load_data(path: Path) -> FaceData:
    """The checked contents of an npz file with the fields images, label, usage.

    The field ferplus_votes is optional. Raises DataError.
    """
    fields = read_fields(path)
    missing = [name for name in ("images", "label", "usage") if name not in fields]
    if missing:
        raise DataError(f"{path} has no field {', '.join(missing)}", "see models/README.md, Data")
    data = FaceData(
        images=fields["images"],
        label=fields["label"],
        usage=fields["usage"],
        votes=fields.get("ferplus_votes"),
        sha256=sha256_of(path),
    )
    check_shapes(path, data)
    return data


def read_fields(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of an npz file. Raises DataError."""
    if not path.is_file():
        raise DataError(f"{path} is missing", "give --data an npz file")
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is no readable npz file: {error}", "make it anew") from error


def check_shapes(path: Path, data: FaceData) -> None:
    """Raises DataError with the first thing that is wrong."""
    images, count = data.images, len(data.images)
    if images.ndim != 3 or images.dtype != np.uint8 or not count:
        raise DataError(
            f"{path}: images is {images.dtype}{list(images.shape)}", "wanted: uint8[n,height,width]"
        )
    for name, values in (("label", data.label), ("usage", data.usage)):
        if values.shape != (count,) or values.dtype.kind not in "iu":
            raise DataError(
                f"{path}: {name} is {values.dtype}{list(values.shape)}",
                f"wanted: integers[{count}]",
            )
    ranges = (data.label, CLASSES), (data.usage, len(USAGES))
    if any(values.min() < 0 or values.max() >= limit for values, limit in ranges):
        raise DataError(f"{path}: a label or usage is out of range", "labels are 0..6, usage 0..2")
    if data.votes is not None and data.votes.shape != (count, VOTES):
        raise DataError(
            f"{path}: ferplus_votes is {list(data.votes.shape)}", f"wanted: [{count},{VOTES}]"
        )


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
