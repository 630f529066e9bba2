"""What the label store waits for the disk with, and what it need not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes.label_store import said
from moodspeaker.library.opening import HASTY, LASTING
from moodspeaker.library.records import Feedback, Liking, Origin, QueuedTrack
from moodspeaker.library.store import LabelStore

if TYPE_CHECKING:
    from collections.abc import Callable

QUEUED = QueuedTrack("a", "A", 1.0, "happy")
LIKED = Feedback("a", "happy", Liking.LIKE, 1.0, 1.0)
SKIPPED = Feedback("a", "happy", Liking.SKIP, 1.0, 1.0)
FULL = 2


def pragmas(store: LabelStore, act: Callable[[], object]) -> list[str]:
    """The settings that were changed meanwhile."""
    heard: list[str] = []
    store._connection.set_trace_callback(heard.append)
    act()
    store._connection.set_trace_callback(None)
    return [statement for statement in heard if statement.startswith("PRAGMA")]


def level(store: LabelStore) -> int:
    """How it writes now."""
    return int(store._rows("PRAGMA synchronous")[0][0])


def test_what_a_person_says_is_waited_for(store: LabelStore) -> None:
    assert level(store) == FULL
    number = store.add_feedback(LIKED)
    acts: tuple[Callable[[], object], ...] = (
        lambda: store.add_feedback(LIKED),
        lambda: store.undo_feedback(number),
        lambda: store.put_estimates([said("a", Origin.USER)]),
        lambda: store.remove_estimates(["a"], [Origin.USER]),
    )
    assert [pragmas(store, act) for act in acts] == [[]] * len(acts)


@pytest.mark.parametrize("what", ["queued", "ended", "skipped"])
def test_what_was_played_is_not_waited_for(store: LabelStore, what: str) -> None:
    number = store.add_queued(QUEUED)
    act: Callable[[], object] = {
        "queued": lambda: store.add_queued(QUEUED),
        "ended": lambda: store.set_outcome(number, "played"),
        "skipped": lambda: store.add_feedback(SKIPPED),
    }[what]
    assert pragmas(store, act) == [HASTY, LASTING]
    assert level(store) == FULL


def test_within_a_transaction_its_end_waits_for_all(store: LabelStore) -> None:
    with store.transaction():
        store.add_queued(QUEUED)
        store.add_feedback(LIKED)
    assert level(store) == FULL
    assert len(store.history(0)) == len(store.feedback()) == 1
