"""What words, genres and estimates mean on the plane. The library's only use of `music` for it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from moodspeaker.library.records import Estimate, Origin
from moodspeaker.music import fusion, genres, words
from moodspeaker.music.fusion import Place, Source
from moodspeaker.music.genres import read_genres, split_genres
from moodspeaker.music.plane import CALM, EMOTION_POINTS, Point
from moodspeaker.music.sectors import emotion_shares
from moodspeaker.music.supplied import beets_point, picard_words
from moodspeaker.music.words import read_words, split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from moodspeaker.library.tags import FileTags

READER = zlib.crc32(repr((1, words.POINTS, genres.POINTS, genres.SYNONYMS, fusion.SDS)).encode())
"""Another number whenever words or genres mean something else: every file is then read again."""
REACH = 0.35
"""So near to a mood's point, a track counts as one for that mood."""
FUSED_AS = {
    Origin.USER: Source.USER,
    Origin.STICKER: Source.USER,
    Origin.TAG: Source.TAG,
    Origin.FEATURES: Source.SUPPLIED,
    Origin.BEETS: Source.SUPPLIED,
    Origin.ACOUSTICBRAINZ: Source.SUPPLIED,
    Origin.AUDIO: Source.AUDIO,
    Origin.GENRE: Source.GENRE,
}
MOOD_POINTS: Mapping[str, Point] = {
    **{emotion.value: point for emotion, point in EMOTION_POINTS.items()},
    "calm": CALM,
}
"""The seven emotions, and where the policy `calm` leads."""
KNOWN_WORDS = tuple(sorted(words.POINTS))


def by_words(uri: str, text: str) -> Estimate | None:
    """What a person says of a track; None for words of which one is unknown or none has a place."""
    said = read_words(split_words([text]))
    if said.point is None or said.unknown:
        return None
    return at(uri, Origin.USER, Point(said.point.valence, said.point.arousal), text.strip())


def by_point(uri: str, valence: float, arousal: float) -> Estimate:
    """Where a person puts a track."""
    return at(uri, Origin.USER, Point(valence, arousal), "")


def by_sticker(uri: str, moods: tuple[str, ...]) -> Estimate | None:
    """A sticker that a person's own program set: as sure as the person; None for unknown words."""
    point = read_words(moods).point
    if point is None:
        return None
    return at(uri, Origin.STICKER, Point(point.valence, point.arousal), "; ".join(moods))


def by_tags(uri: str, tags: FileTags) -> tuple[Estimate, ...]:
    """Everything that a file's own tags say."""
    said = (
        (Origin.TAG, read_words(tags.moods).point, "; ".join(tags.moods)),
        (Origin.GENRE, read_genres(split_genres([tags.genre])).point, tags.genre),
        (Origin.ACOUSTICBRAINZ, *acousticbrainz(tags.acousticbrainz)),
    )
    return tuple(at(uri, origin, point, detail) for origin, point, detail in said if point)


def acousticbrainz(tags: tuple[tuple[str, str], ...]) -> tuple[Point | None, str]:
    """(place, in words), from its probabilities where they are there, else from its words."""
    chances = {mood: chance for mood in CHANCES if (chance := chance_of(mood, tags)) is not None}
    if chances:
        detail = "; ".join(f"{mood} {chance:.2f}" for mood, chance in chances.items())
        return beets_point({f"mood_{mood}": chance for mood, chance in chances.items()}), detail
    said = picard_words(tags)
    point = read_words(said).point
    return point and Point(point.valence, point.arousal), "; ".join(said)


CHANCES = ("happy", "party", "sad", "aggressive", "relaxed")


def chance_of(mood: str, tags: tuple[tuple[str, str], ...]) -> float | None:
    """The probability of one mood, None where it is not told or is none."""
    key = f"ab:hi:mood_{mood}:{mood}"
    try:
        chance = float(next(value for name, value in tags if name == key))
    except (StopIteration, ValueError):
        return None
    return chance if 0 <= chance <= 1 else None


def at(uri: str, origin: Origin, point: Point, detail: str) -> Estimate:
    """As unsure as the point itself, or as that origin usually is."""
    told = fusion.estimate(point, FUSED_AS[origin])
    sds = (told.valence_sd, told.arousal_sd)
    return Estimate(uri, origin.value, told.valence, told.arousal, *sds, detail)


def unknown_words(moods: tuple[str, ...]) -> tuple[str, ...]:
    """Those that have no place."""
    return read_words(moods).unknown


def fused(estimates: Iterable[Estimate]) -> Place:
    """All sources together; what a person set here wins over a sticker."""
    estimates = tuple(estimates)
    by_hand = any(one.source == Origin.USER for one in estimates)
    return fusion.fused(
        in_fusion(one) for one in estimates if not (by_hand and one.source == Origin.STICKER)
    )


def in_fusion(one: Estimate) -> fusion.Estimate:
    """As its source deserves.

    A model's own error is over songs like those that it learnt from, which are no library: sound
    is never surer than usual, or it would outweigh a mood tag.
    """
    source = source_of(one.source)
    sds = one.valence_sd, one.arousal_sd
    if source is Source.AUDIO:
        sds = max(sds[0], fusion.SDS[source][0]), max(sds[1], fusion.SDS[source][1])
    return fusion.Estimate(one.valence, one.arousal, *sds, source)


def source_of(name: str) -> Source:
    """As what an estimate is fused: others than ours have a source's own name."""
    return FUSED.get(name, Source.SUPPLIED)


FUSED = {source.value: source for source in Source} | {o.value: s for o, s in FUSED_AS.items()}


def moods_near(place: Place) -> tuple[str, ...]:
    """The moods for which such a track is a good one; several where their points are near."""
    near = place.point
    return tuple(mood for mood, point in MOOD_POINTS.items() if near.distance(point) <= REACH)


def shares(place: Place) -> dict[str, float]:
    """{emotion: how much of it}, summing to 1."""
    return emotion_shares(place).as_dict()
