"""What the queue keeper tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types import NowPlaying, Pick


@dataclass(frozen=True, slots=True)
class Queued:
    """A track was put into the player's queue."""

    pick: Pick


@dataclass(frozen=True, slots=True)
class Playing:
    """Another song is current; None when nothing plays or the player is gone."""

    now: NowPlaying | None


@dataclass(frozen=True, slots=True)
class Held:
    """Why the keeper stays out of the player from now on; None when it no longer does."""

    reason: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A song of ours is no longer current; once for each time that it was.

    `heard_s` is how far it got, seconds. `skipped`: a person cut it. A natural end is no skip,
    nor is what cannot be told from one: a stop, a cleared queue, an error, a lost connection.
    """

    pick: Pick
    heard_s: float
    skipped: bool


@dataclass(frozen=True, slots=True)
class Dropped:
    """A song of ours left the queue before anybody heard it."""

    pick: Pick


@dataclass(frozen=True, slots=True)
class Failed:
    """A song of ours could not be played."""

    uri: str
    why: str


PlayerEvent = Queued | Playing | Held | Ended | Dropped | Failed
