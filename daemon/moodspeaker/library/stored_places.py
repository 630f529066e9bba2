"""Where the label store puts every track."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from moodspeaker.library.places import fused
from moodspeaker.library.store import LabelStore
from moodspeaker.music.fusion import ranked

if TYPE_CHECKING:
    from pathlib import Path


def stored_places(path: Path) -> dict[str, tuple[float, float, float]]:
    """{uri: (valence, arousal, standard deviation)} of every track that a source speaks of.

    Raises LibraryError.
    """
    store = LabelStore.open(path)
    try:
        grouped = groupby(store.estimates(), key=lambda estimate: estimate.uri)
        fresh = {uri: fused(estimates) for uri, estimates in grouped}
    finally:
        store.close()
    points = (place.point for place in ranked(fresh.values()))
    return {
        uri: (point.valence, point.arousal, point.sd)
        for uri, point in zip(fresh, points, strict=True)
    }
