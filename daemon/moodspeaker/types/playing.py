"""Music: tracks, the player, and what was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types.emotions import Mood


@dataclass(frozen=True, slots=True)
class TrackCounts:
    """What other programs' stickers say of a track; None where they say nothing.

    `like` is 0 (disliked), 1 or 2 (liked), `rating` 0 to 10.
    """

    like: int | None = None
    rating: int | None = None
    plays: int = 0
    skips: int = 0


NO_COUNTS = TrackCounts()


@dataclass(frozen=True, slots=True)
class Track:
    """A track the player can play. `moods` are the words of its mood tags, lower case.

    `place` is (valence, arousal, their standard deviations) on the plane, -1..1, where the label
    store knows one; it says more than the words. `genre` may hold several, split by `;`; `year`
    is that of its first release where that is told. `rules` are the emotions that a named set
    of rules gives it.
    """

    uri: str
    title: str = ""
    artist: str = ""
    album: str = ""
    moods: tuple[str, ...] = ()
    place: tuple[float, float, float, float] | None = None
    genre: str = ""
    year: int | None = None
    rules: tuple[str, ...] = ()
    counts: TrackCounts = NO_COUNTS


class PlayState(StrEnum):
    """What the player does."""

    PLAY = "play"
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class QueuedSong:
    """One entry of the player's queue. `song_id` is the player's, unique in one connection."""

    song_id: int
    uri: str


@dataclass(frozen=True, slots=True)
class PlayerStatus:
    """The player at one moment. `position` is the current song's index in `queue`.

    `volume` is 0 to 100, None without a mixer. `elapsed_s` and `duration_s` are the current
    song's, seconds, None where the player does not know (a stream's duration, say). `random`,
    `single`, `repeat` and `consume` are the player's modes; `single` is true for one shot too.
    """

    state: PlayState
    queue: tuple[QueuedSong, ...]
    position: int | None = None
    error: str = ""
    volume: int | None = None
    elapsed_s: float | None = None
    duration_s: float | None = None
    random: bool = False
    single: bool = False
    repeat: bool = False
    consume: bool = False

    @property
    def current(self) -> QueuedSong | None:
        """The song that plays or would play, None with nothing current."""
        return None if self.position is None else self.queue[self.position]

    @property
    def ahead(self) -> tuple[QueuedSong, ...]:
        """What follows the current song; the whole queue with nothing current."""
        return self.queue if self.position is None else self.queue[self.position + 1 :]


@dataclass(frozen=True, slots=True)
class Pick:
    """A track chosen for a mood: its place on the plane (-1..1) and one line saying why."""

    track: Track
    mood: Mood
    valence: float
    arousal: float
    why: str


@dataclass(frozen=True, slots=True)
class NowPlaying:
    """The current song; `pick` is None when the daemon did not queue it."""

    track: Track
    pick: Pick | None = None
