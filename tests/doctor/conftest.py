"""A player and a broker that are examined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from fakes.doctor_broker import RECOMMENDED, login_in
from fakes.doctor_player import ExaminedMpd, examined_mpd
from fakes.locked_broker import LockedBroker
from fakes.memory import in_memory

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest_asyncio.fixture
async def bench(tmp_path: Path, music_folder: Path) -> AsyncIterator[ExaminedMpd]:
    """Not started yet."""
    async with examined_mpd(tmp_path / "mpd", music_folder) as made:
        yield made


@pytest_asyncio.fixture
async def running(bench: ExaminedMpd) -> ExaminedMpd:
    """Started, its songs known."""
    await bench.start()
    return bench


@pytest.fixture
def login(tmp_path: Path) -> dict[str, object]:
    """The speaker's, as the config names it."""
    return login_in(tmp_path)


@pytest_asyncio.fixture
async def locked(tmp_path: Path) -> AsyncIterator[LockedBroker]:
    """With the rules that we recommend; not started."""
    broker = LockedBroker(in_memory(tmp_path / "locked"), RECOMMENDED)
    yield broker
    await broker.stop()
