"""What stickers say of tracks: a person's mood words, and other players' counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.player.labels_of_ours import MOOD, MOODS, SOURCE, persons_words
from moodspeaker.player.rows import COUNTED, read_counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.ports import StickerBoard
    from moodspeaker.types import TrackCounts


@dataclass(frozen=True, slots=True)
class TrackStickers:
    """Stickers by name, each {uri: value}. `sources` are two readings of `mood_source`."""

    mood: Mapping[str, str]
    moods: Mapping[str, str]
    sources: tuple[Mapping[str, str], ...]
    counted: Mapping[str, Mapping[str, str]]

    def words(self, uri: str) -> tuple[str, ...]:
        """The mood words that are not ours."""
        marks = [source.get(uri, "") for source in self.sources]
        return persons_words(self.mood.get(uri, ""), self.moods.get(uri, ""), marks)

    def counts(self, uri: str) -> TrackCounts:
        """Likes, rating, plays and skips."""
        return read_counts({name: of[uri] for name, of in self.counted.items() if uri in of})


async def read_track_stickers(board: StickerBoard) -> TrackStickers:
    """All of them; none where they are not kept.

    The marks are read before the moods and again after them: a guess of ours that is written
    just then is marked in one of the two.
    """
    before = await board.stickers(SOURCE)
    mood = await board.stickers(MOOD)
    moods = await board.stickers(MOODS)
    after = await board.stickers(SOURCE)
    counted = {name: await board.stickers(name) or {} for name in COUNTED}
    if before is None or after is None:
        # Without marks nobody could tell a person's word from a guess of ours.
        return TrackStickers({}, {}, (), counted)
    return TrackStickers(mood or {}, moods or {}, (before, after), counted)
