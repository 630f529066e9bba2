"""Where a genre lies on the plane, and which genres a preset plays to an emotion.

The places are our own rounding (to 0.05) of the mean place of our mood words over the tracks of
each genre in MTG-Jamendo (Bogdanov et al. 2019, metadata CC BY-NC-SA 4.0); those of `GUESSED` are
our judgement alone. Hardly any genre is low on both axes: a genre cannot tell a sad track.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from moodspeaker.music.plane import Point, middle
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Iterable

GENRE_SD = 0.45
SEPARATORS = re.compile(r"[;/,\0]")
AND = re.compile(r"&|\+|\band\b|['`\u2019]n['`\u2019]")
TOKENS = re.compile(r"[^\W_]+")

MEASURED = {
    "acidjazz": (0.30, 0.15),
    "alternative": (0.10, 0.15),
    "ambient": (0.10, -0.30),
    "atmospheric": (0.10, -0.25),
    "blues": (0.20, 0.00),
    "bossanova": (0.30, -0.20),
    "breakbeat": (0.20, 0.35),
    "celtic": (0.15, 0.10),
    "chanson": (0.30, -0.05),
    "chillout": (0.25, -0.20),
    "classical": (0.10, -0.05),
    "club": (0.50, 0.40),
    "country": (0.35, 0.10),
    "dance": (0.45, 0.35),
    "darkambient": (-0.35, 0.00),
    "darkwave": (-0.35, 0.15),
    "deephouse": (0.20, -0.05),
    "disco": (0.60, 0.35),
    "downtempo": (0.05, -0.15),
    "drumnbass": (0.05, 0.30),
    "dub": (0.20, -0.05),
    "dubstep": (0.15, 0.40),
    "easylistening": (0.30, -0.10),
    "edm": (0.35, 0.35),
    "electronic": (0.20, 0.05),
    "electropop": (0.40, 0.30),
    "ethno": (0.25, -0.10),
    "experimental": (-0.10, -0.10),
    "folk": (0.30, 0.00),
    "funk": (0.45, 0.35),
    "fusion": (0.25, -0.05),
    "groove": (0.45, 0.25),
    "grunge": (0.15, 0.50),
    "hardrock": (0.15, 0.45),
    "hiphop": (0.15, 0.25),
    "house": (0.30, 0.10),
    "indie": (0.25, 0.15),
    "industrial": (-0.20, 0.25),
    "jazz": (0.25, -0.10),
    "latin": (0.40, 0.15),
    "lounge": (0.25, -0.25),
    "metal": (-0.10, 0.55),
    "minimal": (0.20, -0.20),
    "newage": (0.20, -0.40),
    "orchestral": (0.10, 0.25),
    "pop": (0.35, 0.15),
    "popfolk": (0.35, 0.05),
    "poprock": (0.40, 0.25),
    "postrock": (0.10, 0.15),
    "progressive": (0.15, 0.05),
    "psychedelic": (0.10, -0.30),
    "punkrock": (0.25, 0.55),
    "rap": (0.20, 0.35),
    "reggae": (0.40, 0.10),
    "rnb": (0.35, 0.05),
    "rock": (0.15, 0.30),
    "rocknroll": (0.50, 0.50),
    "singersongwriter": (0.10, -0.15),
    "soul": (0.30, 0.05),
    "soundtrack": (0.10, 0.10),
    "swing": (0.45, 0.20),
    "symphonic": (0.00, 0.30),
    "synthpop": (0.25, 0.25),
    "techno": (0.10, 0.20),
    "trance": (0.25, 0.10),
    "triphop": (0.05, 0.00),
    "world": (0.25, -0.20),
}
GUESSED = {
    "acoustic": (0.20, -0.25),
    "eurodance": (0.40, 0.35),
    "gospel": (0.50, 0.20),
    "instrumental": (0.10, -0.20),
    "lofi": (0.15, -0.35),
    "soft": (0.20, -0.45),
}
SYNONYMS = {
    "afrobeat": "funk",
    "afrobeats": "dance",
    "baroque": "classical",
    "bebop": "jazz",
    "bluegrass": "country",
    "bop": "jazz",
    "bossa": "bossanova",
    "britpop": "poprock",
    "ccm": "gospel",
    "chamber": "classical",
    "chill": "chillout",
    "chillhop": "lofi",
    "choral": "classical",
    "christian": "gospel",
    "concerto": "classical",
    "dnb": "drumnbass",
    "drill": "rap",
    "ebm": "industrial",
    "electro": "electronic",
    "electronica": "electronic",
    "emo": "punkrock",
    "gothic": "darkwave",
    "goth": "darkwave",
    "grime": "rap",
    "hardcore": "punkrock",
    "hardstyle": "techno",
    "idm": "experimental",
    "jpop": "pop",
    "jungle": "drumnbass",
    "kpop": "electropop",
    "metalcore": "metal",
    "motown": "soul",
    "newwave": "synthpop",
    "opera": "classical",
    "ost": "soundtrack",
    "piano": "instrumental",
    "punk": "punkrock",
    "randb": "rnb",
    "reggaeton": "latin",
    "rhythmnblues": "rnb",
    "rockabilly": "rocknroll",
    "romantic": "classical",
    "salsa": "latin",
    "samba": "latin",
    "score": "soundtrack",
    "shoegaze": "alternative",
    "ska": "reggae",
    "softrock": "easylistening",
    "songwriter": "singersongwriter",
    "symphony": "symphonic",
    "synthwave": "synthpop",
    "thrash": "metal",
    "trap": "rap",
    "worldmusic": "world",
}
POINTS = {
    name: Point(valence, arousal, GENRE_SD)
    for name, (valence, arousal) in {**MEASURED, **GUESSED}.items()
}


class Preset(StrEnum):
    """A ready-made choice of genres for every emotion."""

    MATCH = "match"
    SOOTHE = "soothe"


MATCHING = {
    Emotion.HAPPY: ("pop", "dance"),
    Emotion.SAD: ("soft", "classical", "blues"),
    Emotion.ANGRY: ("rock", "metal"),
    Emotion.FEAR: ("ambient", "instrumental", "chill"),
    Emotion.SURPRISE: ("electronic", "jazz"),
    Emotion.NEUTRAL: ("acoustic", "lo-fi", "indie"),
}
PRESETS = {
    Preset.MATCH: MATCHING,
    Preset.SOOTHE: {
        **MATCHING,
        Emotion.SAD: ("lo-fi", "instrumental"),
        Emotion.ANGRY: ("calm classical", "ambient"),
        Emotion.FEAR: ("acoustic", "chill"),
        Emotion.DISGUST: ("jazz", "soul"),
    },
}


@dataclass(frozen=True, slots=True)
class GenresRead:
    """What several genres say together; `unknown` are those that we have no place for."""

    point: Point | None
    unknown: tuple[str, ...] = ()


def genres_for(preset: Preset, emotion: Emotion) -> tuple[str, ...]:
    """The genres to play; empty where the preset has no wish, as `match` for disgust."""
    return PRESETS[preset].get(emotion, ())


def split_genres(values: Iterable[str]) -> tuple[str, ...]:
    """The genres of one or more tags: lower case, split at `;` `/` `,`, each once."""
    parts = (part.strip().casefold() for value in values for part in SEPARATORS.split(value))
    return tuple(dict.fromkeys(part for part in parts if part))


def read_genres(phrases: Iterable[str]) -> GenresRead:
    """The mean place of the known genres, as uncertain as one of them alone."""
    phrases = tuple(phrases)
    points = [point for phrase in phrases if (point := genre_point(phrase))]
    unknown = tuple(phrase for phrase in phrases if genre_name(phrase) is None)
    return GenresRead(middle(points, GENRE_SD) if points else None, unknown)


def genre_point(phrase: str) -> Point | None:
    """The place of one genre, however it is written; None for an unknown one."""
    name = genre_name(phrase)
    return POINTS[name] if name else None


def genre_name(phrase: str) -> str | None:
    """Our name of a genre: of the whole phrase, else of the last words in it that we know.

    "Hip-Hop", "hip hop" and "hiphop" are one; "melodic death metal" is metal.
    """
    words = TOKENS.findall(AND.sub(" n ", phrase.casefold()))
    runs = ("".join(words[i:end]) for end in range(len(words), 0, -1) for i in range(end))
    names = (SYNONYMS.get(run, run) for run in runs)
    return next((name for name in names if name in POINTS), None)
