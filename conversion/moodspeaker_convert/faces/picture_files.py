"""Faces from a folder of picture files: grey, and brought to FER2013's size."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from moodspeaker.vision.preprocess import resized
from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces.class_folders import find_pictures
from moodspeaker_convert.faces.content_hash import hash_of_files
from moodspeaker_convert.faces.records import SIDE, FaceData

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

MANY = 500
# OpenCV's number for no log at all, whose name its type stubs lack.
SILENT = 0


def read_folder(folder: Path) -> FaceData:
    """Every picture of the class folders in `folder`, as `class_folders` finds them.

    The hash is over the pictures' names and contents. Raises DataError.
    """
    pictures = find_pictures(folder)
    images = np.empty((len(pictures), SIDE, SIDE), dtype=np.uint8)
    digests = []
    disable = None if len(pictures) > MANY else True
    with without_opencv_log():
        for row, picture in enumerate(tqdm(pictures, folder.name, unit="picture", disable=disable)):
            content = content_of(picture.path)
            digests.append((picture.name, hashlib.sha256(content).hexdigest()))
            images[row] = face_of(picture.path, content)
    return FaceData(
        images=images,
        label=np.asarray([picture.label for picture in pictures], dtype=np.int8),
        usage=np.asarray([picture.usage for picture in pictures], dtype=np.uint8),
        votes=None,
        sha256=hash_of_files(digests),
    )


def content_of(path: Path) -> bytes:
    """The file's bytes. Raises DataError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}", "check its permissions") from error


def face_of(path: Path, content: bytes) -> NDArray[np.uint8]:
    """The picture in grey, u8[SIDE,SIDE]; one that is not square is pressed into it.

    Raises DataError.
    """
    try:
        grey = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        grey = None
    if grey is None:
        raise DataError(f"{path} is no readable picture", "replace or remove it")
    return resized(grey.astype(np.uint8, copy=False), SIDE, SIDE)


@contextmanager
def without_opencv_log() -> Iterator[None]:
    """OpenCV writes lines of its own about a damaged file; our one names it."""
    level = cv2.getLogLevel()
    cv2.setLogLevel(SILENT)
    try:
        yield
    finally:
        cv2.setLogLevel(level)
