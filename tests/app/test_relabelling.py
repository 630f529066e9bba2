"""A person asks for the library to be analysed: by the service's own child, on real music."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
from typing import TYPE_CHECKING

import pytest

from fakes.speaker_bench import Witness, run
from moodspeaker.app.relabeller import AlreadyLabelling
from moodspeaker.app.service import Service
from moodspeaker.config.load import load_config
from moodspeaker.demo.music import demo_music
from moodspeaker.home.commands import Relabel
from moodspeaker.library.store import LabelStore
from moodspeaker.player.mpd import MpdConnector, MpdSettings

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.demo.servers import Server

LIMIT_S = 180.0


@pytest.fixture
def service(
    mpd: Server, music_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Service:
    """Over three tracks, its state where its child looks for it too."""
    if importlib.util.find_spec("soundfile") is None:
        pytest.skip("soundfile is not installed: no sound is analysed")
    for emotion in ("happy", "sad", "angry"):
        shutil.copy(demo_music(print) / emotion / "01.ogg", music_folder / f"{emotion}.ogg")
    monkeypatch.setenv("MOODSPEAKER_STATE_DIR", str(tmp_path / "state"))
    config = tmp_path / "speaker.yaml"
    config.write_text(
        f"mpd: {{port: {mpd.port}}}\nmqtt: {{enabled: false}}\n"
        f"camera: {{kind: file, source: {tmp_path / 'none.mp4'}, hot_c: 120}}\n"
        f"library: {{music_dir: {music_folder}, stickers: false, playlists: false}}\n"
    )
    return Service(load_config(config), tmp_path / "state", config, Witness())


async def test_new_music_is_found_and_analysed_beside_the_service(
    service: Service, mpd: Server, tmp_path: Path
) -> None:
    async with MpdConnector(MpdSettings("127.0.0.1", mpd.port))() as player:
        await player._ask("update")
        async with asyncio.timeout(LIMIT_S):
            while len(await player.tracks()) < 3:
                await asyncio.sleep(0.05)
    async with run(service):
        await service.handle(Relabel())
        with pytest.raises(AlreadyLabelling):
            await service.handle(Relabel())
        async with asyncio.timeout(LIMIT_S):
            while service._relabeller._child.running:
                await asyncio.sleep(0.1)
    store = LabelStore.open(tmp_path / "state" / "labels.db")
    said = {one.uri for one in store.estimates() if one.source == "audio"}
    store.close()
    assert said == {"happy.ogg", "sad.ogg", "angry.ogg"}


async def test_it_ends_with_the_service(service: Service) -> None:
    async with run(service):
        await service.handle(Relabel())
        child = service._relabeller._child
        assert child.running
    assert not child.running
