"""The players that the contract is tested on."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from mutagen.oggvorbis import OggVorbis

from fakes.player_benches import TONE_S, TRACKS, FakeBench, MpdBench, started

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from fakes.player_benches import Bench
    from moodspeaker.ports import Player


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("mpd") or not shutil.which("ffmpeg"):
        pytest.skip("mpd or ffmpeg is not installed: the real player is not tested")
    path = tmp_path_factory.mktemp("tone") / "tone.ogg"
    source = f"sine=frequency=440:duration={TONE_S}:sample_rate=8000"
    argv = ("ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-c:a", "libvorbis", str(path))
    subprocess.run(argv, check=True, timeout=60)
    return path


@pytest.fixture
def music(tone: Path, music_folder: Path) -> Path:
    for track in TRACKS:
        path = music_folder / track.uri
        shutil.copy(tone, path)
        tags = OggVorbis(path)
        tags.update(title=track.title, artist=["One", "Two"], album=track.album, mood="Happy")
        tags.update(genre=["Rock", "Pop"], date="1999-02-01", originaldate="1971-11-08")
        tags.save()
    return music_folder


@pytest_asyncio.fixture
async def real(tmp_path: Path, music: Path) -> AsyncIterator[MpdBench]:
    async with started(MpdBench(tmp_path / "mpd", music)) as bench:
        yield bench


@pytest.fixture(params=["fake", "mpd"])
def make_bench(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Bench]:
    if request.param == "fake":
        return FakeBench
    music = request.getfixturevalue("music")
    return lambda: MpdBench(tmp_path / "mpd", music)


@pytest_asyncio.fixture
async def bench(make_bench: Callable[[], Bench]) -> AsyncIterator[Bench]:
    async with started(make_bench()) as bench:
        yield bench


@pytest_asyncio.fixture
async def player(bench: Bench) -> AsyncIterator[Player]:
    async with bench.connect() as player:
        yield player
