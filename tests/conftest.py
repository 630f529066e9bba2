"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from fakes.memory import in_memory
from moodspeaker.demo.servers import Server, private_mosquitto, private_mpd

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of MOODSPEAKER_DATA; skips where it is unset."""
    folder = os.environ.get("MOODSPEAKER_DATA")
    if not folder:
        pytest.skip("MOODSPEAKER_DATA is unset: no data folder with clips and images")
    return Path(folder).resolve()


@pytest_asyncio.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Server]:
    """A real broker on a free loopback port."""
    server = private_mosquitto(tmp_path / "mosquitto")
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def mpd(tmp_path: Path, music_folder: Path) -> AsyncIterator[Server]:
    """A real MPD over `music_folder`, its database not yet updated."""
    server = private_mpd(in_memory(tmp_path / "mpd"), music_folder)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def music_folder(tmp_path: Path) -> Path:
    """A writable folder for the music of one test, empty."""
    folder = tmp_path / "music"
    folder.mkdir()
    return folder


def pytest_report_header() -> str:
    """Says which of the real counterparts these tests will find."""
    found = [name for name in ("mpd", "mosquitto", "ffmpeg") if shutil.which(name)]
    data = "set" if os.environ.get("MOODSPEAKER_DATA") else "unset"
    return f"counterparts: {', '.join(found) or 'none'}; MOODSPEAKER_DATA {data}"
