"""Rare emotions: heavier in the loss, or drawn more often. Only what trains is ever balanced."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BALANCES = ("none", "weights", "oversample")
# A class of fifty pictures must not come a hundred times an epoch.
MOST_REPEATS = 6


def loss_weights(truth: NDArray[np.int64], balance: str) -> NDArray[np.float32]:
    """f32[n] of mean 1: with `weights`, each class counts by the root of its rarity.

    The full inverse makes the rarest classes' label noise louder than everything else.
    """
    if balance != "weights":
        return np.ones(len(truth), dtype=np.float32)
    counts = np.bincount(truth)
    weights = 1 / np.sqrt(np.maximum(counts, 1))[truth]
    mean_one: NDArray[np.float32] = (weights / weights.mean()).astype(np.float32)
    return mean_one


def draws(truth: NDArray[np.int64], balance: str, seed: int) -> NDArray[np.int64]:
    """The rows of an epoch: each once, and with `oversample` those of rare classes more often.

    Every class comes as often as the largest, but no row more than MOST_REPEATS times.
    """
    rows = np.arange(len(truth))
    if balance != "oversample":
        return rows
    rng, counts = np.random.default_rng(seed), np.bincount(truth)
    parts = [rows]
    for label, count in enumerate(counts):
        wanted = min(counts.max(), MOST_REPEATS * count) - count
        if wanted:
            parts.append(rng.choice(rows[truth == label], wanted))
    return np.concatenate(parts)
