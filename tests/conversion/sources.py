"""The same faces written in every form that the toolkit reads, and what it says of them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from generated import fields

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces.data import FaceData, load_data
from moodspeaker_convert.faces.label_sets import FER_LABELS
from moodspeaker_convert.faces.records import USAGES

VOTES_HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
)
SPLIT_FOLDERS = ("train", "validation", "test")

FACE = np.random.default_rng(5).integers(0, 256, (48, 48)).astype(np.uint8)

Arrays = dict[str, np.ndarray]


def some() -> Arrays:
    """A few of the generated faces, so that writing stays quick."""
    return {name: values[::35].copy() for name, values in fields().items()}


def same(data: FaceData, arrays: Arrays) -> bool:
    """Whether these are the faces, row by row."""
    return (
        np.array_equal(data.images, arrays["images"])
        and np.array_equal(data.label, arrays["label"])
        and np.array_equal(data.usage, arrays["usage"])
    )


def refusal(path: Path) -> str:
    """What is said when the data is refused, which must be one line."""
    with pytest.raises(DataError) as caught:
        load_data(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def write_npz(path: Path, arrays: Arrays) -> Path:
    """The faces in the toolkit's own form."""
    np.savez(path, **arrays)
    return path


def write_csv(path: Path, arrays: Arrays, votes: bool = False) -> Path:
    """The faces as fer2013.csv has them, and the FER+ file beside it when `votes`."""
    lines = ["emotion,pixels,Usage"]
    rows = zip(arrays["images"], arrays["label"], arrays["usage"], strict=True)
    for image, label, usage in rows:
        pixels = " ".join(map(str, image.ravel()))
        lines.append(f"{7 if label < 0 else label},{pixels},{USAGES[usage]}")
    path.write_text("\n".join(lines) + "\n")
    if votes:
        write_votes(path.with_name("fer2013new.csv"), arrays)
    return path


def write_votes(path: Path, arrays: Arrays) -> None:
    """The FER+ file; dropped rows, whose votes all say that there is no face, have no name."""
    lines = [VOTES_HEADER]
    for row, (usage, votes) in enumerate(
        zip(arrays["usage"], arrays["ferplus_votes"], strict=True)
    ):
        name = "" if votes[-1] == votes.sum() else f"fer{row:07}.png"
        lines.append(f"{USAGES[usage]},{name},{','.join(map(str, votes))}")
    path.write_text("\n".join(lines) + "\n")


def write_folder(folder: Path, arrays: Arrays) -> Path:
    """The faces as PNG files in FOLDER/SPLIT/CLASS."""
    rows = zip(arrays["images"], arrays["label"], arrays["usage"], strict=True)
    for row, (image, label, usage) in enumerate(rows):
        name = "contempt" if label < 0 else FER_LABELS[label]
        write_picture(folder / SPLIT_FOLDERS[usage] / name / f"{row:04}.png", image)
    return folder


def fill(folder: Path, *names: str, image: np.ndarray = FACE) -> Path:
    """Writes the same picture under each name."""
    for name in names:
        write_picture(folder / name, image)
    return folder


def write_picture(path: Path, image: np.ndarray) -> Path:
    """One picture, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)
    return path
