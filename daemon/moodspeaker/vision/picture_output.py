"""Writes pictures into a file or folder that is there whole or not at all."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from moodspeaker.errors import MoodspeakerError
from moodspeaker.vision.clips import is_picture, open_clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    """u8[h, w, 3], BGR."""

WRITABLE = (".png", ".jpg", ".jpeg")
VIDEO = ".mp4"
CODEC = cv2.VideoWriter.fourcc(*"mp4v")


class Output(Protocol):
    """Takes pictures in the order of the source's frames."""

    def add(self, picture: Picture) -> None:
        """Raises OSError or MoodspeakerError."""

    def finish(self) -> None:
        """Raises OSError or MoodspeakerError."""


class WholeOutput:
    """An `Output` beside its final place, with errors that name that place."""

    def __init__(self, draft: Output, path: Path) -> None:
        self._draft = draft
        self._path = path

    def add(self, picture: Picture) -> None:
        """Raises MoodspeakerError."""
        with named_errors(self._path):
            self._draft.add(picture)


class PictureFiles:
    """One file a picture."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = iter(paths)

    def add(self, picture: Picture) -> None:
        """Encoded as the next file's ending says."""
        path = next(self._paths)
        path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())

    def finish(self) -> None:
        """Each file is written already."""


class VideoFile:
    """MPEG-4 of the first picture's size; others are fitted into it, on black."""

    def __init__(self, path: Path, fps: float) -> None:
        self._path = path
        self._fps = fps
        self._writer: cv2.VideoWriter | None = None
        self._written = 0

    def add(self, picture: Picture) -> None:
        """Raises MoodspeakerError where OpenCV cannot write videos."""
        if self._writer is None:
            # The codec takes even sizes only.
            self._size = even(picture.shape[1]), even(picture.shape[0])
            self._writer = cv2.VideoWriter(str(self._path), CODEC, self._fps, self._size)
        if not self._writer.isOpened():
            raise MoodspeakerError(
                f"{self._path.name}: this OpenCV cannot write MPEG-4 video",
                "install opencv-python-headless",
            )
        self._writer.write(fitted(picture, *self._size))
        self._written += 1

    def finish(self) -> None:
        """Raises MoodspeakerError where not all of it arrived: OpenCV tells of no full disk."""
        if self._writer is not None:
            self._writer.release()
        found = cv2.VideoCapture(str(self._path)).get(cv2.CAP_PROP_FRAME_COUNT)
        if not self._written or found != self._written:
            raise MoodspeakerError(
                f"{self._path.name}: {found:.0f} of {self._written} frames could be written",
                "is the disk full?",
            )


@contextmanager
def open_output(path: Path, source: Path) -> Iterator[WholeOutput]:
    """Where the frames of `source` (picture, video or folder) go; `path` appears at the end.

    Raises MoodspeakerError, at the start where `path` does not suit; and SourceUnreadable.
    """
    check_output(path, source)
    with named_errors(path):
        folder = tempfile.TemporaryDirectory(prefix=".moodspeaker-", dir=path.parent)
    with folder as name:
        draft = Path(name) / path.name
        output = make_output(draft, source)
        yield WholeOutput(output, path)
        with named_errors(path):
            output.finish()
            publish(draft, path)


def check_output(path: Path, source: Path) -> None:
    """Raises MoodspeakerError where frames of `source` cannot be written to `path`."""
    if not path.parent.is_dir():
        raise MoodspeakerError(f"{path}: there is no folder {path.parent}", "make it first")
    if path.exists() and source.exists() and path.samefile(source):
        raise MoodspeakerError(f"{path} is the source itself", "choose another name")
    is_video = path.suffix.lower() == VIDEO
    if source.is_dir():
        right = is_video or path.is_dir() or not path.suffix
        wanted = f"for a folder of pictures: a folder or {VIDEO}"
    elif is_picture(source):
        right, wanted = path.suffix.lower() in WRITABLE, "for a picture: .png or .jpg"
    else:
        right, wanted = is_video, f"for a video: {VIDEO}"
    if not right or (path.is_dir() and (is_video or not source.is_dir())):
        raise MoodspeakerError(f"{path} cannot be written", wanted)


def make_output(draft: Path, source: Path) -> Output:
    """By the ending of `draft`."""
    if draft.suffix.lower() == VIDEO:
        return VideoFile(draft, 1 / open_clip(source).frame_s)
    if not source.is_dir():
        return PictureFiles([draft])
    draft.mkdir()
    names = [p.name for p in sorted(source.iterdir()) if is_picture(p)]
    endings = ["" if Path(n).suffix.lower() in WRITABLE else ".png" for n in names]
    return PictureFiles([draft / (n + e) for n, e in zip(names, endings, strict=True)])


def publish(draft: Path, path: Path) -> None:
    """To its final place; into a folder that is there already file by file."""
    if not path.is_dir():
        draft.replace(path)
        return
    for file in draft.iterdir():
        file.replace(path / file.name)


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """OSError as MoodspeakerError."""
    try:
        yield
    except OSError as error:
        raise MoodspeakerError(
            f"{path} cannot be written: {error.strerror}", "check the folder and the disk"
        ) from error


def fitted(picture: Picture, width: int, height: int) -> Picture:
    """In the middle of a black picture of that size, shrunk where it is larger."""
    scale = min(1.0, width / picture.shape[1], height / picture.shape[0])
    if scale < 1:
        size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    whole = np.zeros((height, width, 3), dtype=np.uint8)
    top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
    whole[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return whole


def even(pixels: int) -> int:
    """Rounded up."""
    return pixels + pixels % 2
