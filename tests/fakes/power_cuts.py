"""Programs that write what the speaker keeps, killed at any instant, and what is there afterwards.

    python -m fakes.power_cuts FOLDER ROUNDS SEED

Each round forks the writers, kills all of them with SIGKILL after a random time, and compares what
the product then reads with what the writers had acknowledged. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from fakes.kept_files import FILES
from moodspeaker.cli.library_labels import set_label
from moodspeaker.library.notebook import Notebook
from moodspeaker.library.records import Estimate, Feedback, Liking, Origin, QueuedTrack, StoredTrack
from moodspeaker.library.store import FILE_NAME, LabelStore
from moodspeaker.library.stored_labels import stored_labels
from moodspeaker.library.worker import LibraryWorker

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakes.kept_files import Kept, StateFile

LONGEST_S, LATEST_S = 0.08, 20.0
BATCH = tuple(f"batch/{n}.ogg" for n in range(10))
OWN = tuple(f"own/{n}.ogg" for n in range(3))
STEPS = 10_000
"""More than any writer does in a round: numbers never come twice."""


class Acks:
    """What was acknowledged: a line each, which a kill cannot take back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def add(self, kind: str, number: int) -> None:
        """It is done, and must be there for ever."""
        os.write(self._file, f"{kind} {number}\n".encode())

    def read(self) -> dict[str, list[int]]:
        """{kind: numbers, in order}."""
        found: dict[str, list[int]] = {}
        for line in self.path.read_text().splitlines():
            kind, number = line.split()
            found.setdefault(kind, []).append(int(number))
        return found


# The writers. Each runs until it is killed.


def service(state: Path, acks: Acks, first: int) -> None:
    """As the service writes: the notebook in the library's thread, files in others."""

    async def write() -> None:
        worker = LibraryWorker()
        notebook = Notebook(state / FILE_NAME, worker)
        for number in range(first, first + STEPS):
            queued = QueuedTrack(f"queued/{number}", "Artist", float(number), "happy")
            said = Feedback(f"said/{number}", "sad", Liking.LIKE, 1.0, float(number))
            notebook.queued(queued)
            await worker.do(acks.add, "queued", number)
            notebook.ended(queued, "played")
            await worker.do(acks.add, "ended", number)
            notebook.said(said)
            await worker.do(acks.add, "said", number)
            notebook.unsaid(said)
            await worker.do(acks.add, "unsaid", number)
            if number % 4 == 0:
                await worker.do(stored_labels, state / FILE_NAME, ())

    asyncio.run(write())


def files(state: Path, acks: Acks, first: int) -> None:
    """One state file after the other."""
    for number in range(first, first + STEPS):
        for file in FILES:
            file.save(state, number)
            acks.add(file.name, number)


def person(state: Path, acks: Acks, first: int) -> None:
    """`moodspeaker library set`, over and over."""
    os.environ["MOODSPEAKER_STATE_DIR"] = str(state)
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - until it is killed
    for number in range(first, first + STEPS):
        uri = OWN[number % len(OWN)]
        set_label(uri, f"{number / 1e7},0")
        acks.add(uri, number)


def labelling(state: Path, acks: Acks, first: int) -> None:
    """A batch in a transaction, as an analysis stores it; and a scan that finds all again."""
    store = LabelStore.open(state / FILE_NAME)
    for number in range(first, first + STEPS):
        with store.transaction():
            store.remove_estimates(BATCH, (Origin.AUDIO,))
            store.put_estimates(heard(uri, number) for uri in BATCH)
        acks.add("batch", number)
        scan = store.next_scan()
        store.put_tracks((StoredTrack(uri) for uri in (*BATCH, *OWN)), scan)
        store.end_scan(scan, 0.0, 1.0)


def heard(uri: str, number: int) -> Estimate:
    """What that batch says."""
    return Estimate(uri, Origin.AUDIO.value, 0.1, 0.2, 0.3, 0.3, "sound", str(number))


WRITERS: tuple[Callable[[Path, Acks, int], None], ...] = (service, files, person, labelling)


# The one who kills them and looks.


