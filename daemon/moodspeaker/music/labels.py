"""What the words of a mood tag mean: an emotion of ours, and a place on the plane."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moodspeaker.music.plane import EMOTION_POINTS, LIBRARY_CENTRE, Point, middle
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from moodspeaker.types import Track

TAG_SD = 0.25
SEPARATORS = re.compile(r"[;/,]")

EMOTION_WORDS = {
    "anger": Emotion.ANGRY,
    "aggressive": Emotion.ANGRY,
    "disgusted": Emotion.DISGUST,
    "afraid": Emotion.FEAR,
    "fearful": Emotion.FEAR,
    "scary": Emotion.FEAR,
    "happiness": Emotion.HAPPY,
    "joyful": Emotion.HAPPY,
    "sadness": Emotion.SAD,
    "depressed": Emotion.SAD,
    "surprised": Emotion.SURPRISE,
    "neutrality": Emotion.NEUTRAL,
}
WORD_POINTS = {
    "calm": Point(0.3, -0.7),
    "content": Point(0.6, -0.3),
    "dark": Point(-0.6, 0.2),
    "dramatic": Point(-0.3, 0.5),
    "dream": Point(0.2, -0.5),
    "emotional": Point(-0.2, 0.0),
    "energetic": Point(0.4, 0.8),
    "epic": Point(0.1, 0.7),
    "excited": Point(0.6, 0.7),
    "frustrated": Point(-0.6, 0.4),
    "fun": Point(0.7, 0.5),
    "groovy": Point(0.5, 0.4),
    "heavy": Point(-0.4, 0.7),
    "hopeful": Point(0.5, 0.0),
    "inspiring": Point(0.6, 0.2),
    "love": Point(0.5, -0.1),
    "meditative": Point(0.2, -0.8),
    "melancholic": Point(-0.6, -0.4),
    "party": Point(0.6, 0.8),
    "positive": Point(0.7, 0.3),
    "relaxed": Point(0.4, -0.7),
    "relaxing": Point(0.4, -0.7),
    "romantic": Point(0.4, -0.3),
    "slow": Point(-0.1, -0.6),
    "soft": Point(0.2, -0.6),
    "tense": Point(-0.4, 0.6),
    "tired": Point(-0.2, -0.7),
    "upbeat": Point(0.7, 0.6),
    "uplifting": Point(0.7, 0.4),
}


def split_words(values: Iterable[str]) -> tuple[str, ...]:
    """The words of one or more mood tags: lower case, split at `;` `/` `,`, each once."""
    parts = (part.strip().casefold() for value in values for part in SEPARATORS.split(value))
    return tuple(dict.fromkeys(part for part in parts if part))


def emotion_of(word: str) -> Emotion | None:
    """The emotion that a mood word names, if it names one."""
    named = EMOTION_WORDS.get(word)
    return named or next((emotion for emotion in Emotion if emotion == word), None)


def track_point(track: Track) -> Point:
    """The track's place, else the mean of its known mood words, else the library's centre."""
    if track.place is not None:
        return Point(*track.place)
    known = [point for word in track.moods if (point := word_point(word))]
    return middle(known, TAG_SD) if known else LIBRARY_CENTRE


def word_point(word: str) -> Point | None:
    """The place of one mood word, None for an unknown one."""
    emotion = emotion_of(word)
    return EMOTION_POINTS[emotion] if emotion else WORD_POINTS.get(word)
