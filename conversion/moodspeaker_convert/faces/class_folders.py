"""Where the pictures of a folder of class folders lie, and what their folders say of them.

Either `FOLDER/angry/1.png`, all of it Training, or `FOLDER/train/angry/1.png` beside
`FOLDER/test` and perhaps `FOLDER/validation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces.label_sets import CONTEMPT, FER_LABELS, SYNONYMS
from moodspeaker_convert.faces.records import NO_LABEL, USAGES

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".pgm"})
TRAINING, PUBLIC, PRIVATE = range(len(USAGES))
SPLITS = {
    "train": TRAINING, "training": TRAINING,
    "val": PUBLIC, "valid": PUBLIC, "validation": PUBLIC, "dev": PUBLIC, "publictest": PUBLIC,
    "privatetest": PRIVATE,
}  # fmt: skip
# PrivateTest beside a validation folder, else PublicTest.
TEST = ("test", "testing")
KNOWN_SPLITS = "train, validation, test"
KNOWN_CLASSES = ", ".join((*FER_LABELS, CONTEMPT))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file: its path, `name` relative to the data set with `/`, label and usage."""

    path: Path
    name: str
    label: int
    usage: int


def find_pictures(folder: Path) -> list[Picture]:
    """Every picture, sorted by name, so that rows are the same everywhere. Raises DataError.

    Names of folders count without case. Hidden files, and files that are no pictures by their
    suffix, are passed over.
    """
    children = folders_in(folder)
    if not children:
        raise DataError(f"{folder} has no class folders", f"wanted: {KNOWN_CLASSES}")
    usages = usages_of(children)
    if not usages:
        found = class_pictures(folder, folder, TRAINING)
    else:
        check_splits(children, usages)
        found = [
            picture
            for child in children
            for picture in class_pictures(folder, child, usages[plain(child)])
        ]
    return sorted(found, key=lambda picture: picture.name)


def usages_of(children: list[Path]) -> dict[str, int]:
    """The usage of each split folder, by its plain name; empty when there is none."""
    names = [plain(child) for child in children]
    usages = {name: SPLITS[name] for name in names if name in SPLITS}
    test = PRIVATE if PUBLIC in usages.values() else PUBLIC
    return usages | {name: test for name in names if name in TEST}


def check_splits(children: list[Path], usages: dict[str, int]) -> None:
    """Raises DataError for a folder among the splits that is none."""
    for child in children:
        if plain(child) not in usages:
            raise DataError(
                f"{child} is no split, and lies beside split folders", f"known: {KNOWN_SPLITS}"
            )


def class_pictures(root: Path, folder: Path, usage: int) -> list[Picture]:
    """The pictures in the class folders of `folder`. Raises DataError for one without any."""
    children = folders_in(folder)
    if not children:
        raise DataError(f"{folder} has no class folders", f"wanted: {KNOWN_CLASSES}")
    found = []
    for child in children:
        label = label_of(child)
        paths = [path for path in visible(child) if path.suffix.lower() in SUFFIXES]
        if not paths:
            raise DataError(
                f"the class folder {child} is empty", "put pictures into it, or remove it"
            )
        for path in paths:
            found.append(Picture(path, path.relative_to(root).as_posix(), label, usage))
    return found


def label_of(folder: Path) -> int:
    """The label that a class folder's name stands for. Raises DataError."""
    name = SYNONYMS.get(plain(folder), plain(folder))
    if name != CONTEMPT and name not in FER_LABELS:
        raise DataError(
            f"{folder} is no known class", f"known: {KNOWN_CLASSES}; above them {KNOWN_SPLITS}"
        )
    return NO_LABEL if name == CONTEMPT else FER_LABELS.index(name)


def folders_in(folder: Path) -> list[Path]:
    """The folders in `folder`."""
    return [path for path in visible(folder) if path.is_dir()]


def visible(folder: Path) -> list[Path]:
    """What lies in `folder`, sorted, without hidden things. Raises DataError."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise DataError(f"{folder} cannot be read: {error}", "check its permissions") from error


def plain(folder: Path) -> str:
    """The folder's name as it is compared."""
    return folder.name.strip().lower()
