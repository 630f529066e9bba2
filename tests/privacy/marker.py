"""Pictures that are known by heart: a real face in the middle of noise that occurs nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from moodspeaker.demo.clip import PORTRAIT, read_asset
from moodspeaker.errors import AssetError
from moodspeaker.runtime.assets import ASTRONAUT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.ports import GreyImage

WIDTH, HEIGHT, FACE = 320, 240, 200
"""Pixels. So wide is what the detector sees: the picture is used as it is."""
PICTURES = 4
STEP_PX = 6
"""From picture to picture the face moves by so much, or the motion gate would sleep."""
THUMBNAIL = (80, 24)
UPPER = 0.37
"""Of a picture: what the preview leaves free of words and lines."""


def portrait() -> GreyImage:
    """A freely licensed face, square; skips where it was never fetched and cannot be."""
    try:
        image = read_asset(ASTRONAUT)[PORTRAIT]
    except AssetError as error:
        pytest.skip(f"no picture of a face: {error}")
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


def marked_frames(face: GreyImage) -> tuple[GreyImage, ...]:
    """`PICTURES` frames: `face`, a little further to the right each time, in noise of its own."""
    small = cv2.resize(face, (FACE, FACE), interpolation=cv2.INTER_AREA)
    return tuple(in_noise(small.astype(np.uint8), number) for number in range(PICTURES))


def in_noise(face: GreyImage, number: int) -> GreyImage:
    """Every run of 31 bytes of a row is found nowhere else."""
    frame = np.random.default_rng(number).integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8)
    top, left = (HEIGHT - FACE) // 2, 20 + STEP_PX * number
    frame[top : top + FACE, left : left + FACE] = face
    return frame


def write_pictures(folder: Path, frames: Sequence[GreyImage]) -> Path:
    """As files that decode to exactly these pixels, for a file camera."""
    folder.mkdir()
    for number, frame in enumerate(frames):
        cv2.imwrite(str(folder / f"{number}.png"), frame)
    return folder


def likeness(image: GreyImage, frames: Sequence[GreyImage]) -> float:
    """How much the upper part of a picture looks like that of the most similar frame, -1..1."""
    seen = thumbnail(image)
    return max(float(np.corrcoef(seen, thumbnail(frame))[0, 1]) for frame in frames)


def thumbnail(image: GreyImage) -> NDArray[np.float64]:
    """The upper part, small and flat, so that lossy pictures of all sizes compare."""
    upper = image[: max(1, round(image.shape[0] * UPPER))]
    small = cv2.resize(upper, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    # Of one that is even all over there would be no likeness.
    small[0] += 1e-6
    return small
