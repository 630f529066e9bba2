"""Faces from an npz file with the fields images, label, usage and perhaps ferplus_votes."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.vision.manifest import sha256_of
from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces.records import CLASSES, NO_LABEL, USAGES, VOTES, FaceData

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def read_npz(path: Path) -> FaceData:
    """The checked contents of the file. Raises DataError."""
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
    check_ranges(path, data)
    return data


def read_fields(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of the file. Raises DataError."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is no readable npz file: {error}", "make it anew") from error


def check_shapes(path: Path, data: FaceData) -> None:
    """Raises DataError with the first array that has another shape or type."""
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
    if data.votes is not None and data.votes.shape != (count, VOTES):
        raise DataError(
            f"{path}: ferplus_votes is {list(data.votes.shape)}", f"wanted: [{count},{VOTES}]"
        )


def check_ranges(path: Path, data: FaceData) -> None:
    """Raises DataError for a label or usage that stands for nothing."""
    ranges = (data.label, NO_LABEL, CLASSES), (data.usage, 0, len(USAGES))
    if any(values.min() < least or values.max() >= limit for values, least, limit in ranges):
        raise DataError(
            f"{path}: a label or usage is out of range",
            f"labels are 0..6, or {NO_LABEL} for none of the seven; usage is 0..2",
        )
