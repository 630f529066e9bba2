"""Plain frozen data that crosses rooms. No behaviour beyond reading itself."""

from moodspeaker.types.emotions import (
    EMOTION_INDEX,
    Emotion,
    Mood,
    Scores,
    Source,
)
from moodspeaker.types.playing import (
    NO_COUNTS,
    NowPlaying,
    Pick,
    PlayerStatus,
    PlayState,
    QueuedSong,
    Track,
    TrackCounts,
)
from moodspeaker.types.seeing import (
    Box,
    Decision,
    Face,
    FaceReading,
    Hindrance,
    Observation,
    Trouble,
)
from moodspeaker.types.telling import Message, SpeakerState
from moodspeaker.types.track_table import TrackTable

__all__ = [
    "EMOTION_INDEX",
    "NO_COUNTS",
    "Box",
    "Decision",
    "Emotion",
    "Face",
    "FaceReading",
    "Hindrance",
    "Message",
    "Mood",
    "NowPlaying",
    "Observation",
    "Pick",
    "PlayState",
    "PlayerStatus",
    "QueuedSong",
    "Scores",
    "Source",
    "SpeakerState",
    "Track",
    "TrackCounts",
    "TrackTable",
    "Trouble",
]
