"""The choice of the next track: near the goal, fresh, liked, and a little by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.music.artists import artist_key
from moodspeaker.music.fitting import fitting
from moodspeaker.music.history import History
from moodspeaker.music.limits import within_limits
from moodspeaker.music.placing import track_point
from moodspeaker.music.ways import take
from moodspeaker.music.why import why
from moodspeaker.music.wish import ChoiceSettings

if TYPE_CHECKING:
    from random import Random

    from moodspeaker.music.shelf import Shelf
    from moodspeaker.music.taste import Taste
    from moodspeaker.music.wish import Wish
    from moodspeaker.types import Track

__all__ = ["Choice", "ChoiceSettings", "History", "artist_key", "choose", "track_point"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A track, where it lies on the plane (-1..1), and one line saying why it was chosen."""

    track: Track
    valence: float
    arousal: float
    why: str


def choose(
    shelf: Shelf,
    wish: Wish,
    history: History,
    taste: Taste,
    settings: ChoiceSettings,
    now_s: float,
    rng: Random,
) -> Choice | None:
    """One track for `wish`; None only from an empty shelf. `now_s` is Unix time, seconds.

    The same shelf, history, taste, time and seed choose the same track. What fits the wish comes
    first, then what is fresh: limits on repeats are relaxed before the mood is, as long as some
    track fits it. `fitting`, `within_limits` and `take` say in which order.
    """
    if not len(shelf):
        return None
    offsets = shelf.column(taste.offsets(wish.mood, now_s))
    fits = within_limits(shelf, fitting(shelf, wish, offsets), history, settings, now_s)
    row = take(shelf, fits, settings, rng)
    valence, arousal = shelf.places[row, :2].tolist()
    reason = why(shelf, wish, fits, row, float(offsets[row]))
    return Choice(shelf.tracks[row], valence, arousal, reason)
