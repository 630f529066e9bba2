"""What is wanted of the next track, and the limits of every choice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.music.plane import Point
    from moodspeaker.types import Mood, Scores


class Way(StrEnum):
    """How one of the tracks that fit is taken."""

    NEAREST = "nearest"
    RANDOM_N = "random_n"
    TOP_BY_RATING = "top_by_rating"
    RULE = "rule"
    COSINE = "cosine"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the next track is for. `aim` says in words what it is for: `lift sad, step 1`.

    Without a `goal` any track fits. `decades` are their first years (1980, 1990), `genres` any
    spelling, `only` the uris of a stored playlist; what is left out does not limit. `face` is
    the face's shares over the last 15 s, for `Way.COSINE`. `above` is the least valence, so that
    a lift does not fall back; where nothing so pleasant fits, it does not limit either. `without`
    are tracks that did not play lately.
    """

    mood: Mood
    goal: Point | None = None
    aim: str = ""
    way: Way = Way.NEAREST
    decades: tuple[int, ...] = ()
    genres: tuple[str, ...] = ()
    only: frozenset[str] | None = None
    face: Scores | None = None
    above: float | None = None
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ChoiceSettings:
    """See the section `music` of the YAML file; 0 switches a limit off.

    `artist_spacing` is how many tracks lie between two of one artist, `pool` from how many
    `Way.RANDOM_N` draws, `nearest_n` from how many `Way.COSINE` does.
    """

    no_repeat_hours: float
    artist_spacing: int
    artists_per_hour: int = 2
    pool: int = 10
    nearest_n: int = 5
