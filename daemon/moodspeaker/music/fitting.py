"""Which tracks of a shelf fit a wish, and how well; what is left aside where none does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moodspeaker.music.genre_match import wished_keys
from moodspeaker.music.plane import EMOTION_POINTS
from moodspeaker.music.sectors import cosines, face_vector, sharp_vector
from moodspeaker.music.taste import REFUSED
from moodspeaker.music.wish import Way
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moodspeaker.music.plane import Point
    from moodspeaker.music.sectors import SectorVector
    from moodspeaker.music.shelf import Flags, Floats, Shelf
    from moodspeaker.music.wish import Wish

Rows = NDArray[np.intp]

SPREAD = 0.15
"""How far from the goal still feels right, on the plane."""
NEAR = 1.0
"""Tracks within this much of the best one feel about as right."""
FITS = -3.0
"""A track of this closeness feels right by itself, though others may be nearer: else one track
that a person has placed would be all there is, among a thousand of the right genre."""
MISSING = -4.5
"""Where not even the best track reaches this, the library has nothing for the goal."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitting:
    """Rows that fit, how close each is, and what likes and feedback add to that.

    `goal` and `way` are those of the wish, or what took their place when they were `relaxed`.
    """

    rows: Rows
    closeness: Floats
    liking: Floats
    goal: Point | None
    way: Way
    relaxed: tuple[str, ...] = ()

    @property
    def score(self) -> Floats:
        """All together, a value a row."""
        return self.closeness + self.liking

    def kept(self, flags: Flags, relaxed: tuple[str, ...] = ()) -> Fitting:
        """Those of the rows; `relaxed` is what else was, so that they could stay."""
        return replace(
            self,
            rows=self.rows[flags],
            closeness=self.closeness[flags],
            liking=self.liking[flags],
            relaxed=(*self.relaxed, *relaxed),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One try to find something. `anything` takes rows that do not fit too."""

    pool: Flags
    goal: Point | None
    way: Way
    relaxed: tuple[str, ...]
    anything: bool = False


def fitting(shelf: Shelf, wish: Wish, taste: Floats) -> Fitting:
    """At least one row of a shelf that is not empty. `taste` has a value a row.

    Where nothing fits, the decades and genres are left aside, then the goal gives way to neutral
    music, then to anything. What was disliked comes only when nothing else is there.
    """
    liking = shelf.counted + taste
    for look in looks(shelf, wish, taste):
        rows, closeness = found(shelf, wish, look)
        if rows.size:
            return Fitting(rows, closeness, liking[rows], look.goal, look.way, look.relaxed)
    nothing = np.empty(0)
    return Fitting(nothing.astype(np.intp), nothing, nothing, wish.goal, wish.way)


def looks(shelf: Shelf, wish: Wish, taste: Floats) -> Iterator[Look]:
    """What is tried one after the other; the last finds something, if there is anything."""
    allowed, told = allowed_rows(shelf, wish, taste)
    for pool, relaxed in pools(shelf, wish, allowed):
        if wish.way in SPECIAL:
            yield Look(pool & special(shelf, wish), wish.goal, wish.way, (*told, *relaxed))
        missed = (SPECIAL[wish.way],) if wish.way in SPECIAL else ()
        yield Look(pool, wish.goal, plain(wish.way), (*told, *missed, *relaxed))
    if wish.goal is not None:
        instead = f"nothing fits {wish.mood}, neutral instead"
        neutral = EMOTION_POINTS[Emotion.NEUTRAL]
        yield Look(allowed, neutral, plain(wish.way), (*told, instead))
    whatever = (*told, f"nothing fits {wish.mood}, the nearest of all")
    yield Look(allowed, wish.goal, plain(wish.way), whatever, anything=True)


def found(shelf: Shelf, wish: Wish, look: Look) -> tuple[Rows, Floats]:
    """The rows that fit, and how close each is."""
    rows = np.flatnonzero(look.pool)
    vector = wanted_vector(wish) if look.way is Way.COSINE else None
    if vector is not None and shelf.sectors is not None:
        return rows, cosines(vector, shelf.sectors)[rows]
    close = closeness(shelf, look.goal)[rows]
    if not rows.size or look.anything or look.way is Way.RULE:
        return rows, close
    best = close.max()
    fits = close >= (min(FITS, best - NEAR) if best >= MISSING else np.inf)
    return rows[fits], close[fits]


def closeness(shelf: Shelf, goal: Point | None) -> Floats:
    """0 for a track that is surely at the goal, lower the farther off or the less certain.

    Without a goal all are alike.
    """
    if goal is None:
        return np.zeros(len(shelf))
    valence, arousal, valence_sd, arousal_sd = shelf.places.T
    valence_variance = SPREAD**2 + valence_sd**2
    arousal_variance = SPREAD**2 + arousal_sd**2
    off = (valence - goal.valence) ** 2 / valence_variance
    off += (arousal - goal.arousal) ** 2 / arousal_variance
    # The logarithm is what makes an unlabelled track, which might be anywhere, lose to one that
    # is known to be near.
    off += np.log(valence_variance * arousal_variance / SPREAD**4)
    return np.asarray(-off / 2)


def allowed_rows(shelf: Shelf, wish: Wish, taste: Floats) -> tuple[Flags, tuple[str, ...]]:
    """Those of the playlist that were not disliked, else of all, else everything.

    What did not play lately is left out of each, as long as there is anything else.
    """
    playable = ~shelf.marked(wish.without)
    if not playable.any():
        playable = ~playable
    welcome = playable & (shelf.like > 0) & (taste > REFUSED)
    if wish.only is not None:
        listed = shelf.marked(wish.only) & welcome
        if listed.any():
            return listed, ()
    told = () if wish.only is None else ("nothing in the playlist",)
    if welcome.any():
        return welcome, told
    return playable, (*told, "only disliked tracks are there")


def pools(shelf: Shelf, wish: Wish, allowed: Flags) -> Iterator[tuple[Flags, tuple[str, ...]]]:
    """Those of the wish's decades and genres, then all; of each, what is pleasant enough first."""
    rising = shelf.places[:, 0] >= (-1.0 if wish.above is None else wish.above)
    for flags, relaxed in filtered(shelf, wish, allowed):
        if wish.above is not None:
            yield flags & rising, relaxed
        yield flags, relaxed


def filtered(shelf: Shelf, wish: Wish, allowed: Flags) -> Iterator[tuple[Flags, tuple[str, ...]]]:
    """Those of the wish's decades and genres, then all."""
    names = [name for name in ("decades", "genres") if getattr(wish, name)]
    if names:
        flags = allowed
        if wish.decades:
            flags = flags & np.isin(shelf.decade, wish.decades)
        if wish.genres:
            wanted = wished_keys(wish.genres)
            of_genre = np.array([not wanted.isdisjoint(keys) for keys in shelf.genre_keys], bool)
            flags = flags & of_genre[shelf.genre]
        yield flags, ()
    yield allowed, ((f"{' and '.join(names)} left aside",) if names else ())


SPECIAL = {Way.RULE: "no track by the rules", Way.COSINE: "no likeness is known"}
"""Ways that do not go by the distance from the goal, and what is told when they lead nowhere."""


def plain(way: Way) -> Way:
    """The way where a special one leads nowhere."""
    return Way.NEAREST if way in SPECIAL else way


def special(shelf: Shelf, wish: Wish) -> Flags:
    """The rows that the wish's special way can take."""
    if wish.way is Way.RULE:
        flags = np.zeros(len(shelf), dtype=bool)
        if wish.mood in shelf.ruled:
            flags[shelf.ruled[wish.mood]] = True
        return flags
    known = shelf.sectors is not None and wanted_vector(wish) is not None
    return np.full(len(shelf), known)


def wanted_vector(wish: Wish) -> SectorVector | None:
    """The face's vector, else the goal's; None without both."""
    if wish.face is not None:
        return face_vector(wish.face)
    return sharp_vector(wish.goal) if wish.goal else None
