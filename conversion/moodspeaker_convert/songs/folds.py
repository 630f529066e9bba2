"""Splits before anything is learnt: a song is in one fold, with all its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodspeaker_convert.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SONGS_A_FOLD = 10


def folds_of(ids: Sequence[str], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each row, 0 to folds - 1, by a seeded shuffle of the songs. Raises DataError."""
    songs = sorted(set(ids))
    if len(songs) < folds * SONGS_A_FOLD:
        raise DataError(
            f"{len(songs)} songs are too few for {folds} folds of at least {SONGS_A_FOLD}",
            "give more data, or fewer --folds",
        )
    order = np.random.default_rng(seed).permutation(len(songs))
    fold = {songs[song]: place % folds for place, song in enumerate(order)}
    return np.asarray([fold[song] for song in ids])


def splits(fold: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Rows to learn from and rows to test on, once for each fold."""
    for number in range(int(fold.max()) + 1):
        held_out = fold == number
        yield ~held_out, held_out
