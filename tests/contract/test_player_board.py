"""Volume, stickers, stored playlists and partitions, in memory and on a real MPD."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fakes.player_benches import LIMIT_S, ODD, A, B
from moodspeaker.errors import PlayerDenied, PlayerLost, PlayerRefused
from moodspeaker.player.labels_of_ours import PUBLISHED, Labels
from moodspeaker.player.mpd import MpdConnector
from moodspeaker.player.publisher import StickerPublisher
from moodspeaker.player.volume import VolumeKeeper, VolumeSettings
from moodspeaker.types import PlayState, TrackCounts

if TYPE_CHECKING:
    from fakes.player_benches import Bench, MpdBench
    from moodspeaker.player.mpd import MpdPlayer
    from moodspeaker.types import Track

HAPPY = Labels("happy", ("happy", "energetic"), 0.5, -1.0)
SAD = Labels("sad", ("sad",), -0.5, -0.5)


async def track(player: MpdPlayer, uri: str) -> Track:
    return next(track for track in await player.tracks() if track.uri == uri)


async def test_pause_holds_the_song_and_play_goes_on(player: MpdPlayer) -> None:
    await player.append(A)
    await player.play()
    await player.pause()
    await player.pause()
    assert (await player.status()).state is PlayState.PAUSE
    await player.play()
    assert (await player.status()).state is PlayState.PLAY


async def test_pause_while_stopped_does_nothing(player: MpdPlayer) -> None:
    await player.append(A)
    await player.pause()
    assert (await player.status()).state is PlayState.STOP


@pytest.mark.parametrize("percent", [0, 1, 100])
async def test_the_volume_is_set(player: MpdPlayer, percent: int) -> None:
    await player.set_volume(percent)
    assert (await player.status()).volume == percent


@pytest.mark.parametrize("percent", [-1, 101])
async def test_no_other_volume_is_taken(player: MpdPlayer, percent: int) -> None:
    await player.set_volume(50)
    with pytest.raises(PlayerRefused):
        await player.set_volume(percent)
    assert (await player.status()).volume == 50


async def test_without_a_mixer_the_volume_is_unknown_and_refused(real: MpdBench) -> None:
    await real.without("mixer_type")
    async with real.connect() as player:
        # The null output has no mixer of its own.
        assert (await player.status()).volume is None
        with pytest.raises(PlayerRefused, match="mixer_type"):
            await player.set_volume(50)


async def test_a_capped_volume_comes_down_and_another_clients_word_counts(
    bench: Bench, player: MpdPlayer
) -> None:
    keeper = VolumeKeeper(VolumeSettings(fade_step=20, step_s=0.01))
    keeper.want(30)
    async with asyncio.timeout(LIMIT_S):
        while (due_s := await keeper.attend(player, await player.status())) is not None:
            await asyncio.sleep(due_s)
        assert await keeper.attend(player, await player.status()) is None
        assert ((await player.status()).volume, keeper.memo) == (30, 100)
        async with bench.connect() as other:
            await other.set_volume(10)
        await keeper.attend(player, await player.status())
        assert keeper.memo is None


async def test_the_crossfade_is_set(real: MpdBench) -> None:
    async with real.connect() as player:
        await player.set_crossfade(3)
        assert (await player._ask("status"))["xfade"] == "3"
        await player.set_crossfade(0)
        assert (await player._ask("status")).get("xfade", "0") == "0"


async def test_stickers_are_told_by_name_for_every_track_that_has_one(player: MpdPlayer) -> None:
    assert await player.stickers("mood") == {}
    await player.label(A, "mood", "a=b 'ü\"\\")
    await player.label(ODD, "mood", "sad")
    await player.label(B, "moods", ";sad;")
    assert await player.stickers("mood") == {A: "a=b 'ü\"\\", ODD: "sad"}


async def test_a_sticker_is_taken_away_and_one_that_is_not_there_too(player: MpdPlayer) -> None:
    await player.label(ODD, "mood", "sad")
    await player.label(ODD, "moods", ";sad;")
    for _ in range(2):
        await player.unlabel(ODD, "mood")
    await player.unlabel("no such.ogg", "mood")
    assert await player.stickers("mood") == {}
    assert await player.stickers("moods") == {ODD: ";sad;"}


async def test_without_a_sticker_file_there_are_none(bench: Bench) -> None:
    await bench.without_stickers()
    async with bench.connect() as player:
        assert await player.stickers("mood") is None
        for asked in (player.label(A, "mood", "sad"), player.unlabel(A, "mood")):
            with pytest.raises(PlayerRefused):
                await asked
        assert len(await player.tracks()) == 3


async def test_without_the_admin_permission_there_are_no_stickers(real: MpdBench) -> None:
    await real.stop()
    real.conf.write_text(real.conf.read_text().replace(",admin", ""))
    await real.server.start()
    async with real.connect() as player:
        assert await player.stickers("mood") is None
        assert len(await player.tracks()) == 3


async def test_counts_of_other_players_are_told(player: MpdPlayer) -> None:
    for name, value in (("like", "2"), ("rating", "7"), ("playCount", "000000000012")):
        await player.label(A, name, value)
    await player.label(B, "skipCount", "many")
    assert (await track(player, A)).counts == TrackCounts(like=2, rating=7, plays=12)
    assert (await track(player, B)).counts == TrackCounts()


async def test_our_own_guess_is_no_word_of_a_person_but_what_they_make_of_it_is(
    player: MpdPlayer,
) -> None:
    own = set((await track(player, A)).moods)
    await player.label(A, "mood", "sad")
    await player.label(A, "moods", ";sad;slow;")
    await player.label(A, "mood_source", "moodspeaker:sad")
    assert set((await track(player, A)).moods) == own
    await player.label(A, "mood", "calm")
    assert set((await track(player, A)).moods) == own | {"calm"}


async def test_a_playlist_is_made_replaced_and_taken_away(player: MpdPlayer) -> None:
    assert await player.playlist("mood-ü 'x\"") is None
    for uris in ((ODD, A, ODD), (B,)):
        await player.save_playlist("mood-ü 'x\"", uris)
        assert await player.playlist("mood-ü 'x\"") == uris
    for _ in range(2):
        await player.save_playlist("mood-ü 'x\"", ())
        assert await player.playlist("mood-ü 'x\"") is None


async def test_a_playlist_does_without_songs_that_are_gone(player: MpdPlayer) -> None:
    await player.save_playlist("mood-sad", (A, "no such.ogg", B))
    assert await player.playlist("mood-sad") == (A, B)


async def test_what_a_crash_left_of_a_playlist_does_not_get_into_the_next(real: MpdBench) -> None:
    async with real.connect() as player:
        await player.save_playlist("mood-sad", (A,))
        await player._ask("playlistadd", "mood-sad (unfinished, moodspeaker)", B)
        assert await player.playlist("mood-sad") == (A,)
        await player.save_playlist("mood-sad", (ODD,))
        assert await player.playlist("mood-sad") == (ODD,)
        assert len([*await player._ask("listplaylists")]) == 1


async def test_without_a_playlist_folder_lists_are_refused(real: MpdBench) -> None:
    await real.without("playlist_directory")
    async with real.connect() as player:
        with pytest.raises(PlayerRefused):
            await player.save_playlist("mood-sad", (A,))
        assert await player.playlist("mood-sad") is None


@pytest.mark.parametrize("bad", ["x\nclear", "\udcff"])
async def test_no_sticker_or_playlist_carries_a_command(player: MpdPlayer, bad: str) -> None:
    await player.append(A)
    for asked in (
        player.unlabel(bad, "mood"),
        player.playlist(bad),
        player.save_playlist(bad, (A,)),
        player.save_playlist("mood-sad", (bad,)),
    ):
        with pytest.raises(PlayerRefused):
            await asked
    assert len((await player.status()).queue) == 1


async def test_changes_of_stickers_and_lists_are_told(bench: Bench, player: MpdPlayer) -> None:
    async with aclosing(player.changes()) as changes, asyncio.timeout(LIMIT_S):
        await anext(changes)
        async with bench.connect() as other:
            await other.label(A, "mood", "sad")
            assert "sticker" in await anext(changes)
            await other.save_playlist("mood-sad", (A,))
            while "stored_playlist" not in await anext(changes):
                pass


async def test_a_partition_is_played_in_by_itself(real: MpdBench) -> None:
    async with real.connect() as first:
        await first._ask("newpartition", "kids")
        await first.append(A)
        settings = replace(real.settings(), partition="kids")
        async with MpdConnector(settings)() as player:
            assert (await player.status()).queue == ()
            await player.append(B)
        assert [song.uri for song in (await first.status()).queue] == [A]


async def test_a_partition_that_is_not_there_is_denied_by_its_name(real: MpdBench) -> None:
    with pytest.raises(PlayerDenied, match="newpartition kids"):
        async with MpdConnector(replace(real.settings(), partition="kids"))():
            pass


async def test_labels_are_published_and_taken_away_again(bench: Bench) -> None:
    publisher = StickerPublisher(bench.connect, pause_s=0)
    publisher.publish({A: HAPPY, ODD: SAD}, {"mood-sad": (ODD, A)})
    task = asyncio.create_task(publisher.attempt(lambda: None))
    async with bench.connect() as player, asyncio.timeout(LIMIT_S):
        while await player.playlist("mood-sad") != (ODD, A):
            await asyncio.sleep(0.02)
        shown = {name: await player.stickers(name) for name in PUBLISHED}
        assert {name: of[A] for name, of in shown.items()} == {
            "mood": "happy",
            "moods": ";happy;energetic;",
            "mood_valence": "075",
            "mood_arousal": "000",
            "mood_source": "moodspeaker:happy",
        }
        assert shown["mood"] == {A: "happy", ODD: "sad"}
        assert set((await track(player, ODD)).moods) == set((await track(player, B)).moods)
        publisher.publish({})
        while await player.playlist("mood-sad") is not None:
            await asyncio.sleep(0.02)
        assert [await player.stickers(name) for name in PUBLISHED] == [{}] * len(PUBLISHED)
    task.cancel()
    with pytest.raises((asyncio.CancelledError, PlayerLost)):
        await task
