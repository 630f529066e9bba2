"""Fixtures that several files of unit tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

import moodspeaker.library.worker
from fakes.library_bench import LibraryBench, unscanned
from moodspeaker.library.store import LabelStore
from moodspeaker.library.worker import LibraryWorker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent to a library's thread is done before it ends, however slow the disk is."""
    monkeypatch.setattr(moodspeaker.library.worker, "CLOSE_LIMIT_S", 60.0)


@pytest.fixture
def library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> LibraryBench:
    """`moodspeaker library`, its store scanned once."""
    made = unscanned(tmp_path, monkeypatch, capsys)
    made.stock()
    return made


@pytest_asyncio.fixture
async def worker() -> AsyncIterator[LibraryWorker]:
    """The library's thread."""
    made = LibraryWorker()
    yield made
    await made.close()


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    """Where a label store is to be."""
    return tmp_path / "state" / "labels.db"


@pytest.fixture
def store(store_path: Path) -> Iterator[LabelStore]:
    """An empty one."""
    opened = LabelStore.open(store_path)
    yield opened
    opened.close()
