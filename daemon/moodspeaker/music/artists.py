"""Who a track is by, for keeping the same artist apart."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types import Track

GUESTS = re.compile(r"(?<=\S)\s+[(\[]?(?:feat|ft|featuring)\b\.?\s.*", re.DOTALL)
NAMES = 8192
"""So many artists are read only once."""
NOBODY = frozenset({"unknown", "unknown artist", "<unknown>", "[unknown]", "various artists"})
"""What taggers write where they know no artist: such tracks have nothing in common."""


def artist_key(track: Track) -> str:
    """The track's artist for comparing, see `main_artist`."""
    return main_artist(track.artist)


@lru_cache(NAMES)
def main_artist(text: str) -> str:
    """The first of several artists split by `;`, case folded, without guests; empty for nobody."""
    first = text.split(";", maxsplit=1)[0].strip().casefold()
    alone = GUESTS.sub("", first).strip()
    return "" if alone in NOBODY else alone
