"""Plain frozen data that crosses rooms. No behaviour beyond reading itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Emotion(StrEnum):
    """The seven emotions, in the order of `Scores.values`."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISE = "surprise"
    NEUTRAL = "neutral"


class Mood(StrEnum):
    """What the speaker says of the room: an emotion, or why there is none."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISE = "surprise"
    NEUTRAL = "neutral"
    UNSURE = "unsure"
    ABSENT = "absent"
    OFF = "off"

    @property
    def emotion(self) -> Emotion | None:
        """The emotion, or None for unsure, absent and off."""
        return None if self in (Mood.UNSURE, Mood.ABSENT, Mood.OFF) else Emotion(self.value)


class Source(StrEnum):
    """Who decided the mood."""

    CAMERA = "camera"
    MANUAL = "manual"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities of the seven emotions, in `Emotion` order, summing to 1."""

    values: tuple[float, ...]

    @classmethod
    def from_mapping(cls, shares: Mapping[str, float]) -> Scores:
        """Scores from {label: p}; a label that is left out counts as 0."""
        return cls(tuple(float(shares.get(emotion, 0.0)) for emotion in Emotion))

    def __getitem__(self, emotion: Emotion) -> float:
        return self.values[EMOTION_INDEX[emotion]]

    def ranked(self) -> tuple[Emotion, ...]:
        """The emotions, most probable first; ties in `Emotion` order."""
        return tuple(sorted(Emotion, key=lambda emotion: -self[emotion]))

    def as_dict(self) -> dict[str, float]:
        """{label: p}, for the JSON border."""
        return {emotion.value: p for emotion, p in zip(Emotion, self.values, strict=True)}


EMOTION_INDEX = {emotion: index for index, emotion in enumerate(Emotion)}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the picture it was found in; x to the right, y down."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y) of the middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def scaled(self, factor: float) -> Box:
        """The same place in a picture `factor` times as large."""
        return Box(self.x * factor, self.y * factor, self.width * factor, self.height * factor)


@dataclass(frozen=True, slots=True)
class Face:
    """A face that a detector found.

    `score` is the detector's own confidence, 0..1. `eyes` are the points of the eye on the
    picture's left and right, where the detector gives them.
    """

    box: Box
    score: float
    eyes: tuple[tuple[float, float], tuple[float, float]] | None = None


class Hindrance(StrEnum):
    """What makes a face hard to read; the worst of several."""

    SMALL = "too small"
    DARK = "too dark"
    BRIGHT = "too bright"
    BLURRED = "blurred"
    TURNED = "turned away"


class Trouble(StrEnum):
    """What is wrong with the picture as a whole, in a person's words."""

    DARK = "too dark to see a face"
    BRIGHT = "too bright to see a face"
    COVERED = "lens covered: the picture is one even grey"
    FROZEN = "frozen picture: nothing in it changes any more"
    BROKEN = "broken picture: a part of it is missing"


@dataclass(frozen=True, slots=True)
class FaceReading:
    """A face with what was read from it.

    `quality` 0..1 says how far to trust it, `hindrance` what lowers it most, None for nothing.
    """

    face: Face
    scores: Scores
    quality: float
    hindrance: Hindrance | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What vision saw in one frame.

    `time_s` is the camera's clock, in seconds from any fixed point. `scores` are the chosen
    face's, None when no face was found. `readings` holds every face, the chosen one first.
    `points` are (valence, arousal) of each emotion, in `Emotion` order, by the model's manifest;
    empty when it is not told. `trouble` has lasted for seconds. `repeated` is true where nothing
    moved since the frame before, and nothing was looked for. `size` is (width, height) of the
    picture that boxes are in, pixels.
    """

    time_s: float
    faces: int
    scores: Scores | None
    quality: float = 1.0
    readings: tuple[FaceReading, ...] = ()
    latency_ms: float = 0.0
    points: tuple[tuple[float, float], ...] = ()
    hindrance: Hindrance | None = None
    trouble: Trouble | None = None
    repeated: bool = False
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The mood now, and why.

    `confidence` is the smoothed probability of `mood` (0 when it is no emotion), `scores` the
    smoothed probabilities, None when nothing is known. `changed` is true for the one decision
    that put a new mood in force.
    """

    mood: Mood
    confidence: float
    scores: Scores | None
    reason: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """A track the player can play. `moods` are the words of its mood tags, lower case.

    `place` is (valence, arousal, standard deviation) on the plane, -1..1, where the label store
    knows one; it says more than the words.
    """

    uri: str
    title: str = ""
    artist: str = ""
    album: str = ""
    moods: tuple[str, ...] = ()
    place: tuple[float, float, float] | None = None


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
    """The player at one moment. `position` is the current song's index in `queue`."""

    state: PlayState
    queue: tuple[QueuedSong, ...]
    position: int | None = None
    error: str = ""
    volume: int | None = None

    @property
    def current(self) -> QueuedSong | None:
        """The song that plays or would play, None with nothing current."""
        return None if self.position is None else self.queue[self.position]

    @property
    def ahead(self) -> tuple[QueuedSong, ...]:
        """What follows the current song; the whole queue with nothing current."""
        return self.queue if self.position is None else self.queue[self.position + 1 :]


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message."""

    topic: str
    payload: bytes
    retain: bool = False


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


@dataclass(frozen=True, slots=True)
class SpeakerState:
    """All that `B/state` says, in Python types; None where unknown.

    `since` and `override_until` are Unix times in seconds. `manual_mood` is None for auto.
    `held_by` says why the daemon stays out of the player, `problem` what is wrong.
    """

    mood: Mood
    confidence: float
    scores: Scores | None
    valence: float | None
    arousal: float | None
    intensity: float | None
    faces: int
    presence: bool
    source: Source
    manual_mood: Emotion | None
    override_until: float | None
    following: bool
    camera: bool
    camera_health: str
    model_health: str
    preview: bool
    held_by: str | None
    reason: str
    since: float
    problem: str | None
    version: str
