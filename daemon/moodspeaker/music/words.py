"""What the words of mood tags mean: an emotion of ours, and a place on the plane.

The places are our own judgement. Words that tell of an occasion ("film", "christmas") say little
of a mood: they are counted only where no other word is known, and as less certain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.music.plane import EMOTION_POINTS, Point, middle
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD_SD = 0.25
OCCASION_SD = 0.45
SEPARATORS = re.compile(r"[;/,\0]")
JOINERS = re.compile(r"[\s_\-]+")
DENIALS = ("not ", "non ", "no ")

EMOTION_WORDS = {
    Emotion.ANGRY: "angry, anger, aggressive, aggression, furious, rage, hostile, mad",
    Emotion.DISGUST: "disgust, disgusted, disgusting, repulsed",
    Emotion.FEAR: "fear, afraid, fearful, scared, scary, frightened, frightening",
    Emotion.HAPPY: "happy, happiness, joy, joyful, joyous, glad, cheerful, merry",
    Emotion.SAD: "sad, sadness, unhappy, sorrow, sorrowful, depressed, depressing, depressive",
    Emotion.SURPRISE: "surprise, surprised, surprising, astonished",
    Emotion.NEUTRAL: "neutral, neutrality, indifferent",
}
MOOD_WORDS = {
    (0.7, 0.5): "fun, playful, jolly, rollicking",
    (0.7, 0.6): "upbeat, euphoric, ecstatic, exuberant, feel good, feelgood",
    (0.7, 0.3): "positive, sunny, bright, summer, summery, carefree, optimistic, good",
    (0.7, 0.4): "uplifting, triumphant, celebratory, festive",
    (0.6, 0.7): "excited, exciting, excitement, thrilling, rousing, lively",
    (0.6, 0.8): "party, partying, boisterous, wild",
    (0.6, 0.4): "motivational, motivating, confident, enthusiastic, danceable",
    (0.6, 0.3): "funny, humorous, silly, comic, quirky, campy, witty, whimsical, amiable",
    (0.6, 0.2): "inspiring, inspirational, inspired, proud",
    (0.6, -0.3): "content, contented, satisfied, cosy, cozy, warm, comfortable",
    (0.6, 0.0): "pleasant, sweet, good natured, light, lighthearted, light hearted",
    (0.5, 0.4): "groovy, funky, bouncy, catchy, swinging",
    (0.5, 0.0): "hopeful, hope, grateful, thankful",
    (0.5, -0.1): "love, loving, lovely, affectionate, tender",
    (0.4, 0.8): "energetic, energy, energising, energizing, driving, dynamic, rowdy",
    (0.4, 0.5): "passionate, passion, fiery",
    (0.4, 0.1): "cool, sexy, sensual, stylish, seductive",
    (0.4, -0.3): "romantic, romance, intimate, sentimental",
    (0.4, -0.5): "easygoing, easy going, laid back, laidback, chill, chilled, chillout, mellow",
    (0.4, -0.7): "relaxed, relaxing, relax, soothing, peaceful, serene, serenity, tranquil",
    (0.3, 0.8): "sport, sporty, workout",
    (0.3, -0.7): "calm, calming, calmness, quiet, restful, still",
    (0.3, -0.5): "nature, acoustic, pastoral",
    (0.3, -0.2): "soulful, smooth, melodic",
    (0.2, 0.7): "fast, quick, intense, electrifying",
    (0.2, 0.3): "electronic, rhythmic",
    (0.2, -0.3): "thoughtful, reflective, pensive, contemplative, literate, spiritual, wry",
    (0.2, -0.5): "dream, dreamy, dreaming, ethereal",
    (0.2, -0.6): "soft, gentle, delicate",
    (0.2, -0.8): "meditative, meditation, sleepy, sleep, lullaby",
    (0.1, 0.7): "powerful, power, epic, heroic, majestic, strong",
    (0.0, 0.8): "action, frantic, frenetic, hectic",
    (0.0, -0.4): "space, spacey, ambient, ambiental, hypnotic, floating",
    (0.0, -0.5): "soundscape, minimal",
    (-0.1, -0.3): "deep, mysterious, mystical, bittersweet, nostalgic, nostalgia",
    (-0.1, -0.4): "ballad, autumnal, longing, yearning",
    (-0.1, -0.6): "slow, languid, lethargic",
    (-0.2, 0.0): "emotional, emotive",
    (-0.2, -0.7): "tired, weary, exhausted, drowsy, boring, bored",
    (-0.3, 0.5): "dramatic, drama, suspense, suspenseful, urgent",
    (-0.3, 0.7): "volatile, chaotic, crazy",
    (-0.4, 0.6): "tense, tension, nervous, anxious, anxiety, stressed, restless",
    (-0.4, 0.7): "heavy, harsh, brutal, visceral",
    (-0.5, 0.1): "bad, negative, bitter, cynical, ominous, sinister",
    (-0.5, -0.4): "poignant, wistful, lonely, loneliness, heartbreak, heartbroken",
    (-0.6, 0.2): "dark, darkness, evil, gothic",
    (-0.6, 0.4): "frustrated, frustration, frustrating, annoyed, upset, irritated, agitated",
    (-0.6, -0.2): "brooding, bleak, gloomy, grim",
    (-0.6, -0.4): "melancholic, melancholy, mournful, tragic, moody, blue",
    (-0.8, 0.6): "horror, terror, terrifying, creepy, eerie",
}
OCCASION_WORDS = {
    (0.5, 0.3): "children, kids, holiday, christmas, travel, adventure",
    (0.4, 0.3): "commercial, advertising, corporate",
    (0.3, 0.0): "retro, vintage",
    (0.1, -0.3): "background, documentary, instrumental",
    (0.0, 0.3): "game, trailer",
    (0.0, 0.0): "film, movie, soundtrack",
}
MIREX_CLUSTERS = {
    "cluster1": (0.5, 0.6),
    "cluster2": (0.7, 0.2),
    "cluster3": (-0.4, -0.4),
    "cluster4": (0.6, 0.3),
    "cluster5": (-0.4, 0.7),
}
"""The values of beets' `moods_mirex`: rousing, cheerful, wistful, humorous, aggressive."""


