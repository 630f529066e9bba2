"""What a person said, brought over from a damaged label store as far as it can still be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from moodspeaker.library.records import Origin
from moodspeaker.library.statements import PUT_ESTIMATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moodspeaker.library.statements import Row

OWN_LABELS = (
    "SELECT uri, source, valence, arousal, valence_sd, arousal_sd, detail, model"
    " FROM estimates WHERE source = ?"
)


def rescue(damaged: Path, into: sqlite3.Connection) -> int:
    """How many labels were brought over. Raises sqlite3.Error when they cannot be written."""
    count = 0
    for row in tuple(readable_labels(damaged)):
        try:
            into.execute(PUT_ESTIMATE, row)
        except sqlite3.IntegrityError:
            # Damage may read as a label that makes no sense.
            continue
        count += 1
    return count


def readable_labels(damaged: Path) -> Iterator[Row]:
    """Up to the first that cannot be read."""
    try:
        with closing(sqlite3.connect(damaged.absolute().as_uri() + "?mode=ro", uri=True)) as old:
            yield from old.execute(OWN_LABELS, (Origin.USER.value,))
    except sqlite3.Error:
        return
