"""How many pictures of each class each split holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker_convert.faces.label_sets import FER_LABELS
from moodspeaker_convert.faces.records import NO_LABEL, USAGES

if TYPE_CHECKING:
    from moodspeaker_convert.faces.records import FaceData

# What shows none of the seven.
NONE = "none"


def class_counts(data: FaceData) -> dict[str, dict[str, int]]:
    """`{split: {label: pictures}}` of FER2013's own labels.

    Splits without rows are left out; a split with rows names all seven labels, and `none` where
    it has such rows.
    """
    found = {}
    for usage, split in enumerate(USAGES):
        labels = data.label[data.usage == usage]
        counts = {name: int((labels == index).sum()) for index, name in enumerate(FER_LABELS)}
        if (labels == NO_LABEL).any():
            counts[NONE] = int((labels == NO_LABEL).sum())
        if len(labels):
            found[split] = counts
    return found


def describe(data: FaceData) -> str:
    """The counts for people, a line a split."""
    return "\n".join(
        f"{split}: {sum(counts.values())} pictures ("
        + ", ".join(f"{label} {count}" for label, count in counts.items())
        + ")"
        for split, counts in class_counts(data).items()
    )