@dataclass(frozen=True, slots=True)
class WordsRead:
    """What several mood words say together.

    `point` is the mean of the known ones, None where none is; `unknown` are the words that we
    have no place for, to be told to the user.
    """

    point: Point | None
    unknown: tuple[str, ...] = ()


def split_words(values: Iterable[str]) -> tuple[str, ...]:
    """The words of one or more mood tags: lower case, split at `;` `/` `,`, each once."""
    parts = (part.strip().casefold() for value in values for part in SEPARATORS.split(value))
    return tuple(dict.fromkeys(part for part in parts if part))


def read_words(words: Iterable[str]) -> WordsRead:
    """The place of some mood words, as `split_words` gives them.

    A denied word ("not happy") is no unknown word, yet has no place: not to be happy is not to
    be anything else.
    """
    words = tuple(words)
    places = [point for word in words if (point := word_point(word))]
    moods = [point for point in places if point.sd == WORD_SD]
    unknown = tuple(word for word in words if not word_point(word) and not is_denial(word))
    if not places:
        return WordsRead(None, unknown)
    return WordsRead(middle(moods, WORD_SD) if moods else middle(places, OCCASION_SD), unknown)


def word_point(word: str) -> Point | None:
    """The place of one mood word, None for an unknown one; case, `-` and `_` do not matter."""
    return POINTS.get(plain(word))


def emotion_of(word: str) -> Emotion | None:
    """The emotion that a mood word names, if it names one."""
    return EMOTIONS.get(plain(word))


def is_denial(word: str) -> bool:
    """Whether it denies a word that we know, as `not_happy` does."""
    text = plain(word)
    return any(text.startswith(no) and text.removeprefix(no) in POINTS for no in DENIALS)


def plain(word: str) -> str:
    """Lower case, with single spaces for `-` and `_`."""
    return JOINERS.sub(" ", word).strip().casefold()


def table(places: dict[tuple[float, float], str], sd: float) -> dict[str, Point]:
    """{word: point} of a table of words by place."""
    return {
        word: Point(valence, arousal, sd)
        for (valence, arousal), words in places.items()
        for word in words.split(", ")
    }


EMOTIONS = {word: emotion for emotion, words in EMOTION_WORDS.items() for word in words.split(", ")}
POINTS = {
    **table(OCCASION_WORDS, OCCASION_SD),
    **table(MOOD_WORDS, WORD_SD),
    **{word: Point(*place, WORD_SD) for word, place in MIREX_CLUSTERS.items()},
    **{
        word: Point(EMOTION_POINTS[emotion].valence, EMOTION_POINTS[emotion].arousal, WORD_SD)
        for word, emotion in EMOTIONS.items()
    },
}