class Cuts:
    """The rounds. `problems` are words about everything that was lost or broken."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._state = folder / "state"
        self._acks = Acks(folder / "acks")
        self._rng = random.Random(seed)
        self._last: dict[str, Kept | None] = {}
        self.problems: list[str] = []
        self.warnings = Warnings()
        logging.getLogger().addHandler(self.warnings)

    def begin(self) -> None:
        """A store that knows the tracks a person speaks of."""
        store = LabelStore.open(self._state / FILE_NAME)
        store.put_tracks((StoredTrack(uri) for uri in (*BATCH, *OWN)), 1)
        store.close()
        self._last = {file.name: file.load(self._state) for file in FILES}

    def round(self, number: int) -> None:
        """One cut."""
        done = self._acks.path.stat().st_size
        pids = [self._forked(writer, (number + 1) * STEPS) for writer in WRITERS]
        # A machine that is busy lets them begin late: the time counts from the first one done.
        latest_s = time.monotonic() + LATEST_S
        while self._acks.path.stat().st_size == done and time.monotonic() < latest_s:
            time.sleep(0.001)
        time.sleep(self._rng.uniform(0, LONGEST_S))
        self._rng.shuffle(pids)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            _, status = os.waitpid(pid, 0)
            if not os.WIFSIGNALED(status):
                self.problems.append(f"round {number}: a writer ended by itself")
        before = len(self.problems)
        self._look(self._acks.read(), (number + 1) * STEPS)
        self.problems[before:] = [f"round {number}: {one}" for one in self.problems[before:]]

    def counts(self) -> Counter[str]:
        """How many of each kind were acknowledged."""
        return Counter({kind: len(numbers) for kind, numbers in self._acks.read().items()})

    def _forked(self, writer: Callable[[Path, Acks, int], None], first: int) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                writer(self._state, self._acks, first)
            finally:
                os._exit(1)
        return pid

    def _look(self, acked: dict[str, list[int]], first: int) -> None:
        store = LabelStore.open(self._state / FILE_NAME)
        self._look_into(store, acked)
        store.close()
        for file in FILES:
            now = file.load(self._state)
            allowed = self._allowed(
                file, [n for n in acked.get(file.name, ()) if n >= first], first
            )
            self._expect(f"{file.name}: {now} is none of {allowed}", now in allowed)
            self._last[file.name] = now
        self.problems += self.warnings.taken()
        self.problems += [f"{path.name} appeared" for path in self._state.glob("*damaged*")]

    def _allowed(self, file: StateFile, acked: list[int], first: int) -> list[Kept | None]:
        """The one acknowledged last and the next; before there is one, what was there."""
        if not acked:
            return [self._last[file.name], file.content(first)]
        return [file.content(acked[-1]), file.content(acked[-1] + 1)]

    def _look_into(self, store: LabelStore, acked: dict[str, list[int]]) -> None:
        self._expect("integrity", store._rows("PRAGMA integrity_check") == [("ok",)])
        history = {one.uri: one.outcome for one in store.history(0.0)}
        said = {one.uri: one.undone for one in store.feedback()}
        for number in acked.get("queued", []):
            self._expect(f"queued {number}", f"queued/{number}" in history)
        for number in acked.get("ended", []):
            self._expect(f"ended {number}", history.get(f"queued/{number}") == "played")
        for number in acked.get("said", []):
            self._expect(f"said {number}", f"said/{number}" in said)
        for number in acked.get("unsaid", []):
            self._expect(f"unsaid {number}", said.get(f"said/{number}") is True)
        for uri in OWN:
            own = [round(e.valence * 1e7) for e in store.estimates(uri) if e.source == Origin.USER]
            self._expect(f"{uri}: {own}", max(own, default=0) >= max(acked.get(uri, [0])))
        batch = [e.model for uri in BATCH for e in store.estimates(uri)]
        self._expect(f"half a batch: {batch}", len(set(batch)) < 2 and len(batch) % 10 == 0)
        self._expect("a batch", int((batch or ["0"])[0]) >= max(acked.get("batch", [0])))

    def _expect(self, what: str, true: bool) -> None:
        if not true:
            self.problems.append(f"lost or wrong: {what}")


class Warnings(logging.Handler):
    """What the product complains of while it reads."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps it."""
        self._told.append(record.getMessage())

    def taken(self) -> list[str]:
        """Those since this was last asked."""
        told, self._told = self._told, []
        return told


def main(folder: str, rounds: str, seed: str) -> None:
    """Every round, and what came of them."""
    cuts = Cuts(Path(folder), int(seed))
    cuts.begin()
    for number in range(int(rounds)):
        cuts.round(number)
    print(json.dumps({"acknowledged": cuts.counts(), "problems": cuts.problems[:20]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
