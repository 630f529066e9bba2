"""What stickers say otherwise than before, in memory and on a real MPD."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes.player_benches import ODD, A, B
from moodspeaker.errors import PlayerRefused
from moodspeaker.types import TrackCounts

if TYPE_CHECKING:
    from fakes.player_benches import Bench
    from moodspeaker.player.mpd import MpdPlayer
    from moodspeaker.ports import StickerBoard


async def test_one_sticker_of_a_track_is_told_and_one_that_is_not_there_is_none(
    player: StickerBoard,
) -> None:
    await player.label(ODD, "playCount", "7")
    assert await player.sticker(ODD, "playCount") == "7"
    assert await player.sticker(ODD, "skipCount") is None
    assert await player.sticker("no such.ogg", "playCount") is None


async def test_without_a_sticker_file_none_is_told(bench: Bench) -> None:
    await bench.without_stickers()
    async with bench.connect() as player:
        with pytest.raises(PlayerRefused):
            await player.sticker(A, "playCount")
        await player.tracks()
        assert await player.recounted() == {}
        assert await player.recounted(likes_only=True) == {}


async def test_nothing_is_counted_otherwise_right_after_the_tracks(player: MpdPlayer) -> None:
    await player.label(A, "like", "2")
    await player.label(B, "mood", "sad")
    await player.tracks()
    assert await player.recounted() == {}
    assert await player.recounted(likes_only=True) == {}


async def test_what_is_counted_otherwise_is_told_once(player: MpdPlayer) -> None:
    await player.label(A, "playCount", "3")
    await player.label(B, "like", "1")
    await player.tracks()
    await player.label(A, "rating", "9")
    await player.unlabel(B, "like")
    await player.label(ODD, "skipCount", "1")
    assert await player.recounted() == {
        A: TrackCounts(rating=9, plays=3),
        B: TrackCounts(),
        ODD: TrackCounts(skips=1),
    }
    assert await player.recounted() == {}


async def test_likes_alone_leave_the_other_counts_for_later(player: MpdPlayer) -> None:
    await player.label(B, "rating", "4")
    await player.tracks()
    await player.label(A, "playCount", "3")
    await player.label(A, "like", "2")
    await player.unlabel(B, "rating")
    likes = await player.recounted(likes_only=True)
    assert likes == {A: TrackCounts(like=2), B: TrackCounts()}
    assert await player.recounted() == {A: TrackCounts(like=2, plays=3)}


async def test_a_persons_mood_words_call_for_the_tracks_and_ours_do_not(player: MpdPlayer) -> None:
    await player.tracks()
    await player.label(A, "mood_source", "moodspeaker:sad")
    await player.label(A, "mood", "sad")
    assert await player.recounted() == {}
    await player.label(A, "mood", "calm")
    assert await player.recounted(likes_only=True) == {}
    assert await player.recounted() is None
    await player.tracks()
    assert await player.recounted() == {}
    await player.unlabel(A, "mood")
    assert await player.recounted() is None
