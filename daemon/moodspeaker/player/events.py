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


PlayerEvent = Queued | Playing | Held
