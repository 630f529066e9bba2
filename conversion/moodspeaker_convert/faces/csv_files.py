"""Faces from fer2013.csv, with the FER+ votes beside it, and from CK+ in the same form."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.vision.manifest import sha256_of
from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces.content_hash import hash_of_files
from moodspeaker_convert.faces.csv_rows import rows_of
from moodspeaker_convert.faces.ferplus_file import VOTES_FILE, check_same_rows, read_votes
from moodspeaker_convert.faces.records import CLASSES, NO_LABEL, SIDE, USAGES, FaceData

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

COLUMNS = ("emotion", "pixels", "Usage")
# CK+ numbers its first seven emotions as FER2013 does; its 7 is contempt.
LABELS = {str(number): number for number in range(CLASSES)} | {str(CLASSES): NO_LABEL}


def read_csv(path: Path) -> FaceData:
    """The rows of a file with the columns emotion, pixels and Usage.

    Where fer2013new.csv lies beside it and the file is not CK+, that gives the votes, and the
    hash is that of both files. Raises DataError.
    """
    data = read_pictures(path)
    votes_path = path.with_name(VOTES_FILE)
    if is_ck(path, data.label) or not votes_path.is_file():
        return data
    votes, usage = read_votes(votes_path)
    check_same_rows(votes_path, usage, path, data.usage)
    both = [(path.name, data.sha256), (VOTES_FILE, sha256_of(votes_path))]
    return FaceData(data.images, data.label, data.usage, votes, hash_of_files(both))


def is_ck(path: Path, label: NDArray[np.int8]) -> bool:
    """Whether a word of the file's name begins with "ck", or a row shows contempt."""
    return bool(re.search(r"(?<![a-z])ck", path.stem.lower()) or (label == NO_LABEL).any())


def read_pictures(path: Path) -> FaceData:
    """Everything but the votes. Raises DataError."""
    pixels, labels, usages = bytearray(), [], []
    for line, (emotion, numbers, usage) in rows_of(path, COLUMNS):
        try:
            labels.append(LABELS[emotion])
            usages.append(USAGES.index(usage))
            pixels += pixels_of(numbers)
        except (KeyError, ValueError) as error:
            problem = what_is_wrong(emotion, usage) or str(error)
            raise DataError(f"{path}, line {line}: {problem}", "get the file anew") from error
    if not labels:
        raise DataError(f"{path} has no rows", "get the file anew")
    return FaceData(
        images=np.frombuffer(pixels, dtype=np.uint8).reshape(len(labels), SIDE, SIDE),
        label=np.asarray(labels, dtype=np.int8),
        usage=np.asarray(usages, dtype=np.uint8),
        votes=None,
        sha256=sha256_of(path),
    )


def pixels_of(text: str) -> bytes:
    """SIDE * SIDE grey levels, row by row. Raises ValueError."""
    with warnings.catch_warnings():
        # NumPy stops at the first thing that is no number, and only warns.
        warnings.simplefilter("error", DeprecationWarning)
        try:
            numbers = np.fromstring(text, dtype=np.int64, sep=" ")
        except (DeprecationWarning, ValueError):
            raise ValueError("a pixel is no whole number") from None
    if len(numbers) != SIDE * SIDE:
        raise ValueError(f"{len(numbers)} pixels, wanted {SIDE}x{SIDE} = {SIDE * SIDE}")
    if numbers.min() < 0 or numbers.max() > 255:
        raise ValueError("a pixel is outside 0..255")
    return numbers.astype(np.uint8).tobytes()


def what_is_wrong(emotion: str, usage: str) -> str:
    """The trouble with a row's labels; empty when it lies in the pixels."""
    if emotion not in LABELS:
        return f"emotion {emotion!r} is none of 0..7"
    return "" if usage in USAGES else f"Usage {usage!r} is none of {', '.join(USAGES)}"
