"""What stickers say of tracks: a person's mood words, and other players' counts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from moodspeaker.player.labels_of_ours import MOOD, MOODS, SOURCE, persons_words
from moodspeaker.player.rows import (
    BEST_RATING,
    COUNTED,
    LIKE,
    MOST_LIKED,
    RATING,
    number,
    read_counts,
)
from moodspeaker.types import NO_COUNTS, TrackCounts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from moodspeaker.ports import StickerBoard

TURN_TRACKS = 200
"""After so many tracks everybody else in the event loop has a turn."""


@dataclass(frozen=True, slots=True)
class Said:
    """People's mood words and other programs' counts, by uri, where there are any."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counts: Mapping[str, TrackCounts] = field(default_factory=dict)


async def read_said(board: StickerBoard) -> Said:
    """All of it; nothing where stickers are not kept."""
    return Said(await read_words(board), await read_all_counts(board))


async def read_words(board: StickerBoard) -> dict[str, tuple[str, ...]]:
    """The mood words that are not ours.

    The marks are read before the moods and again after them: a guess of ours that is written
    just then is marked in one of the two.
    """
    before = await board.stickers(SOURCE)
    mood = await board.stickers(MOOD) or {}
    moods = await board.stickers(MOODS) or {}
    after = await board.stickers(SOURCE)
    if before is None or after is None:
        # Without marks nobody could tell a person's word from a guess of ours.
        return {}
    found = {}
    async for uri in by_turns(mood.keys() | moods.keys()):
        # Taken out, so that they are not all given up at once: that takes long, too.
        marks = (before.pop(uri, ""), after.pop(uri, ""))
        if words := persons_words(mood.pop(uri, ""), moods.pop(uri, ""), marks):
            found[uri] = words
    return found


async def read_all_counts(board: StickerBoard) -> dict[str, TrackCounts]:
    """Likes, ratings, plays and skips."""
    told = {name: await board.stickers(name) or {} for name in COUNTED}
    found = {}
    async for uri in by_turns({uri for of in told.values() for uri in of}):
        counts = read_counts({name: of[uri] for name, of in told.items() if uri in of})
        if counts != NO_COUNTS:
            found[uri] = counts
    return found


async def read_likes(board: StickerBoard, before: Said) -> Said:
    """The same as `before` with the likes and ratings of now, where they can be read."""
    likes, ratings = await board.stickers(LIKE), await board.stickers(RATING)
    if likes is None or ratings is None:
        return before
    counts = dict(before.counts)
    async for uri in by_turns(before.counts.keys() | likes.keys() | ratings.keys()):
        like = number(likes.get(uri, ""), MOST_LIKED)
        rating = number(ratings.get(uri, ""), BEST_RATING)
        now = replace(counts.pop(uri, NO_COUNTS), like=like, rating=rating)
        if now != NO_COUNTS:
            counts[uri] = now
    return Said(before.words, counts)


async def recounted(before: Said, now: Said) -> dict[str, TrackCounts]:
    """The counts of now that are others than before."""
    return {
        uri: now.counts.get(uri, NO_COUNTS)
        async for uri in by_turns(before.counts.keys() | now.counts.keys())
        if before.counts.get(uri) != now.counts.get(uri)
    }


async def by_turns(uris: Iterable[str]) -> AsyncIterator[str]:
    """Each of them, and between some of them everybody else has a turn."""
    for count, uri in enumerate(uris, start=1):
        yield uri
        if count % TURN_TRACKS == 0:
            await asyncio.sleep(0)
