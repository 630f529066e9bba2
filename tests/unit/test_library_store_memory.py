"""A label store that has grown for months takes no more memory to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakes.programs import output_of_program
from moodspeaker.library.records import QueuedTrack
from moodspeaker.library.store import LabelStore

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 60
ROWS = 40_000
DB_MB, MOST_MB = 3.0, 1.0


def kept(path: Path, rows: int) -> Path:
    """A store with so many tracks in its history."""
    store = LabelStore.open(path)
    with store.transaction():
        for n in range(rows):
            store.add_queued(QueuedTrack(f"happy/{n:060}.ogg", "artist", n, "happy", "played"))
    store.close()
    return path


def test_a_look_at_a_store_of_many_pages_holds_few_of_them_at_once(tmp_path: Path) -> None:
    small, large = kept(tmp_path / "small.db", 1), kept(tmp_path / "large.db", ROWS)
    assert large.stat().st_size > DB_MB * 1e6
    assert float(output_of_program("store_memory", large, small, limit_s=LIMIT_S)) < MOST_MB


def test_whoever_writes_much_has_the_usual_cache(tmp_path: Path) -> None:
    store = LabelStore.open(tmp_path / "labels.db")
    usual = store._rows("PRAGMA cache_size")
    store.spare_memory()
    assert usual != store._rows("PRAGMA cache_size")
    store.close()
