"""A notebook that is kept for months: what is read again, and what is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.library import notebook
from moodspeaker.library.notebook import KEPT_S, Notebook, Notes
from moodspeaker.library.records import Feedback, Liking, QueuedTrack
from moodspeaker.library.store import LabelStore

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from moodspeaker.library.worker import LibraryWorker

NOW_S = 1e9
TRACK = QueuedTrack("a", "A", NOW_S, "happy")
SAID = Feedback("a", "happy", Liking.LIKE, 1.0, NOW_S)


async def loaded(path: Path, worker: LibraryWorker) -> Notebook:
    """One that was read once."""
    LabelStore.open(path).close()
    book = Notebook(path, worker)
    assert await book.load(NOW_S) == Notes()
    return book


async def test_its_own_notes_are_not_read_again(store_path: Path, worker: LibraryWorker) -> None:
    book = await loaded(store_path, worker)
    book.queued(TRACK)
    book.said(SAID)
    assert await book.load(NOW_S) is None
    book.close()


async def test_what_another_program_wrote_is_read_with_all_the_rest(
    store_path: Path, worker: LibraryWorker
) -> None:
    book = await loaded(store_path, worker)
    book.queued(TRACK)
    await worker.do(int)
    other = LabelStore.open(store_path)
    other.add_feedback(SAID)
    other.close()
    assert await book.load(NOW_S) == Notes((TRACK,), (SAID,))
    assert await book.load(NOW_S) is None
    book.close()


async def test_a_store_that_was_opened_anew_is_read_anew(
    store_path: Path, worker: LibraryWorker
) -> None:
    book = await loaded(store_path, worker)
    book.close()
    assert await book.load(NOW_S) == Notes()
    book.close()


async def test_what_is_too_old_goes_while_the_service_runs(
    store_path: Path, worker: LibraryWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook, "PRUNE_EVERY", 3)
    book = await loaded(store_path, worker)
    for at in (NOW_S - KEPT_S - 1, NOW_S - KEPT_S):
        book.queued(QueuedTrack("a", "A", at, "happy"))
    book.queued(TRACK)
    book.close()
    await worker.do(int)
    store = LabelStore.open(store_path)
    assert [one.queued_at for one in store.history(0)] == [NOW_S - KEPT_S, NOW_S]
    store.close()
