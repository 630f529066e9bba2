"""Prints how much memory it takes at its height to look at a label store, MiB.

    python -m fakes.store_memory STORE SMALL_STORE

The small one is looked at before: what SQLite itself takes is not counted.
"""

from __future__ import annotations

import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

from moodspeaker.library.stored_labels import stored_labels


def main(path: str, small: str) -> None:
    """Looks as a connection of the player does."""
    stored_labels(Path(small), ())
    before = most_mb()
    stored_labels(Path(path), ())
    print(most_mb() - before)


def most_mb() -> float:
    """The most memory that this process had in use so far, MiB."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
