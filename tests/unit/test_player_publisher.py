"""What is published in the player, what is left alone there, and what happens when it breaks."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from fakes.player import FakeMpd
from moodspeaker.errors import PlayerDenied, PlayerLost
from moodspeaker.player.labels_of_ours import Labels, values_of
from moodspeaker.player.published_lists import MOST_SONGS
from moodspeaker.player.publisher import MOST_REFUSED, StickerPublisher
from moodspeaker.types import Track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

HAPPY = Labels("happy", ("happy",), 0.8, 0.4)
SAD = Labels("sad", ("sad", "slow"), -0.6, -0.4)
URIS = ("a", "b", "c", "d")
LIMIT_S = 30.0
NOTHING_TO_DO = 20


class Bench:
    """A player in memory, a publisher, and what it noted."""

    def __init__(self, made: Iterable[str] = (), uris: Iterable[str] = URIS) -> None:
        self.mpd = FakeMpd(Track(uri) for uri in uris)
        self.noted: list[tuple[str, ...]] = []
        self.publisher = StickerPublisher(self.mpd.connect, made, self.noted.append, pause_s=0)
        self.ups = 0

    def up(self) -> None:
        self.ups += 1

    @property
    def written(self) -> list[str]:
        return [c for c in self.mpd.calls if c.split()[0] in ("label", "unlabel", "save_playlist")]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.publisher.attempt(self.up))
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def settled(self) -> None:
        """Until it has asked nothing more for a while."""
        calls, quiet = -1, 0
        async with asyncio.timeout(LIMIT_S):
            while quiet < NOTHING_TO_DO:
                quiet = quiet + 1 if len(self.mpd.calls) == calls else 0
                calls = len(self.mpd.calls)
                await asyncio.sleep(0)

    async def run(self) -> None:
        async with self.running():
            await self.settled()


async def test_it_connects_only_once_there_is_something_to_publish() -> None:
    bench = Bench()
    async with bench.running():
        await asyncio.sleep(0)
        assert (bench.ups, bench.mpd.players) == (0, [])
        bench.publisher.publish({"a": HAPPY})
        await bench.settled()
    assert bench.ups == 1
    assert bench.mpd.stickers["a"] == values_of(HAPPY)


async def test_only_what_differs_is_written() -> None:
    bench = Bench()
    bench.mpd.stickers = {"a": values_of(HAPPY), "b": {**values_of(SAD), "mood_valence": "099"}}
    bench.publisher.publish({"a": HAPPY, "b": SAD})
    await bench.run()
    assert bench.written == ["label b mood_valence 020"]


async def test_a_track_that_lost_its_label_loses_our_stickers_and_no_others() -> None:
    bench = Bench()
    bench.mpd.stickers = {"a": {**values_of(HAPPY), "like": "2"}, "b": {"mood": "sad"}}
    bench.publisher.publish({})
    await bench.run()
    assert bench.mpd.stickers == {"a": {"like": "2"}, "b": {"mood": "sad"}}


async def test_a_track_that_a_person_labelled_is_left_alone() -> None:
    bench = Bench()
    bench.mpd.stickers = {"a": {"mood": "calm"}}
    bench.publisher.publish({"a": HAPPY, "b": SAD})
    await bench.run()
    assert bench.mpd.stickers == {"a": {"mood": "calm"}, "b": values_of(SAD)}


async def test_a_song_that_is_gone_is_passed_over() -> None:
    bench = Bench()
    bench.publisher.publish({"gone": HAPPY, "line\nbreak": HAPPY, "b": SAD})
    await bench.run()
    assert bench.mpd.stickers == {"b": values_of(SAD)}


async def test_new_labels_replace_those_that_are_not_yet_written() -> None:
    bench = Bench()
    bench.publisher.publish(dict.fromkeys(URIS, HAPPY))
    async with bench.running():
        while "label b mood happy" not in bench.written:
            await asyncio.sleep(0)
        bench.publisher.publish({"d": SAD})
        await bench.settled()
    assert {uri: found for uri, found in bench.mpd.stickers.items() if found} == {
        "d": values_of(SAD)
    }
    assert "label c mood happy" not in bench.written


async def test_after_a_lost_connection_the_next_one_finishes() -> None:
    bench = Bench()
    bench.publisher.publish({"a": HAPPY, "b": SAD}, {"mood-sad": ("b",)})
    attempt = asyncio.create_task(bench.publisher.attempt(bench.up))
    while "label a mood happy" not in bench.written:
        await asyncio.sleep(0)
    bench.mpd.cut()
    with pytest.raises(PlayerLost):
        await attempt
    await bench.run()
    assert bench.mpd.stickers == {"a": values_of(HAPPY), "b": values_of(SAD)}
    assert bench.mpd.playlists == {"mood-sad": ("b",)}
    assert bench.written.count("label a mood_source moodspeaker:happy") == 1


async def test_a_player_that_denies_us_is_told_to_the_supervisor() -> None:
    bench = Bench()
    bench.mpd.denied = True
    bench.publisher.publish({"a": HAPPY})
    with pytest.raises(PlayerDenied):
        await bench.publisher.attempt(bench.up)


async def test_without_stickers_it_says_so_once_and_still_makes_its_lists(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Bench()
    bench.mpd.sticker_file = False
    caplog.set_level(logging.INFO)
    async with bench.running():
        for _ in range(2):
            bench.publisher.publish({"a": HAPPY}, {"mood-happy": ("a",)})
            await bench.settled()
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "sticker_file" in caplog.text
    assert bench.mpd.playlists == {"mood-happy": ("a",)}


async def test_when_every_track_is_refused_it_gives_up(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    caplog.set_level(logging.INFO)
    bench.publisher.publish({f"gone {i}": HAPPY for i in range(MOST_REFUSED + 5)})
    await bench.run()
    assert len(bench.written) == MOST_REFUSED
    assert "not published" in caplog.text


async def test_one_refused_track_less_and_it_goes_on() -> None:
    bench = Bench()
    bench.publisher.publish({**{f"gone {i}": HAPPY for i in range(MOST_REFUSED - 1)}, "b": SAD})
    await bench.run()
    assert bench.mpd.stickers == {"b": values_of(SAD)}


async def test_lists_are_made_and_their_names_noted_before() -> None:
    bench = Bench()
    bench.publisher.publish({}, {"mood-sad": ("b", "a"), "mood-happy": ("c",), "mood-calm": ()})
    await bench.run()
    assert bench.mpd.playlists == {"mood-sad": ("b", "a"), "mood-happy": ("c",)}
    assert bench.noted == [("mood-sad",), ("mood-happy", "mood-sad")]


async def test_a_list_that_is_right_is_not_written() -> None:
    bench = Bench()
    bench.mpd.playlists = {"mood-sad": ("b", "a")}
    bench.publisher.publish({}, {"mood-sad": ("b", "a")})
    await bench.run()
    assert (bench.written, bench.noted) == ([], [("mood-sad",)])


async def test_a_list_of_another_is_left_alone_and_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Bench()
    bench.mpd.playlists = {"mood-sad": ("c",)}
    caplog.set_level(logging.INFO)
    async with bench.running():
        for uris in (("a",), ("b",)):
            bench.publisher.publish({}, {"mood-sad": uris})
            await bench.settled()
    assert bench.mpd.playlists == {"mood-sad": ("c",)}
    assert [record.getMessage().count("mood-sad") for record in caplog.records] == [1]


async def test_a_list_that_an_earlier_run_made_is_replaced_and_taken_away() -> None:
    bench = Bench(made=["mood-sad", "mood-calm", "mood-gone"])
    bench.mpd.playlists = {"mood-sad": ("c",), "mood-calm": ("a",)}
    bench.publisher.publish({}, {"mood-sad": ("a", "b")})
    await bench.run()
    assert bench.mpd.playlists == {"mood-sad": ("a", "b")}
    assert bench.noted[-1] == ("mood-sad",)
    assert "save_playlist mood-gone" not in bench.written


@pytest.mark.parametrize(("count", "kept"), [(-1, -1), (0, 0), (1, 0)])
async def test_a_list_has_some_hundred_songs_at_most(count: int, kept: int) -> None:
    uris = tuple(f"s{i}" for i in range(MOST_SONGS + count))
    bench = Bench(uris=uris)
    bench.publisher.publish({}, {"mood-sad": uris})
    await bench.run()
    assert len(bench.mpd.playlists["mood-sad"]) == MOST_SONGS + kept
