"""A small data file that is made up: no face in it, and easy to learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from moodspeaker_convert.faces.data import FaceData, load_data

ROOT = Path(__file__).resolve().parents[2]
SIDE = 48
CLASSES = 7
EACH = 60
EACH_TEST = 10
# The FER+ columns of angry, disgust, fear, happy, sad, surprise, neutral.
VOTE_COLUMN = (4, 5, 6, 1, 3, 2, 0)


def faces(labels: np.ndarray, seed: int) -> np.ndarray:
    """Noise with a bright bar whose height tells the label: easy, and the same when mirrored."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 120, (len(labels), SIDE, SIDE)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[6 * label + 2 : 6 * label + 6] = rng.integers(200, 256)
    # Blocks that differ from face to face, or thumbnails of one label would pass for copies.
    blocks = rng.integers(0, 2, (len(labels), 8, 8)).astype(np.uint8) * 60
    return np.minimum(images.astype(int) + blocks.repeat(6, 1).repeat(6, 2), 255).astype(np.uint8)


def fields() -> dict[str, np.ndarray]:
    """A whole data file's arrays: EACH Training rows and EACH_TEST PublicTest rows a label."""
    train = np.repeat(np.arange(CLASSES), EACH)
    test = np.repeat(np.arange(CLASSES), EACH_TEST)
    label = np.concatenate([train, test])
    votes = np.zeros((len(label), 10), dtype=np.uint8)
    votes[np.arange(len(label)), np.asarray(VOTE_COLUMN)[label]] = 10
    return {
        "images": faces(label, seed=3),
        "label": label.astype(np.int8),
        "usage": np.repeat([0, 1], [len(train), len(test)]).astype(np.uint8),
        "ferplus_votes": votes,
    }


def write_data(path: Path, arrays: dict[str, np.ndarray]) -> FaceData:
    """Saves a data file, and reads it as the toolkit does."""
    np.savez(path, **arrays)
    return load_data(path)
