"""Finds pictures in bytes: as files, as raw rows, and in the ways in which text carries bytes."""

from __future__ import annotations

import base64
import re
import zlib
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker.vision.frames import MemoryFrame
from moodspeaker.vision.preprocess import resized
from privacy.marker import WIDTH, likeness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moodspeaker.ports import GreyImage

MAGICS = {"JPEG": rb"\xff\xd8\xff", "PNG": rb"\x89PNG\r\n", "WebP": rb"RIFF....WEBP"}
BEYOND_CHANCE = re.compile(rb"\xff\xd8\xff[\xe0\xe1]..(JFIF|Exif)|\x89PNG|RIFF", re.DOTALL)
"""What begins like this is a picture even if it does not decode, as when it is cut off."""
BLOCK = 16
LEAST_DISTINCT = 5
"""Blocks of fewer values, black corners say, occur in other data too."""
SLOTS = 22
MASK = (1 << SLOTS) - 1
"""So much of a block is looked up first, for all places at once."""
STRIDES = {1: "grey", 2: "two bytes a pixel", 3: "three bytes a pixel", 4: "four bytes a pixel"}
PACKED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
PIECE = 1024
MOST_UNPACKED = 4_000_000


class Carver:
    """Knows `frames`, what the detector sees of them, and their halves, and finds them.

    Of raw pixels any run of 31 of a row will do; of pictures, any that decodes.
    """

    def __init__(self, frames: Sequence[GreyImage]) -> None:
        self._frames = frames
        whole = (image.tobytes() for frame in frames for image in sizes(frame))
        blocks = (raw[i : i + BLOCK] for raw in whole for i in range(0, len(raw) - BLOCK, BLOCK))
        self._blocks = {block for block in blocks if len(set(block)) >= LEAST_DISTINCT}
        self._starts = np.zeros(1 << SLOTS, dtype=np.bool_)
        self._starts[[number(block) & MASK for block in self._blocks]] = True

    def found(self, data: bytes) -> tuple[str, ...]:
        """Each finding in words, once."""
        findings = dict.fromkeys(self._in_bytes(data, ""))
        for way, spoken in spoken_bytes(data):
            findings |= dict.fromkeys(self._in_bytes(spoken, f" as {way}"))
        return tuple(findings)

    def _in_bytes(self, data: bytes, way: str) -> Iterator[str]:
        for kind, image in pictures_in(data):
            alike = 0.0 if image is None else likeness(image, self._frames)
            yield f"a {kind}{way}, likeness to a frame {alike:.2f}"
        for name, pixels in pixel_forms(data):
            if self._has_block(pixels):
                yield f"raw pixels ({name}){way}"

    def _has_block(self, pixels: bytes) -> bool:
        for phase in range(min(8, len(pixels))):
            count = (len(pixels) - phase) // 8
            words = np.frombuffer(pixels, "<u8", count=count, offset=phase)
            for place in np.flatnonzero(self._starts[words & MASK]):
                at = int(place) * 8 + phase
                if pixels[at : at + BLOCK] in self._blocks:
                    return True
        return False


def sizes(frame: GreyImage) -> Iterator[GreyImage]:
    """In its own size, in the detector's, and half as large."""
    yield frame
    if frame.shape[1] > WIDTH:
        yield MemoryFrame(0.0, frame, WIDTH).luma
    yield resized(frame, frame.shape[1] // 2, frame.shape[0] // 2)


def number(block: bytes) -> int:
    """Its first half, as numpy reads it."""
    return int.from_bytes(block[:8], "little")


def pictures_in(data: bytes) -> Iterator[tuple[str, GreyImage | None]]:
    """(kind, picture) of all that begins like one; None where it does not decode."""
    for kind, magic in MAGICS.items():
        for start in re.finditer(magic, data, re.DOTALL):
            image = cv2.imdecode(np.frombuffer(data[start.start() :], np.uint8), 0)
            if image is not None:
                yield kind, image.astype(np.uint8, copy=False)
            elif BEYOND_CHANCE.match(data, start.start()):
                yield kind, None


def pixel_forms(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The grey pixels that `data` would be if each had so many bytes."""
    for stride, name in STRIDES.items():
        for phase in range(stride):
            yield name, data[phase::stride]
    for phase in range(4):
        numbers = np.frombuffer(data[phase : phase + (len(data) - phase) // 4 * 4], "<f4")
        for name, scale in (("floats", 1.0), ("floats up to 1", 255.0)):
            with np.errstate(all="ignore"):
                levels = np.clip(np.nan_to_num(np.rint(numbers * np.float32(scale))), 0, 255)
            yield name, levels.astype(np.uint8).tobytes()


def spoken_bytes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(way, bytes) of what text, or packing, may hide."""
    joined = re.sub(rb"\s|\\n", b"", data).translate(bytes.maketrans(b"-_", b"+/"))
    letters = re.findall(rb"[A-Za-z0-9+/]{40,}", joined)
    for phase in range(4):
        # What is left over at the end counts: filled up, it decodes.
        runs = (run[phase:] + b"A" * (-(len(run) - phase) % 4) for run in letters)
        yield "base64", b"".join(base64.b64decode(run) for run in runs)
    digits = re.findall(rb"[0-9a-fA-F]{40,}", joined)
    for phase in range(2):
        even = (run[phase : phase + (len(run) - phase) // 2 * 2] for run in digits)
        yield "hexadecimal digits", b"".join(bytes.fromhex(run.decode()) for run in even)
    if rb"\x" in data:
        plain = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes.fromhex(m[1].decode()), data)
        yield "escaped text", plain
    for run in re.findall(rb"\d{1,3}(?:[,\s]+\d{1,3}){31,}", data):
        yield "numbers", bytes(min(255, int(word)) for word in re.findall(rb"\d+", run))
    for start in PACKED.finditer(data):
        if unpacked := inflated(data[start.start() :]):
            yield "packed data", unpacked


def densest(data: bytes) -> float:
    """The least share of its size that any KiB of `data` can be packed into.

    Up to 0.6 for numbers in text or a database, 0.75 for base64, 0.9 and more for a photo of
    any size, and for what is encrypted or packed already.
    """
    pieces = (data[i : i + PIECE] for i in range(0, len(data) - PIECE + 1, PIECE // 4))
    return max((len(zlib.compress(piece, 9)) / PIECE for piece in pieces), default=0.0)


def inflated(data: bytes) -> bytes:
    """What zlib or gzip packed; empty for what is neither."""
    try:
        return zlib.decompressobj(wbits=47).decompress(data, MOST_UNPACKED)
    except zlib.error:
        return b""
