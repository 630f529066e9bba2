"""Whether a track's genre is one of those that are wished for.

"Hard rock" and "indie rock" are rock, "baroque" is classical, "jazz funk" is both; "rhythm and
blues" is one genre and no blues. A genre that we do not know counts as it is written.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from moodspeaker.music.genres import AND, POINTS, SYNONYMS, TOKENS, genre_name, split_genres

if TYPE_CHECKING:
    from collections.abc import Iterable

PHRASINGS = 4096


def wished_keys(genres: Iterable[str]) -> frozenset[str]:
    """What a track must have one of in its `genre_keys` to be of these genres."""
    phrases = split_genres(genres)
    return frozenset(key for phrase in phrases if (key := genre_name(phrase) or written(phrase)))


@lru_cache(PHRASINGS)
def genre_keys(text: str) -> frozenset[str]:
    """Every genre that a track with this tag belongs to; the tag may hold several."""
    return frozenset(key for phrase in split_genres([text]) for key in phrase_keys(phrase))


def phrase_keys(phrase: str) -> frozenset[str]:
    """Those of one genre: itself, what it is a kind of, and the genres among its words."""
    whole = written(phrase)
    name = SYNONYMS.get(whole, whole)
    if name in POINTS:
        return with_parents(name)
    parts = (genre_name(word) for word in words(phrase))
    known = frozenset(key for part in parts if part for key in with_parents(part))
    head = genre_name(phrase)
    return known | {whole} | (with_parents(head) if head else frozenset())


def with_parents(name: str) -> frozenset[str]:
    """The genre and those that its name ends in: hardrock is rock."""
    return frozenset(one for one in POINTS if name.endswith(one))


def written(phrase: str) -> str:
    """The genre without case, spaces and signs."""
    return "".join(words(phrase))


def words(phrase: str) -> list[str]:
    """Its words, `&` and its kin as `n`."""
    return TOKENS.findall(AND.sub(" n ", phrase.casefold()))
