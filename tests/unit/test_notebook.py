"""What was queued and said, written away from the loop."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest

from moodspeaker.library.notebook import KEPT_S, Notebook, Notes
from moodspeaker.library.records import Feedback, Liking, QueuedTrack
from moodspeaker.library.store import LabelStore
from moodspeaker.library.worker import LibraryWorker

if TYPE_CHECKING:
    from pathlib import Path

NOW_S = 1.8e9
QUEUED = QueuedTrack("a.ogg", "one", NOW_S, "happy")
LIKED = Feedback("a.ogg", "happy", Liking.LIKE, 1.0, NOW_S)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store will be."""
    return tmp_path / "labels.db"


async def test_what_is_noted_is_there_after_a_restart(path: Path, worker: LibraryWorker) -> None:
    book = Notebook(path, worker)
    book.queued(QUEUED)
    book.said(LIKED)
    book.ended(QUEUED, "played")
    book.close()
    notes = await Notebook(path, worker).load(NOW_S)
    assert [(one.uri, one.outcome) for one in notes.history] == [("a.ogg", "played")]
    assert notes.feedback == (LIKED,)


async def test_what_is_taken_back_stays_visible_as_undone(
    path: Path, worker: LibraryWorker
) -> None:
    book = Notebook(path, worker)
    book.said(LIKED)
    book.unsaid(LIKED)
    (said,) = (await book.load(NOW_S)).feedback
    assert said.undone
    book.close()


async def test_what_was_noted_before_this_start_is_not_amended(
    path: Path, worker: LibraryWorker
) -> None:
    book = Notebook(path, worker)
    book.ended(QUEUED, "played")
    assert await book.load(NOW_S) == Notes()
    book.close()


async def test_three_months_are_kept(path: Path, worker: LibraryWorker) -> None:
    book = Notebook(path, worker)
    for age_s in (KEPT_S + 1, KEPT_S, KEPT_S - 1):
        book.queued(QueuedTrack("a.ogg", "one", NOW_S - age_s, "happy"))
    assert len((await book.load(NOW_S)).history) == 2
    book.close()


async def test_without_a_store_reading_makes_none(path: Path, worker: LibraryWorker) -> None:
    assert await Notebook(path, worker).load(NOW_S) == Notes()
    assert not path.exists()


async def test_a_store_that_cannot_be_written_is_told_once_and_again_after_it_could(
    path: Path, worker: LibraryWorker, caplog: pytest.LogCaptureFixture
) -> None:
    LabelStore.open(path).close()
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("DROP TABLE history")
    book = Notebook(path, worker)
    for _ in range(3):
        book.queued(QUEUED)
    book.said(LIKED)
    book.queued(QUEUED)
    await worker.do(int)
    told = [r.message for r in caplog.records if "what is played and said is not kept" in r.message]
    assert len(told) == 2
    assert "no such table: history" in told[0]
    lock.close()
    book.close()


async def test_a_disk_that_hangs_does_not_hold_up_the_caller(
    path: Path, worker: LibraryWorker
) -> None:
    gate = threading.Event()
    worker.send(gate.wait, 30)
    book = Notebook(path, worker)
    book.queued(QUEUED)
    book.close()
    assert not path.exists()
    gate.set()
    await worker.do(int)
    assert path.exists()


async def test_after_the_end_nothing_is_noted_and_nothing_raised(
    path: Path, worker: LibraryWorker
) -> None:
    book = Notebook(path, worker)
    await worker.close()
    book.queued(QUEUED)
    assert not list(path.parent.iterdir())


async def test_closing_waits_for_what_was_noted(path: Path) -> None:
    worker = LibraryWorker()
    book = Notebook(path, worker)
    book.queued(QUEUED)
    book.close()
    await worker.close()
    store = LabelStore.open(path)
    assert len(store.history(0)) == 1
    store.close()
