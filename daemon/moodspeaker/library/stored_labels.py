"""What the label store knows of every track."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import groupby
from typing import TYPE_CHECKING

from moodspeaker.library.places import by_sticker, fused
from moodspeaker.library.records import Origin
from moodspeaker.library.store import LabelStore
from moodspeaker.music.fusion import ranked
from moodspeaker.music.rules import emotions_by_rules
from moodspeaker.music.supplied import Features

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from moodspeaker.library.records import Estimate, StoredTrack
    from moodspeaker.types import Track

COLUMNS = frozenset(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True)
class Labels:
    """`places` are (valence, arousal, their standard deviations), `rules` emotions, by uri."""

    known: Mapping[str, StoredTrack]
    places: Mapping[str, tuple[float, float, float, float]]
    rules: Mapping[str, tuple[str, ...]]

    def on(self, track: Track) -> Track:
        """The track with its place; genre and year from its file where the player has none."""
        stored = self.known.get(track.uri)
        return replace(
            track,
            place=self.places.get(track.uri),
            rules=self.rules.get(track.uri, ()),
            genre=track.genre or (stored.genre if stored else ""),
            year=track.year or (stored.year if stored else None),
        )


def stored_labels(path: Path, tracks: Sequence[Track]) -> Labels:
    """Labels for these tracks, where a source speaks of them.

    Stickers are taken from `tracks`, as the player has them now: a scan may be long ago.
    Raises LibraryError.
    """
    store = LabelStore.open(path)
    try:
        store.spare_memory()
        known = {track.uri: track for track in store.tracks()}
        estimates, features = store.estimates(), store.features()
    finally:
        store.close()
    said = {
        uri: [one for one in group if one.source != Origin.STICKER]
        for uri, group in groupby(estimates, key=lambda estimate: estimate.uri)
    }
    for track in tracks:
        of_file = known[track.uri].moods if track.uri in known else ()
        words = tuple(word for word in track.moods if word not in of_file)
        if sticker := by_sticker(track.uri, words):
            said.setdefault(track.uri, []).append(sticker)
    return Labels(known, places_of(said), {uri: by_rules(row) for uri, row in features.items()})


def places_of(
    said: Mapping[str, Iterable[Estimate]],
) -> dict[str, tuple[float, float, float, float]]:
    """One place a track, predictions blended with their rank among all."""
    fresh = {uri: fused(estimates) for uri, estimates in said.items() if estimates}
    return {
        uri: (place.valence, place.arousal, place.valence_sd, place.arousal_sd)
        for uri, place in zip(fresh, ranked(fresh.values()), strict=True)
    }


def by_rules(columns: Mapping[str, float]) -> tuple[str, ...]:
    """The emotions that the named rules give these columns."""
    features = Features(**{name: value for name, value in columns.items() if name in COLUMNS})
    return tuple(emotion.value for emotion in emotions_by_rules(features))
