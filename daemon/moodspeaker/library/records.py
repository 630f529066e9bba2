"""What the label store holds, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Origin(StrEnum):
    """Where an estimate of a track's mood comes from, the most trusted first."""

    USER = "user"
    STICKER = "sticker"
    TAG = "tag"
    FEATURES = "features"
    BEETS = "beets"
    ACOUSTICBRAINZ = "acousticbrainz"
    AUDIO = "audio"
    GENRE = "genre"


class Liking(StrEnum):
    """What a listener said of a track, in words or by skipping it."""

    LIKE = "like"
    DISLIKE = "dislike"
    SKIP = "skip"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file was when it was read. `reader` numbers the way of reading it."""

    mtime_ns: int
    size: int
    reader: int


UNREAD = Stamp(0, 0, 0)
"""No file, or one that could not be read: the next scan tries again."""


@dataclass(frozen=True, slots=True)
class StoredTrack:
    """A track of the player's database. `moods` are the words of the file's own mood tags.

    `gone_since` is the Unix time of the first scan that no longer found it, None while there.
    """

    uri: str
    title: str = ""
    artist: str = ""
    album: str = ""
    genre: str = ""
    year: int | None = None
    bpm: float | None = None
    moods: tuple[str, ...] = ()
    stamp: Stamp = UNREAD
    gone_since: float | None = None

    @property
    def decade(self) -> str:
        """`1980s`, or `unknown`."""
        return f"{self.year // 10 * 10}s" if self.year else "unknown"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where one source places a track: -1..1, with standard deviations.

    `detail` says in words what it rests on, `model` which version of a model made it.
    """

    uri: str
    source: str
    valence: float
    arousal: float
    valence_sd: float
    arousal_sd: float
    detail: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """That a file's sound was looked at by that version of a model; `problem` is why in vain."""

    uri: str
    mtime_ns: int
    size: int
    model: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class QueuedTrack:
    """One track that was queued, for which mood, and what became of it. Unix time in seconds."""

    uri: str
    artist: str
    queued_at: float
    mood: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a listener said of a track in a mood. `weight` is 1 for a full word.

    `number` is the store's, for undoing it; 0 while it is not stored.
    """

    uri: str
    mood: str
    kind: Liking
    weight: float
    at: float
    undone: bool = False
    number: int = field(default=0, compare=False)
