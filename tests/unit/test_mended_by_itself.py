"""What is deleted, replaced or late: taken again by itself, and told as well again."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fakes.camera import FakeCamera, Step, moving
from fakes.life import TIMEOUT_S, Tries, watch
from moodspeaker.app.vitals import Vitals, load_per_core
from moodspeaker.errors import ModelError
from moodspeaker.library.notebook import Notebook
from moodspeaker.library.records import Feedback, Liking, QueuedTrack
from moodspeaker.library.store import LabelStore
from moodspeaker.library.worker import LibraryWorker
from moodspeaker.runtime.only_one import OtherAtWork, only_one_if_possible
from moodspeaker.vision.governor import Governor, Pace
from moodspeaker.vision.thread import VisionHooks, VisionThread

if TYPE_CHECKING:
    from moodspeaker.ports import Frame
    from moodspeaker.types import Observation

NOW_S = 1.8e9
QUEUED = QueuedTrack("a.ogg", "one", NOW_S, "happy")
LIKED = Feedback("a.ogg", "happy", Liking.LIKE, 1.0, NOW_S)


@pytest.mark.parametrize("replaced", [False, True])
async def test_a_store_that_is_deleted_or_replaced_is_opened_anew(
    tmp_path: Path, replaced: bool
) -> None:
    path, worker = tmp_path / "labels.db", LibraryWorker()
    book = Notebook(path, worker)
    book.said(LIKED)
    book.queued(QUEUED)
    await worker.do(int)
    for file in tmp_path.glob("labels.db*"):
        file.unlink()
    if replaced:
        LabelStore.open(path).close()
    book.said(LIKED)
    # Its number was one of the store that is gone.
    book.ended(QUEUED, "played")
    book.close()
    await worker.close()
    store = LabelStore.open(path)
    assert (store.feedback(), store.history(0.0)) == ((LIKED,), ())
    store.close()


def test_a_lock_that_cannot_be_made_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with only_one_if_possible(tmp_path / "file" / "x.lock", "service"):
        assert "x.lock cannot be written" in caplog.text


def test_a_lock_that_another_holds_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    with (
        only_one_if_possible(lock, "service"),
        pytest.raises(OtherAtWork, match="another service is at work"),
        only_one_if_possible(lock, "service"),
    ):
        pass
    with only_one_if_possible(lock, "service"):
        pass


def test_numbers_that_the_kernel_does_not_tell_end_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_descriptor(*_: object, **__: object) -> str:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "getloadavg", no_descriptor)
    monkeypatch.setattr(Path, "read_text", no_descriptor)
    assert load_per_core() == 0
    told = Vitals().read()
    assert (told["rss_mb"], told["temperature_c"]) == (None, None)


def test_a_network_that_fails_while_looking_is_loaded_anew_and_told_well() -> None:
    told: list[str] = []
    looks = 0

    def health(part: str, text: str) -> None:
        if part == "model":
            told.append(text)

    def looked(frame: Frame, seen: Observation) -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            raise ModelError("the second network is missing", "none")
        if looks == 4:
            thread.stop()

    thread = VisionThread(
        watch,
        lambda: FakeCamera([Step(moving(0)), Step(moving(1))]),
        Governor(Pace(1e9, 1e9, TIMEOUT_S)),
        Tries(),
        VisionHooks(lambda seen: None, health, looked),
    )
    thread.run()
    assert told == ["ok", "the second network is missing (none)", "ok"]
