"""Copies of pictures: exact, mirrored, or nearly so.

Two faces count as copies when their thumbnails, brightness and contrast taken out, correlate
above NEAR, seen straight or mirrored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Sixty of FER2013's pairs between 0.95 and 0.99 were looked at: each is one photo.
NEAR = 0.96
THUMBNAIL = 16
BLOCK = 2048


def fingerprints(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Unit vectors, one a picture, whose dot product is the correlation of the thumbnails."""
    size = (THUMBNAIL, THUMBNAIL)
    small = [cv2.resize(image, size, interpolation=cv2.INTER_AREA).ravel() for image in images]
    values = np.asarray(small, dtype=np.float32).reshape(len(images), THUMBNAIL * THUMBNAIL)
    values -= values.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    unit: NDArray[np.float32] = values / np.maximum(lengths, 1e-6)
    return unit


def copies_of(
    images: NDArray[np.uint8], others: NDArray[np.uint8], near: float = NEAR
) -> NDArray[np.bool_]:
    """For each of `images` whether it is a copy of any of `others`."""
    own, theirs = fingerprints(images), both_ways(others)
    hits = [
        (own[start : start + BLOCK] @ theirs.T > near).any(axis=1)
        for start in blocks(len(own), "copies of the test split")
    ]
    return np.concatenate(hits) if hits else np.zeros(0, dtype=np.bool_)


def copy_groups(images: NDArray[np.uint8], near: float = NEAR) -> NDArray[np.int64]:
    """A group number for each picture; copies, and copies of copies, share one.

    The number is the group's first index.
    """
    own, mirrored = fingerprints(images), both_ways(images)
    parents = np.arange(len(images))
    for start in blocks(len(own), "copies within training"):
        pairs = np.argwhere(own[start : start + BLOCK] @ mirrored.T > near)
        for one, other in pairs:
            join(parents, start + int(one), int(other) % len(images))
    return np.asarray([root(parents, index) for index in range(len(images))], dtype=np.int64)


def both_ways(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The pictures' fingerprints, then those of their mirror images."""
    return np.concatenate([fingerprints(images), fingerprints(images[:, :, ::-1])])


def blocks(count: int, what: str) -> tqdm[int]:
    """Starts of blocks of rows, under a progress bar on long work."""
    starts = range(0, count, BLOCK)
    return tqdm(starts, desc=what, unit="block", disable=None if len(starts) > 2 else True)


def root(parents: NDArray[np.int64], index: int) -> int:
    """The first index of the group of `index`; shortens the way there."""
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = int(parents[index])
    return index


def join(parents: NDArray[np.int64], one: int, other: int) -> None:
    """Makes one group of two."""
    first, second = sorted((root(parents, one), root(parents, other)))
    parents[second] = first
