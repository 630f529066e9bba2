"""What every player promises, on the one in memory and on a real MPD."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fakes.player_benches import FROZEN_LIMIT_S, LIMIT_S, ODD, SECRET, TONE_S, TRACKS, A, B
from moodspeaker.app.parts import PlayerConnection
from moodspeaker.config.schema import MpdSection
from moodspeaker.errors import PlayerDenied, PlayerLost, PlayerRefused
from moodspeaker.player.keeper import QueueKeeper
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.player.pace import Pace
from moodspeaker.player.watching import TOLERANCE_S
from moodspeaker.types import Mood, Pick, PlayState, Track

if TYPE_CHECKING:
    from pathlib import Path

    from fakes.player_benches import Bench, MpdBench
    from moodspeaker.ports import Player


async def uris(player: Player) -> list[str]:
    return [song.uri for song in (await player.status()).queue]


async def no_tracks(_: object) -> tuple[Track, ...]:
    return ()


async def test_a_fresh_player_is_stopped_and_empty(player: Player) -> None:
    status = await player.status()
    assert (status.state, status.queue, status.position) == (PlayState.STOP, (), None)
    assert (status.error, status.volume) == ("", 100)


async def test_appended_songs_are_queued_in_order_under_ids_of_their_own(player: Player) -> None:
    ids = [await player.append(uri) for uri in (A, B, A, ODD)]
    queue = (await player.status()).queue
    assert [song.uri for song in queue] == [A, B, A, ODD]
    assert [song.song_id for song in queue] == ids
    assert len(set(ids)) == 4


async def test_play_plays_the_song_it_is_given(player: Player) -> None:
    await player.append(A)
    song_id = await player.append(B)
    await player.play(song_id)
    status = await player.status()
    assert (status.state, status.position, status.current.uri) == (PlayState.PLAY, 1, B)


async def test_play_without_a_song_plays_the_first_if_there_is_one(player: Player) -> None:
    await player.play()
    assert (await player.status()).state is PlayState.STOP
    await player.append(A)
    await player.play()
    assert (await player.status()).position == 0


async def test_skip_goes_on_and_stops_at_the_end(player: Player) -> None:
    await player.append(A)
    await player.append(B)
    await player.play()
    await player.skip()
    assert (await player.status()).position == 1
    await player.skip()
    status = await player.status()
    assert (status.state, status.position, len(status.queue)) == (PlayState.STOP, None, 2)


async def test_skip_while_stopped_is_refused(player: Player) -> None:
    with pytest.raises(PlayerRefused):
        await player.skip()


async def test_remove_takes_out_one_song_and_the_rest_moves_up(player: Player) -> None:
    ids = [await player.append(uri) for uri in (A, B, ODD)]
    await player.status()
    await player.remove(ids[1])
    assert await uris(player) == [A, ODD]


async def test_removing_the_current_song_goes_on_with_the_next(player: Player) -> None:
    song_id = await player.append(A)
    await player.append(B)
    await player.play()
    await player.remove(song_id)
    status = await player.status()
    assert (status.state, status.current.uri) == (PlayState.PLAY, B)


async def test_a_song_that_is_gone_can_be_removed_but_not_played(player: Player) -> None:
    song_id = await player.append(A)
    await player.remove(song_id)
    await player.remove(song_id)
    with pytest.raises(PlayerRefused):
        await player.play(song_id)
    assert await uris(player) == []


async def test_an_unknown_track_is_refused_and_the_connection_stays(player: Player) -> None:
    with pytest.raises(PlayerRefused):
        await player.append("no such.ogg")
    await player.append(A)
    assert await uris(player) == [A]


@pytest.mark.parametrize("bad", ["x\nclear", "x\rclear", "x\0", 'x"\nclear\n', "\udcff"])
async def test_what_is_no_line_of_text_never_reaches_the_player(player: Player, bad: str) -> None:
    await player.append(A)
    with pytest.raises(PlayerRefused):
        await player.append(bad)
    for arguments in ((bad, "mood", "sad"), (A, bad, "sad"), (A, "mood", bad)):
        with pytest.raises(PlayerRefused):
            await player.label(*arguments)
    assert await uris(player) == [A]
    assert len(await player.tracks()) == 3


async def test_tracks_have_their_tags(player: Player) -> None:
    tracks = sorted(await player.tracks(), key=lambda track: track.uri)
    assert [replace(track, moods=()) for track in tracks] == sorted(TRACKS, key=lambda t: t.uri)


async def test_labels_come_back_as_moods_in_lower_case(player: Player) -> None:
    await player.label(ODD, "mood", "Sad")
    await player.label(ODD, "moods", ";sad;energetic;")
    moods = {track.uri: track.moods for track in await player.tracks()}
    assert set(moods[ODD]) - {"happy"} == {"sad", "energetic"}
    assert set(moods[A]) <= {"happy"}


async def test_a_label_for_no_track_or_with_a_bad_name_is_refused(player: Player) -> None:
    for uri, name in (("no such.ogg", "mood"), (A, "mo=od")):
        with pytest.raises(PlayerRefused):
            await player.label(uri, name, "happy")


async def test_changes_begin_empty_and_tell_what_others_do(bench: Bench, player: Player) -> None:
    async with aclosing(player.changes()) as changes, asyncio.timeout(LIMIT_S):
        assert await anext(changes) == frozenset()
        async with bench.connect() as other:
            await other.append(A)
            while "playlist" not in await anext(changes):
                pass
            await other.play()
            while "player" not in await anext(changes):
                pass


async def test_changes_end_with_the_connection(bench: Bench, player: Player) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, text: complaints.append(text))
    async with aclosing(player.changes()) as changes, asyncio.timeout(LIMIT_S):
        await anext(changes)
        waiting = asyncio.ensure_future(anext(changes))
        # The library begins to idle a tenth of a second after the last command.
        await asyncio.sleep(0.3)
        await bench.stop()
        with pytest.raises(PlayerLost):
            await waiting
    with pytest.raises(PlayerLost):
        await player.status()
    assert complaints == []


async def test_a_player_that_is_down_is_lost(bench: Bench) -> None:
    await bench.stop()
    with pytest.raises(PlayerLost):
        async with bench.connect():
            pass


@pytest.mark.parametrize("password", ["wrong", None])
async def test_a_wrong_or_missing_password_is_denied(bench: Bench, password: str | None) -> None:
    with pytest.raises(PlayerDenied):
        async with bench.connect(password):
            pass


async def test_a_frozen_player_is_lost_within_the_limit(bench: Bench) -> None:
    async with bench.connect() as player:
        bench.hurry(player)
        bench.freeze(True)
        async with asyncio.timeout(LIMIT_S):
            with pytest.raises(PlayerLost):
                await player.status()
            with pytest.raises(PlayerLost):
                async with bench.connect(limit_s=FROZEN_LIMIT_S):
                    pass
        bench.freeze(False)
        with pytest.raises(PlayerLost):
            await player.status()
    async with bench.connect() as player:
        await player.status()


async def test_a_unix_socket_serves_as_host(real: MpdBench) -> None:
    settings = MpdSettings(str(real.folder / "mpd.sock"), password=SECRET)
    async with MpdConnector(settings)() as player:
        assert len(await player.tracks()) == 3


async def test_the_password_may_be_a_credential_of_systemd(
    real: MpdBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mpd-password").write_text(f"{SECRET}\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    section = MpdSection.model_validate({"port": real.server.port, "password_file": "mpd-password"})
    async with PlayerConnection(section)() as player:
        assert len(await player.tracks()) == 3


async def test_without_stickers_there_are_tracks_but_no_labels(real: MpdBench) -> None:
    await real.without_stickers()
    async with real.connect() as player:
        assert len(await player.tracks()) == 3
        with pytest.raises(PlayerRefused):
            await player.label(A, "mood", "happy")


async def test_a_queue_that_another_client_edits_is_read_right(real: MpdBench) -> None:
    async with real.connect() as player, real.connect() as other:
        ids = [await player.append(uri) for uri in (A, B, ODD, A, B)]
        assert len(await uris(player)) == 5
        await other._ask("moveid", ids[4], 0)
        await other.remove(ids[1])
        assert await uris(player) == [B, A, ODD, A]
        await other._ask("clear")
        assert await uris(player) == []


async def test_a_cancelled_command_drops_the_connection(real: MpdBench) -> None:
    async with real.connect() as player:
        real.freeze(True)
        asking = asyncio.create_task(player.status())
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        real.freeze(False)
        with pytest.raises(PlayerLost):
            await player.status()


async def test_the_keeper_finds_its_songs_again_after_a_restart(real: MpdBench) -> None:
    queue = iter((A, B, ODD, A, B, ODD))
    keeper = QueueKeeper(
        MpdConnector(real.settings()),
        lambda mood: Pick(Track(next(queue)), mood, 0, 0, ""),
        no_tracks,
        lambda _: None,
        1,
        Pace(period_s=1, settle_s=0.05),
    )
    keeper.want(Mood.HAPPY)
    before = asyncio.create_task(keeper.attempt(lambda: None))
    async with real.connect() as player, asyncio.timeout(LIMIT_S):
        while keeper.status is None or keeper.status.state is not PlayState.PLAY:
            await asyncio.sleep(0.05)
        # Seen so near to its end, it has come to its end by itself.
        await player._ask("seekcur", TONE_S - TOLERANCE_S)
        while (keeper.status.elapsed_s or 0) < TONE_S - TOLERANCE_S:
            await asyncio.sleep(0.05)
        await player._ask("seekcur", TONE_S - 0.2)
        while (await player.status()).position != 1 or len(await uris(player)) != 3:
            await asyncio.sleep(0.05)
        # MPD keeps its queue when it ends; one that was killed may not have.
        real.server.process.terminate()
        await real.server.process.wait()
    with pytest.raises(PlayerLost):
        await asyncio.wait_for(before, LIMIT_S)
    await real.server.start()
    found: list[set[int]] = []

    def up() -> None:
        found.append(set(keeper._editor.own))
        raise PlayerLost("enough")

    with pytest.raises(PlayerLost, match="enough"):
        await asyncio.wait_for(keeper.attempt(up), LIMIT_S)
    assert [len(ids) for ids in found] == [3]
