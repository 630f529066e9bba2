"""A library with everything wrong in it: a clear line each, and the music goes on. Real MPD."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from random import Random
from typing import TYPE_CHECKING

import mutagen.id3
import pytest

from fakes.speaker_bench import Witness, run
from moodspeaker.app.service import Service
from moodspeaker.cli.main import main
from moodspeaker.config.load import load_config
from moodspeaker.demo.music import demo_music
from moodspeaker.home.commands import Like, Next, SetMood
from moodspeaker.library.store import LabelStore
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.types import Emotion, PlayState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from moodspeaker.demo.servers import Server
    from moodspeaker.player.mpd import MpdPlayer

LIMIT_S = 60.0
QUOTED = "qu'o\"te [ü].ogg"
GOOD = ("happy1.ogg", "happy2.ogg", "happy3.ogg", QUOTED)


@pytest.fixture
def config(
    mpd: Server, music_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Four good tracks among bad ones; nothing is published in the player."""
    for number, name in enumerate(GOOD, 1):
        shutil.copy(demo_music(print) / "happy" / f"0{number}.ogg", music_folder / name)
    good = (music_folder / GOOD[0]).read_bytes()
    (music_folder / "line\nbreak.ogg").write_bytes(good)
    (music_folder / "zero.ogg").touch()
    (music_folder / "corrupt.mp3").write_bytes(b"\xff\xfb\x90\x00" + Random(1).randbytes(40_000))
    (music_folder / "cut.ogg").write_bytes(good[: len(good) // 3])
    tags = mutagen.id3.ID3()
    tags.add(mutagen.id3.TMOO(encoding=0, text="fr\xf6hlich"))
    tags.save(music_folder / "corrupt.mp3")
    monkeypatch.setenv("MOODSPEAKER_STATE_DIR", str(tmp_path / "state"))
    path = tmp_path / "speaker.yaml"
    path.write_text(
        f"mpd: {{port: {mpd.port}}}\nmqtt: {{enabled: false}}\n"
        f"camera: {{kind: file, source: {tmp_path / 'none.mp4'}}}\n"
        f"library: {{music_dir: {music_folder}, stickers: false, playlists: false}}\n"
        "music: {no_repeat_hours: 0, artist_spacing: 0}\n"
    )
    return path


async def updated(player: MpdPlayer) -> None:
    """MPD has read its folder."""
    await player._ask("update")
    async with asyncio.timeout(LIMIT_S):
        while "updating_db" in await player._ask("status"):
            await asyncio.sleep(0.02)


async def until(wanted: Callable[[], Awaitable[object]]) -> None:
    """Waits until it is so."""
    async with asyncio.timeout(LIMIT_S):
        while not await wanted():
            await asyncio.sleep(0.05)


def service(config: Path) -> Service:
    """With its state where the commands have theirs."""
    return Service(load_config(config), config.parent / "state", config, Witness())


async def test_a_scan_goes_through_bad_files_and_stores_the_rest(
    config: Path, mpd: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    async with MpdConnector(MpdSettings("127.0.0.1", mpd.port))() as player:
        await updated(player)
        # MPD lists what it can decode at least a little of.
        listed = {track.uri for track in await player.tracks()}
    assert set(GOOD) <= listed
    assert await asyncio.to_thread(main, ["library", "scan", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert f"{len(listed)} tracks" in told
    store = LabelStore.open(config.parent / "state" / "labels.db")
    assert {one.uri for one in store.estimates() if one.detail == "happy"} >= set(GOOD)
    store.close()


async def test_the_music_goes_on_past_files_that_cannot_be_played(
    config: Path, mpd: Server, music_folder: Path
) -> None:
    async with (
        MpdConnector(MpdSettings("127.0.0.1", mpd.port))() as player,
        run(service(config)) as speaker,
    ):
        await updated(player)
        await speaker.handle(SetMood(Emotion.HAPPY))

        async def plays() -> bool:
            status = await player.status()
            return status.state is PlayState.PLAY and (status.elapsed_s or 0) > 0.3

        await until(plays)
        # Everything that is queued goes, but for one track; MPD does not know yet.
        for name in GOOD[1:]:
            (music_folder / name).unlink()
        for _ in range(3):
            await speaker.handle(Next())
            await until(plays)
        await updated(player)
        await until(plays)
        assert (await player.status()).current is not None


async def test_a_store_that_cannot_be_written_is_told_and_the_music_goes_on(
    config: Path, mpd: Server, caplog: pytest.LogCaptureFixture
) -> None:
    path = config.parent / "state" / "labels.db"
    path.parent.mkdir()
    LabelStore.open(path).close()
    full = sqlite3.connect(path)
    full.execute(
        "CREATE TRIGGER full BEFORE INSERT ON history BEGIN SELECT RAISE(FAIL, 'full'); END"
    )
    full.commit()
    full.close()
    async with (
        MpdConnector(MpdSettings("127.0.0.1", mpd.port))() as player,
        run(service(config)) as speaker,
    ):
        await updated(player)
        await speaker.handle(SetMood(Emotion.HAPPY))

        async def plays() -> bool:
            return ((await player.status()).elapsed_s or 0) > 1

        await until(plays)
        async with asyncio.timeout(LIMIT_S):
            while not speaker._music.listening.ours:
                await asyncio.sleep(0.05)
        await speaker.handle(Like())
        await speaker.handle(Next())
        await until(plays)
    told = [r.message for r in caplog.records if "is not kept" in r.message]
    assert told
    assert all("labels.db" in line for line in told)
