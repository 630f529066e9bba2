"""What tests put into a label store."""

from __future__ import annotations

from moodspeaker.library.records import Estimate, Origin, Stamp, StoredTrack

SONG = StoredTrack(
    "a/ü'\"\n.ogg", "T", "A", "L", "Rock", 1987, 120.5, ("happy", "fun"), Stamp(5, 7, 1)
)


def said(uri: str, source: Origin = Origin.TAG) -> Estimate:
    """What one source says of a track."""
    return Estimate(uri, source.value, 0.5, -0.5, 0.25, 0.3, "happy", "m1")
