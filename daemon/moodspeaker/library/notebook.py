"""What was queued and what listeners said, written to the label store as it happens."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.errors import LibraryError
from moodspeaker.library.store import LabelStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from moodspeaker.library.records import Feedback, QueuedTrack
    from moodspeaker.library.worker import LibraryWorker

log = logging.getLogger(__name__)

Version = tuple[int, int]
"""How often the store was opened, and SQLite's number of what others have written since."""

KEPT_S = 90 * 86_400.0
"""So long the store remembers what was queued."""
PRUNE_EVERY = 500
MOST_OPEN = 500
"""Of so many notes it is known where they stand, to amend them."""


@dataclass(frozen=True, slots=True)
class Notes:
    """What is remembered, the oldest first."""

    history: tuple[QueuedTrack, ...] = ()
    feedback: tuple[Feedback, ...] = ()


class Notebook:
    """Its methods belong to the event loop and return at once; the library's thread writes.

    A store that cannot be written is told once, until it can be again: what is said then lasts
    only as long as the service.
    """

    def __init__(self, path: Path, worker: LibraryWorker) -> None:
        self._path = path
        self._worker = worker
        self._store: LabelStore | None = None
        self._numbers: dict[object, int] = {}
        self._openings = 0
        self._others: int | None = None
        self._told = ""

    @property
    def keeping(self) -> bool:
        """Whether what was noted last could be written."""
        return not self._told

    async def load(self, now_s: float) -> Notes | None:
        """What was noted in the last three months; `now_s` is Unix time.

        None where nobody else has written since the last time: there is nothing to learn.
        """
        try:
            return await self._worker.do(self._load, now_s - KEPT_S)
        except LibraryError as error:
            self._tell(error)
            return Notes()

    async def others(self) -> Version | None:
        """Another value after each write of other programs; None while there is no good store."""
        try:
            return await self._worker.do(self._read_version)
        except LibraryError:
            return None

    def queued(self, track: QueuedTrack) -> None:
        """A track was put into the player's queue."""
        self._write(self._note, track, lambda store: add_queued(store, track))

    def ended(self, track: QueuedTrack, outcome: str) -> None:
        """What became of one that was noted: `played` or `skipped`."""
        self._write(self._amend, track, lambda store, n: store.set_outcome(n, outcome))

    def said(self, feedback: Feedback) -> None:
        """A listener said something of a track, or skipped it."""
        self._write(self._note, feedback, lambda store: store.add_feedback(feedback))

    def unsaid(self, feedback: Feedback) -> None:
        """It was a mistake."""
        self._write(self._amend, feedback, lambda store, n: store.undo_feedback(n))

    def close(self) -> None:
        """To be called last; what was noted before is written first."""
        self._worker.send(self._close)

    def _write(self, call: Callable[..., None], *arguments: object) -> None:
        try:
            done = self._worker.send(call, *arguments)
        except RuntimeError:
            # The thread has been closed: the service is ending.
            return
        done.add_done_callback(self._written)

    def _written(self, done: Future[None]) -> None:
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            self._told = ""
        elif isinstance(error, LibraryError):
            self._tell(error)
        else:
            log.error("noting what was played failed", exc_info=error)

    def _tell(self, error: LibraryError) -> None:
        if str(error) != self._told:
            self._told = str(error)
            log.warning("what is played and said is not kept: %s", error)

    # From here on: in the library's thread.

    def _load(self, since_s: float) -> Notes | None:
        if not self._path.exists():
            return Notes()
        store = self._opened()
        others = store.others()
        if others == self._others:
            return None
        with suppress(LibraryError):
            # One that cannot be written is still good to read.
            store.forget_history(since_s)
        notes = Notes(store.history(since_s), store.feedback())
        self._others = others
        return notes

    def _read_version(self) -> Version | None:
        if not self._path.exists():
            return None
        others = self._opened().others()
        return self._openings, others

    def _note(self, key: object, add: Callable[[LabelStore], int]) -> None:
        with self._open() as store:
            self._numbers[key] = add(store)
        while len(self._numbers) > MOST_OPEN:
            del self._numbers[next(iter(self._numbers))]

    def _amend(self, key: object, change: Callable[[LabelStore, int], object]) -> None:
        number = self._numbers.pop(key, None)
        if number is not None:
            with self._open() as store:
                change(store, number)

    @contextmanager
    def _open(self) -> Iterator[LabelStore]:
        """The store; after a failure it is opened anew, for it may be another file by then."""
        try:
            yield self._opened()
        except LibraryError:
            self._close()
            raise

    def _opened(self) -> LabelStore:
        if self._store is not None and not self._store.in_place:
            # Deleted, or another one by now: what is written would be nowhere, or somebody else's.
            self._close()
            self._numbers.clear()
        if self._store is None:
            self._store = LabelStore.open(self._path)
            self._store.spare_memory()
            self._openings += 1
        return self._store

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = self._others = None


def add_queued(store: LabelStore, track: QueuedTrack) -> int:
    """Its number. Now and then what is too old goes: a service may run for a year."""
    number = store.add_queued(track)
    if number % PRUNE_EVERY == 0:
        store.forget_history(track.queued_at - KEPT_S)
    return number
