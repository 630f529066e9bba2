"""Labels that a command writes beside the service are taken in by themselves."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from moodspeaker.app import store_watch
from moodspeaker.app.store_watch import GAP_S, StoreWatch
from moodspeaker.library.notebook import Notebook
from moodspeaker.library.records import Estimate
from moodspeaker.library.store import LabelStore
from moodspeaker.library.worker import LibraryWorker

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from moodspeaker.library.notebook import Version


class Scene:
    """A store that others write, and a clock."""

    def __init__(self) -> None:
        self.version: Version | None = (1, 1)
        self.now_s = 1000.0
        self.relists = 0
        self.watch = StoreWatch(self.others, self.relist, lambda: self.now_s)
        self.watch._taken = self.watch._seen = self.version

    async def others(self) -> Version | None:
        return self.version

    def relist(self) -> None:
        self.relists += 1

    async def looks(self, *versions: int | None) -> int:
        """How often it was laid out anew so far."""
        for version in versions:
            self.version = (1, version) if version else None
            await self.watch.look()
        return self.relists


async def test_what_others_wrote_is_taken_in_once_they_pause() -> None:
    scene = Scene()
    assert await scene.looks(2, 3) == 0
    assert await scene.looks(3) == 1
    assert await scene.looks(3, 3) == 1


async def test_a_store_that_appears_is_taken_in() -> None:
    scene = Scene()
    scene.watch._taken = scene.watch._seen = None
    assert await scene.looks(None, 1, 1) == 1


async def test_an_analysis_that_goes_on_for_hours_is_taken_in_now_and_then() -> None:
    scene = Scene()
    assert await scene.looks(2, 2, 3, 3) == 1
    scene.now_s += GAP_S - 1
    assert await scene.looks(3) == 1
    scene.now_s += 1
    assert await scene.looks(3) == 2


async def test_the_store_tells_what_others_wrote_and_not_what_we_did(tmp_path: Path) -> None:
    worker = LibraryWorker()
    notebook = Notebook(tmp_path / "labels.db", worker)
    try:
        assert await notebook.others() is None
        LabelStore.open(tmp_path / "labels.db").close()
        first = await notebook.others()
        assert first is not None
        assert await notebook.others() == first
        store = LabelStore.open(tmp_path / "labels.db")
        store.put_estimates([Estimate("a.mp3", "user", 0.5, 0.5, 0.1, 0.1, "happy")])
        store.close()
        assert await notebook.others() not in (None, first)
    finally:
        notebook.close()
        await worker.close()


async def test_a_service_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_watch, "LOOK_S", 0.0)
    versions = iter([1, 1, 2, 2])
    done = asyncio.Event()

    async def others() -> Version | None:
        return 1, next(versions, 2)

    task = asyncio.create_task(StoreWatch(others, done.set).run())
    async with asyncio.timeout(30):
        await done.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
