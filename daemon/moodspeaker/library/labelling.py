"""Sound analysis of the library into the label store, batch by batch."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moodspeaker.library.analysers import outcomes
from moodspeaker.library.analysis_plan import looked_at
from moodspeaker.library.records import Analysis, Estimate, Origin
from moodspeaker.library.tags import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from moodspeaker.library.analysers import Analyser, Outcome
    from moodspeaker.library.analysis_plan import Due
    from moodspeaker.library.heat import Heat
    from moodspeaker.library.store import LabelStore

BATCH, BATCH_S = 10, 5.0
"""So many files, or so long, a run that is killed loses at most."""
LONGEST = 300
DETAIL = "the sound of its middle minute"


@dataclass(slots=True)
class LabelReport:
    """What a run did. `problems` are (uri, why) of the files that gave nothing.

    `changed` counts those that were replaced or removed meanwhile: the next run sees to them.
    """

    analysed: int = 0
    changed: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """All of them."""
        return self.analysed + self.changed + len(self.problems)


class Labeller:
    """One run over the files of `music_dir`; `model` is the version that the analysers use."""

    def __init__(
        self,
        store: LabelStore,
        music_dir: Path,
        model: str,
        heat: Heat,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.report = LabelReport()
        self._store = store
        self._music_dir = music_dir
        self._model = model
        self._heat = heat
        self._clock = clock
        self._stored_s = clock()
        self._waiting: list[Outcome] = []

    def run(
        self,
        dues: Sequence[Due],
        analysers: Sequence[Analyser],
        progress: Callable[[int, int], None],
    ) -> LabelReport:
        """`progress` is told (done, of how many) after each file.

        Raises LibraryError when the store cannot be written or the analysis cannot begin. However
        it ends, what was done is stored.
        """
        try:
            for outcome in outcomes(analysers, self._cooled(dues)):
                self._note(outcome)
                progress(self.report.done, len(dues))
        finally:
            self._store_batch()
        return self.report

    def _cooled(self, dues: Iterable[Due]) -> Iterator[Due]:
        """Each once the processor is cool enough for it."""
        for due in dues:
            if self._heat.too_hot:
                self._store_batch()
                self._heat.wait()
            yield due

    def _note(self, outcome: Outcome) -> None:
        due, answer = outcome.due, outcome.answer
        if looked_at(due.uri, self._music_dir) != due:
            self.report.changed += 1
            return
        if answer.place:
            self.report.analysed += 1
        else:
            self.report.problems.append((due.uri, answer.problem))
        if answer.place or answer.lasting:
            self._waiting.append(outcome)
        if len(self._waiting) >= BATCH or self._clock() - self._stored_s >= BATCH_S:
            self._store_batch()

    def _store_batch(self) -> None:
        # Taken first: what cannot be stored must not be tried a second time on the way out.
        batch, self._waiting, self._stored_s = self._waiting, [], self._clock()
        if not batch:
            return
        with self._store.transaction():
            # Of a file that has become unreadable, what its old sound said goes.
            self._store.remove_estimates((one.due.uri for one in batch), (Origin.AUDIO,))
            self._store.put_estimates(
                Estimate(one.due.uri, Origin.AUDIO.value, *one.answer.place, DETAIL, self._model)
                for one in batch
                if one.answer.place
            )
            self._store.put_analyses(analysis(one, self._model) for one in batch)


def analysis(outcome: Outcome, model: str) -> Analysis:
    """For the store: that this file needs no other look."""
    due, problem = outcome.due, clean(outcome.answer.problem)[:LONGEST]
    return Analysis(due.uri, due.mtime_ns, due.size, model, problem)
