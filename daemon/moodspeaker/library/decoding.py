"""The middle of a music file as mono samples."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.errors import LibraryError
from moodspeaker.library.ffmpeg import decode_with_ffmpeg
from moodspeaker.library.optional import optional

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

EXCERPT_S = 60.0
SHORTEST_S = 3.0
TIMEOUT_S = 60.0
BLOCK = 1 << 16
SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff"})
"""What libsndfile opens; everything else goes to ffmpeg at once."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples, float32, and how many of them make a second."""

    samples: NDArray[np.float32]
    rate: int


def read_middle(path: Path, seconds: float = EXCERPT_S, timeout_s: float = TIMEOUT_S) -> Sound:
    """The middle of the file, or all of it where it is shorter.

    Only that part is decoded, so a mix of hours takes about as long as a song. Raises LibraryError
    in one line: no such file, empty, damaged, without audio, under SHORTEST_S, or no ffmpeg.
    """
    check_file(path)
    if path.suffix.lower() in SUFFIXES:
        try:
            sound = decode_with_soundfile(path, seconds)
        except DecodingFailed as failure:
            sound = second_try(path, seconds, timeout_s, str(failure))
    else:
        sound = Sound(*decode_with_ffmpeg(path, seconds, timeout_s))
    if len(sound.samples) < SHORTEST_S * sound.rate:
        raise LibraryError(f"{path}: shorter than {SHORTEST_S:g} s", "nothing can be told from it")
    return sound


class DecodingFailed(Exception):
    """libsndfile cannot read a file; ffmpeg perhaps can."""


def check_file(path: Path) -> None:
    """Raises LibraryError for what is no file, or an empty one."""
    try:
        if not path.is_file():
            raise LibraryError(f"{path}: no such file", "look for the music again")
        if path.stat().st_size == 0:
            raise LibraryError(f"{path}: the file is empty", "get it anew")
    except OSError as error:
        raise LibraryError(f"{path}: {error.strerror or error}", "see its permissions") from error


def second_try(path: Path, seconds: float, timeout_s: float, why: str) -> Sound:
    """With ffmpeg. Raises LibraryError that says what the first try met."""
    try:
        return Sound(*decode_with_ffmpeg(path, seconds, timeout_s))
    except LibraryError as error:
        raise LibraryError(
            f"{path}: cannot be decoded: {why.rstrip('.')}", "is the file damaged?"
        ) from error


def decode_with_soundfile(path: Path, seconds: float) -> Sound:
    """Raises DecodingFailed, LibraryError without soundfile."""
    soundfile = optional("soundfile")
    try:
        # As bytes: a folder's name need not be text.
        with soundfile.SoundFile(os.fsencode(path)) as file:
            samples, rate = middle_or_beginning(file, int(seconds * file.samplerate))
    except (soundfile.SoundFileError, OSError) as error:
        reason = getattr(error, "error_string", None) or str(error)
        raise DecodingFailed(reason) from error
    if not samples.any():
        raise DecodingFailed("nothing but silence comes out")
    return Sound(samples, rate)


def middle_or_beginning(file: Any, wanted: int) -> tuple[NDArray[np.float32], int]:
    """The beginning where the middle is silent: behind the end of a cut mp3 there are zeros."""
    samples = np.zeros(0, dtype=np.float32)
    if file.seekable() and file.frames > wanted:
        file.seek((file.frames - wanted) // 2)
        samples = mono(file, wanted)
        if not samples.any():
            file.seek(0)
    return samples if samples.any() else mono(file, wanted), file.samplerate


def mono(file: Any, frames: int) -> NDArray[np.float32]:
    """Mixed down block by block: eight channels of a minute would fill 80 MB.

    Not with `file.blocks`, which gives unset memory where a file ends before it said it would.
    """
    parts = [np.zeros(0, dtype=np.float32)]
    while frames > 0:
        block = file.read(min(BLOCK, frames), dtype="float32", always_2d=True)
        if not len(block):
            break
        parts.append(block.mean(axis=1))
        frames -= len(block)
    return np.concatenate(parts)
