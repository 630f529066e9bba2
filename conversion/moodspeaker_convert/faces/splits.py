"""Which rows train and which validate, decided before anything else looks at a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces import truths
from moodspeaker_convert.faces.duplicates import copies_of, copy_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.faces.data import FaceData

VALIDATION_SHARE = 0.1
# Grey levels; below this a picture shows nothing.
FLAT_DEVIATION = 1.0


@dataclass(frozen=True, slots=True)
class Split:
    """Row numbers of the data file, and how many Training rows each rule dropped."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    dropped: tuple[tuple[str, int], ...]


def split_rows(
    data: FaceData,
    label_set: str,
    seed: int,
    excluded: NDArray[np.int64] | None = None,
    validation: NDArray[np.int64] | None = None,
) -> Split:
    """Cuts a stratified validation part from the Training rows that may be used.

    Copies of one picture land on one side. `validation` are rows that must validate, since a
    network that goes on learning has not seen them; no others are cut then. The same arguments give
    the same split. Raises DataError when nothing is left to learn from.
    """
    rows, dropped = usable_rows(data, label_set, excluded)
    groups = copy_groups(data.images[rows])
    if validation is None:
        truth = truths.learnable(data, label_set)[rows]
        chosen = validation_mask(truth, groups, np.random.default_rng(seed))
    else:
        chosen = np.isin(groups, groups[np.isin(rows, validation)])
    if not chosen.any() or chosen.all():
        raise DataError(
            f"{len(rows)} usable Training rows are too few to split", "give a larger data file"
        )
    return Split(rows[~chosen], rows[chosen], dropped)


def usable_rows(
    data: FaceData, label_set: str, excluded: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], tuple[tuple[str, int], ...]]:
    """The Training rows to use, and how many each rule dropped, in the order of the rules."""
    rows = data.rows("Training")
    dropped: list[tuple[str, int]] = []
    for name, rule in (
        ("excluded", lambda kept: np.isin(kept, [] if excluded is None else excluded)),
        ("flat", lambda kept: data.images[kept].std(axis=(1, 2)) < FLAT_DEVIATION),
        ("without_label", lambda kept: truths.learnable(data, label_set)[kept] < 0),
        ("copy_of_test", lambda kept: copies_of(data.images[kept], test_images(data))),
    ):
        out = rule(rows)
        dropped.append((name, int(out.sum())))
        rows = rows[~out]
    return rows, tuple(dropped)


def test_images(data: FaceData) -> NDArray[np.uint8]:
    """Every picture that is not Training; looked at for copies only."""
    found: NDArray[np.uint8] = data.images[data.usage != 0]
    return found


def validation_mask(
    truth: NDArray[np.int64], groups: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Which rows validate: whole groups in random order, until each class has its share."""
    wanted = np.ceil(np.bincount(truth) * VALIDATION_SHARE).astype(int)
    chosen = np.zeros(len(truth), dtype=np.bool_)
    for members in in_groups(groups, rng):
        # A group is judged by its first picture; mixed ones are too few to matter.
        label = truth[members[0]]
        if wanted[label] >= len(members):
            wanted[label] -= len(members)
            chosen[members] = True
    return chosen


def in_groups(groups: NDArray[np.int64], rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """The indices of each group, the groups shuffled."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order])) + 1
    members = np.split(order, starts)
    return [members[index] for index in rng.permutation(len(members))]
