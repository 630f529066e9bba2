"""What goes out over MQTT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.types.emotions import Emotion, Mood, Scores, Source


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message."""

    topic: str
    payload: bytes
    retain: bool = False


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
