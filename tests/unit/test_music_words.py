"""Mood words and their places."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest

from moodspeaker.music.plane import EMOTION_POINTS
from moodspeaker.music.words import (
    EMOTION_WORDS,
    MIREX_CLUSTERS,
    MOOD_WORDS,
    OCCASION_SD,
    OCCASION_WORDS,
    POINTS,
    WORD_SD,
    emotion_of,
    read_words,
    split_words,
    word_point,
)
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from pathlib import Path

BEETS = ("happy", "sad", "aggressive", "relaxed", "party", "acoustic", "electronic")
SECTORS = ("frustrated", "tense", "excited", "happy", "content", "calm", "tired", "depressed")
USUAL = [
    "anger",
    "disgusted",
    "afraid",
    "fearful",
    "scary",
    "happiness",
    "joyful",
    "sadness",
    "surprised",
    "neutrality",
    "dark",
    "dramatic",
    "dream",
    "emotional",
    "energetic",
    "epic",
    "fun",
    "groovy",
    "heavy",
    "hopeful",
    "inspiring",
    "love",
    "meditative",
    "melancholic",
    "positive",
    "relaxing",
    "romantic",
    "slow",
    "soft",
    "upbeat",
    "uplifting",
]


def test_mood_tags_split_at_every_usual_separator_and_once_each() -> None:
    assert split_words(["Happy; calm/Dark", "happy, ,FUN"]) == ("happy", "calm", "dark", "fun")


@pytest.mark.parametrize("word", [*Emotion, *BEETS, *SECTORS, *USUAL])
def test_every_word_of_the_usual_tools_has_a_place(word: str) -> None:
    assert word_point(word)


@pytest.mark.parametrize("emotion", Emotion)
def test_an_emotion_names_itself_and_lies_at_its_own_point(emotion: Emotion) -> None:
    point = word_point(emotion.value)
    assert emotion_of(emotion.value) is emotion
    assert point is not None
    assert point.distance(EMOTION_POINTS[emotion]) == 0


def test_a_word_that_names_no_emotion_still_has_a_place() -> None:
    assert emotion_of("groovy") is None
    assert word_point("groovy")


@pytest.mark.parametrize("word", ["laid back", "Laid-Back", " laid_back "])
def test_case_and_hyphens_do_not_matter(word: str) -> None:
    assert word_point(word) == word_point("laid back")
    assert word_point(word) is not None


def test_several_words_are_averaged() -> None:
    read = read_words(("happy", "sad"))
    assert read.point is not None
    assert (read.point.valence, read.point.arousal) == pytest.approx((0.075, -0.025))
    assert read.point.sd == WORD_SD


def test_unknown_words_are_told_and_do_not_count() -> None:
    read = read_words(("happy", "wibble", "grumblesome"))
    assert read.unknown == ("wibble", "grumblesome")
    assert read.point == read_words(("happy",)).point


def test_nothing_but_unknown_words_gives_no_place() -> None:
    assert read_words(("wibble",)).point is None
    assert read_words(()) == read_words(iter(()))


def test_an_occasion_does_not_water_down_a_mood() -> None:
    assert read_words(("energetic", "film")).point == read_words(("energetic",)).point


def test_an_occasion_alone_is_less_certain() -> None:
    point = read_words(("christmas",)).point
    assert point is not None
    assert point.sd == OCCASION_SD


@pytest.mark.parametrize("word", ["not happy", "not_happy", "non-party"])
def test_a_denied_word_has_no_place_and_is_not_unknown(word: str) -> None:
    assert read_words((word,)) == read_words(())


def test_a_denied_unknown_word_is_unknown() -> None:
    assert read_words(("not wibble",)).unknown == ("not wibble",)


def test_no_word_has_two_places() -> None:
    tables = (EMOTION_WORDS, MOOD_WORDS, OCCASION_WORDS)
    words = [w for table in tables for words in table.values() for w in words.split(", ")]
    assert len(words) + len(MIREX_CLUSTERS) == len(set(words)) + len(MIREX_CLUSTERS) == len(POINTS)


def test_every_place_is_on_the_plane() -> None:
    assert all(-1 <= axis <= 1 for p in POINTS.values() for axis in (p.valence, p.arousal))


def test_no_word_holds_a_separator_that_it_would_be_split_at() -> None:
    assert [word for word in POINTS if split_words([word]) != (word,)] == []


def test_the_words_of_mtg_jamendo_are_all_known(data_folder: Path) -> None:
    lines = (data_folder / "data" / "jamendo_moodtheme.tsv").read_text().splitlines()[1:]
    tags = chain.from_iterable(line.split("\t")[5:] for line in lines)
    words = {tag.split("---")[1] for tag in tags}
    assert len(words) == 59
    assert read_words(sorted(words)).unknown == ()
