"""Where the label store puts every track."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from moodspeaker.library.places import by_sticker, fused
from moodspeaker.library.records import Origin
from moodspeaker.library.store import LabelStore
from moodspeaker.music.fusion import ranked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from moodspeaker.types import Track


def stored_places(
    path: Path, tracks: Iterable[Track]
) -> dict[str, tuple[float, float, float, float]]:
    """{uri: (valence, arousal, their standard deviations)} of every track that a source speaks of.

    Stickers are taken from `tracks`, as the player has them now: a scan may be long ago.
    Raises LibraryError.
    """
    store = LabelStore.open(path)
    try:
        of_files = {track.uri: track.moods for track in store.tracks()}
        grouped = groupby(store.estimates(), key=lambda estimate: estimate.uri)
        said = {
            uri: [one for one in estimates if one.source != Origin.STICKER]
            for uri, estimates in grouped
        }
    finally:
        store.close()
    for track in tracks:
        words = tuple(word for word in track.moods if word not in of_files.get(track.uri, ()))
        if sticker := by_sticker(track.uri, words):
            said.setdefault(track.uri, []).append(sticker)
    fresh = {uri: fused(estimates) for uri, estimates in said.items() if estimates}
    return {
        uri: (place.valence, place.arousal, place.valence_sd, place.arousal_sd)
        for uri, place in zip(fresh, ranked(fresh.values()), strict=True)
    }
