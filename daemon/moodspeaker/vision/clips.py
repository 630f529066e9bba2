"""What a file camera plays: a video, a picture, or a folder of pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from moodspeaker.errors import SourceUnreadable
from moodspeaker.vision.frames import grey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from moodspeaker.ports import GreyImage

PICTURE_S = 1.0
"""A picture is shown for so long."""
PICTURE_ENDINGS = frozenset(
    {".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)
USUAL_FPS = 25.0


class Clip(Protocol):
    """Pictures with the time at which each one begins."""

    @property
    def frame_s(self) -> float:
        """How long each picture lasts."""

    def frames(self) -> Iterator[tuple[float, GreyImage]]:
        """(seconds from the start, picture), from the start. Raises SourceUnreadable."""


class VideoClip:
    """A video that OpenCV's ffmpeg decodes."""

    def __init__(self, path: Path) -> None:
        """Raises SourceUnreadable."""
        self._path = path
        capture = cv2.VideoCapture(str(path))
        fps = capture.get(cv2.CAP_PROP_FPS)
        readable = capture.isOpened() and capture.grab()
        capture.release()
        if not readable:
            raise unreadable(path)
        self.frame_s = 1 / fps if math.isfinite(fps) and fps > 0 else 1 / USUAL_FPS

    def frames(self) -> Iterator[tuple[float, GreyImage]]:
        """Every frame of the video; a damaged tail ends it. Raises SourceUnreadable for none."""
        capture = cv2.VideoCapture(str(self._path))
        try:
            number = 0
            while (read := capture.read())[0]:
                yield number * self.frame_s, grey(read[1].astype(np.uint8, copy=False))
                number += 1
        finally:
            capture.release()
        if not number:
            raise unreadable(self._path)


class PictureClip:
    """Pictures, one after the other."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self._paths = paths
        self.frame_s = PICTURE_S

    def frames(self) -> Iterator[tuple[float, GreyImage]]:
        """Every picture. Raises SourceUnreadable at the first that does not decode."""
        for number, path in enumerate(self._paths):
            yield number * PICTURE_S, read_picture(path)


def open_clip(path: Path) -> Clip:
    """The clip in a file or folder. Raises SourceUnreadable."""
    if not path.exists():
        raise SourceUnreadable(f"{path}: no such file or folder", "check the path")
    if path.is_dir():
        pictures = tuple(sorted(p for p in path.iterdir() if is_picture(p)))
        if not pictures:
            raise SourceUnreadable(f"{path}: no pictures in this folder", "jpg, png and the like")
        return PictureClip(pictures)
    if is_picture(path):
        read_picture(path)
        return PictureClip((path,))
    return VideoClip(path)


def is_picture(path: Path) -> bool:
    """By its ending."""
    return path.suffix.lower() in PICTURE_ENDINGS


def read_picture(path: Path) -> GreyImage:
    """A picture file as luma, turned upright by its EXIF. Raises SourceUnreadable."""
    try:
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise SourceUnreadable(f"{path}: {error.strerror}", "check its permissions") from error
    image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
    if image is None:
        raise unreadable(path)
    return image.astype(np.uint8, copy=False)


def unreadable(path: Path) -> SourceUnreadable:
    """The one message for a file that does not decode."""
    if path.is_file() and path.stat().st_size == 0:
        return SourceUnreadable(f"{path}: the file is empty (0 bytes)", "copy it again")
    return SourceUnreadable(
        f"{path}: not a picture or video that can be decoded", "does it play in a video player?"
    )
