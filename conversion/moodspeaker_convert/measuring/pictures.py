"""Faces that are to be explained, from picture files or from rows of data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker_convert.errors import DataError, ToolkitError
from moodspeaker_convert.faces.label_sets import FER_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker_convert.faces.data import FaceData


@dataclass(frozen=True, slots=True)
class Picture:
    """A grey face u8[h,w]; `stem` names its file, `name` says what it is."""

    stem: str
    name: str
    pixels: NDArray[np.uint8]


def read(path: Path) -> Picture:
    """A picture file, made grey; all of it is taken for the face. Raises DataError."""
    try:
        content = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}", "name a picture") from error
    pixels = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if len(content) else None
    if pixels is None:
        raise DataError(f"{path} is no picture that OpenCV reads", "give a PNG or JPEG file")
    return Picture(path.stem, path.name, pixels.astype(np.uint8, copy=False))


def of_rows(data: FaceData, rows: Iterable[int]) -> list[Picture]:
    """Rows of a data file. Raises DataError for one that it lacks."""
    count = len(data.images)
    found = []
    for row in rows:
        if row >= count:
            raise DataError(f"the data has no row {row}", f"its rows are 0..{count - 1}")
        found.append(Picture(f"row-{row:05}", name_of_row(data, row), data.images[row]))
    return found


def name_of_row(data: FaceData, row: int) -> str:
    """The row's number, with its label where it has one."""
    label = int(data.label[row])
    return f"row {row}" + (f", labelled {FER_LABELS[label]}" if label >= 0 else "")


def targets(pictures: Sequence[Picture], folder: Path, force: bool) -> list[Path]:
    """A file in `folder` for each picture.

    Raises ToolkitError for two of one name, and for one that stands unless `force` is given.
    """
    if folder.exists() and not folder.is_dir():
        raise ToolkitError(f"{folder} is no folder", "name another --out")
    paths = [folder / f"{picture.stem}-gradcam.png" for picture in pictures]
    for index, path in enumerate(paths):
        if path in paths[:index]:
            raise ToolkitError(f"two pictures would become {path}", "explain them in two goes")
        if path.exists() and not force:
            raise ToolkitError(f"{path} exists", "give --force or another --out")
    return paths
