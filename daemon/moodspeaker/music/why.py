"""Why a track was chosen, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.music.plane import Point
from moodspeaker.music.shelf import skip_share
from moodspeaker.music.taste import REFUSED
from moodspeaker.music.wish import Way
from moodspeaker.types import Track

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moodspeaker.music.fitting import Fitting
    from moodspeaker.music.shelf import Shelf
    from moodspeaker.music.wish import Wish

LONGEST = 200
NOTABLE = 0.3
"""Feedback that moves the score by less than this is not told."""
OFTEN = 0.3
WAYS = {
    Way.RANDOM_N: "at random among the best",
    Way.TOP_BY_RATING: "the best rated",
    Way.COSINE: "like the face",
}


def why(shelf: Shelf, wish: Wish, fits: Fitting, row: int, taste: float) -> str:
    """At most `LONGEST` characters: how near, in which way, how liked, and what was relaxed."""
    parts = [aim(shelf, wish, fits, row), *effects(shelf.tracks[row], taste), *fits.relaxed]
    line = "; ".join(parts)
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


def aim(shelf: Shelf, wish: Wish, fits: Fitting, row: int) -> str:
    """How near to what, and in which way it was taken."""
    name = wish.aim or wish.mood
    if fits.way is Way.RULE:
        return f"{name} by the rules"
    if fits.goal is None:
        near = f"any track for {name}"
    else:
        place = Point(*shelf.places[row, :2])
        near = f"{place.distance(fits.goal):.2f} from the goal of {name}"
    return f"{near}, {WAYS[fits.way]}" if fits.way in WAYS else near


def effects(track: Track, taste: float) -> Iterator[str]:
    """What raised or lowered the track."""
    counts = track.counts
    if counts.like in (0, 2):
        yield "liked" if counts.like else "disliked"
    if counts.rating is not None:
        yield f"rated {counts.rating} of 10"
    if skip_share(counts) >= OFTEN:
        yield "often skipped"
    if taste >= NOTABLE:
        yield "liked in this mood"
    elif taste <= REFUSED:
        yield "disliked in this mood"
    elif taste <= -NOTABLE:
        yield "skipped in this mood"
