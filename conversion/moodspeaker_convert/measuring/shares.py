"""What a model makes of many faces, under one progress bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from moodspeaker_convert.measuring.evaluation import merged_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.measuring.scorers import Scorer

# Scorers keep their own bar for more than this at once.
CHUNK = 256


def shares(
    scorer: Scorer, images: NDArray[np.uint8], names: tuple[str, ...], bar: tqdm[None]
) -> NDArray[np.float64]:
    """float64[n, names], rows summing to 1; contempt counts as neutral where `names` lacks it.

    `bar` goes on by one a face. Raises ToolkitError for a label that `names` does not know.
    """
    merged = np.zeros((len(images), len(names)))
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        merged[part] = merged_scores(scorer, images[part], names)
        bar.update(len(merged[part]))
    return merged


def progress(faces: int, what: str) -> tqdm[None]:
    """A bar over that many faces, on terminals only."""
    return tqdm(total=faces, desc=what, unit="face", disable=None)


def sampled(rows: NDArray[np.int64], limit: int | None, seed: int) -> NDArray[np.int64]:
    """The first `limit` rows of a seeded shuffle; all of them, in order, without a limit."""
    if limit is None or limit >= len(rows):
        return rows
    return np.random.default_rng(seed).permutation(rows)[:limit]
