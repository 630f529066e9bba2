"""How one of the tracks that may be played is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.music.fitting import NEAR
from moodspeaker.music.wish import Way

if TYPE_CHECKING:
    from random import Random

    from moodspeaker.music.fitting import Fitting
    from moodspeaker.music.shelf import Flags, Floats, Shelf
    from moodspeaker.music.wish import ChoiceSettings

TOP = 20
"""So many of the closest tracks are drawn from."""
EVEN = 0.1
"""Tracks whose closeness differs by less are equally close: no place is known any better. So a
large library does not play the same twenty every day."""


def take(shelf: Shelf, fits: Fitting, settings: ChoiceSettings, rng: Random) -> int:
    """The row of one track of `fits`, which must not be empty."""
    if fits.way is Way.RANDOM_N:
        return by_decade(shelf, fits, best(fits.closeness, settings.pool, rng), rng)
    if fits.way is Way.TOP_BY_RATING:
        return best_rated(shelf, fits, rng)
    if fits.way is Way.COSINE:
        return int(fits.rows[rng.choice(best(fits.closeness, settings.nearest_n, rng))])
    return drawn(fits, rng)


def drawn(fits: Fitting, rng: Random) -> int:
    """One of the closest `TOP` by softmax of the scores; as many more as are equally close."""
    close = fits.closeness
    top = close.max()
    last = np.partition(close, -TOP)[-TOP] if close.size > TOP else close.min()
    chosen = close >= max(top - NEAR, min(last, top - EVEN))
    scores = fits.score[chosen]
    summed = np.cumsum(np.exp(scores - scores.max()))
    place = np.searchsorted(summed, rng.random() * summed[-1], side="right")
    return int(fits.rows[chosen][min(place, summed.size - 1)])


def by_decade(shelf: Shelf, fits: Fitting, places: list[int], rng: Random) -> int:
    """A decade at random, then one of its tracks, the liked ones more often.

    `places` are those of `fits.rows` to draw from.
    """
    decades: list[int] = shelf.decade[fits.rows[places]].tolist()
    decade = rng.choice(sorted(set(decades)))
    left = [place for place, own in zip(places, decades, strict=True) if own == decade]
    weights = np.exp(fits.liking[left] - fits.liking[left].max()).tolist()
    return int(fits.rows[rng.choices(left, weights)[0]])


def best_rated(shelf: Shelf, fits: Fitting, rng: Random) -> int:
    """The most liked, of those the best rated, then what is liked here, then the closest."""
    left: Flags = np.ones(fits.rows.size, dtype=bool)
    for column in (shelf.like[fits.rows], shelf.rating[fits.rows], fits.liking, fits.closeness):
        left &= column == column[left].max()
    rows: list[int] = fits.rows[left].tolist()
    return rng.choice(rows)


def best(values: Floats, n: int, rng: Random) -> list[int]:
    """Where the `n` highest values are, in order; chance decides between equal ones."""
    if values.size <= n:
        return list(range(values.size))
    last = np.partition(values, -n)[-n]
    surely: list[int] = np.flatnonzero(values > last).tolist()
    even: list[int] = np.flatnonzero(values == last).tolist()
    return sorted([*surely, *rng.sample(even, n - len(surely))])
