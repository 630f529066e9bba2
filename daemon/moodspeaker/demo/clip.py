"""A clip for machines without a camera: one real face that comes, smiles and goes again.

The face is NASA's portrait of Eileen Collins, moving and growing over a photo of a table.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker.demo.music import cache_folder
from moodspeaker.errors import AssetError, MoodspeakerError
from moodspeaker.runtime.assets import ASTRONAUT, ROOM, asset_path, fetch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.runtime.assets import Asset

    Picture = NDArray[np.uint8]

VERSION = 2
SIZE = (640, 480)
FPS = 10
ABSENT_S, PRESENT_S, GONE_S = 12.0, 24.0, 16.0
PORTRAIT = (slice(0, 300), slice(80, 380))
"""Head and shoulders within the 512x512 portrait."""
SMALLEST, LARGEST = 0.9, 1.4


def demo_clip(say: Callable[[str], None]) -> Path:
    """The clip's file; made now, and told, if it is not there. Raises MoodspeakerError."""
    path = cache_folder() / f"demo-clip-{VERSION}.mp4"
    if not path.is_file():
        say("making a clip out of a photo, this once")
        make_clip(path, ABSENT_S, PRESENT_S, GONE_S)
    return path


def make_clip(path: Path, absent_s: float, present_s: float, gone_s: float, fps: int = FPS) -> None:
    """Writes the clip: nobody, then the face, then nobody. Raises MoodspeakerError."""
    portrait, room = read_asset(ASTRONAUT)[PORTRAIT], covering(read_asset(ROOM))
    draft = path.with_suffix(".new.mp4")
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(draft), cv2.VideoWriter.fourcc(*"mp4v"), fps, SIZE)
    if not writer.isOpened():
        raise MoodspeakerError(f"{draft} cannot be written", "free some space?")
    mask = soft_oval(portrait.shape[0])
    for number in range(round((absent_s + present_s + gone_s) * fps)):
        since_s = number / fps - absent_s
        here = 0 <= since_s < present_s
        writer.write(with_face(room, portrait, mask, since_s) if here else room)
    writer.release()
    draft.replace(path)


def read_asset(asset: Asset) -> Picture:
    """A fetched picture, fetched now if need be."""
    fetch(asset)
    image = cv2.imread(str(asset_path(asset)), cv2.IMREAD_COLOR)
    if image is None:
        raise AssetError(f"{asset_path(asset)} does not decode", "delete it and try again")
    return image.astype(np.uint8, copy=False)


def covering(image: Picture) -> Picture:
    """The picture scaled and cut to `SIZE`."""
    scale = max(SIZE[0] / image.shape[1], SIZE[1] / image.shape[0])
    large = cv2.resize(image, None, fx=scale, fy=scale)
    return large[: SIZE[1], : SIZE[0]].astype(np.uint8, copy=False)


def soft_oval(side: int) -> NDArray[np.float32]:
    """1 in the middle, 0 at the border, shape (side, side, 1)."""
    oval = np.zeros((side, side), dtype=np.float32)
    half = side // 2
    cv2.ellipse(oval, (half, half), (round(half * 0.8), round(half * 0.9)), 0, 0, 360, (1,), -1)
    soft = cv2.GaussianBlur(oval, (0, 0), side * 0.04).astype(np.float32, copy=False)
    return soft[..., None]


def with_face(
    room: Picture, portrait: Picture, mask: NDArray[np.float32], since_s: float
) -> Picture:
    """The room with the portrait in it, where it is `since_s` after it came."""
    scale = SMALLEST + (LARGEST - SMALLEST) * (1 - math.cos(since_s / 4)) / 2
    face = cv2.resize(portrait, None, fx=scale, fy=scale).astype(np.float32)
    soft = cv2.resize(mask, (face.shape[1], face.shape[0]))[..., None]
    free_x, free_y = SIZE[0] - face.shape[1], SIZE[1] - face.shape[0]
    x = round(free_x * (1 + math.sin(since_s / 3)) / 2)
    y = round(free_y * (1 + math.cos(since_s / 5)) / 2)
    image = room.copy()
    place = image[y : y + face.shape[0], x : x + face.shape[1]]
    place[:] = (soft * face + (1 - soft) * place).astype(np.uint8)
    return image
