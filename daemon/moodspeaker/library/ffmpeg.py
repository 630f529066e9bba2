"""Decodes with ffmpeg as a child process that cannot outlive its time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.errors import LibraryError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# A playlist by another name must not reach out to the network.
LOCAL_ONLY = ("-v", "error", "-protocol_whitelist", "file")


@dataclass(frozen=True, slots=True)
class Stream:
    """The first audio stream; the length is 0 where the file does not say."""

    rate: int
    length_s: float


def decode_with_ffmpeg(
    path: Path, seconds: float, timeout_s: float
) -> tuple[NDArray[np.float32], int]:
    """Mono samples of the middle, and their rate. Raises LibraryError."""
    ends_at = time.monotonic() + timeout_s
    stream = probe(path, timeout_s)
    start_s = max(0.0, (stream.length_s - seconds) / 2)
    samples = decode(path, start_s, seconds, ends_at)
    # A length that is a guess can lead behind the end, and the middle can be a pause.
    if not samples.any() and start_s:
        samples = decode(path, 0.0, seconds, ends_at)
    return samples, stream.rate


def probe(path: Path, timeout_s: float) -> Stream:
    """Raises LibraryError for what has no audio."""
    fields = "stream=sample_rate,duration:format=duration"
    shown = ("-select_streams", "a:0", "-show_entries", fields, "-of", "json")
    output = child(path, ("ffprobe", *LOCAL_ONLY, *shown, url(path)), timeout_s)
    try:
        found: Any = json.loads(output)
        if not found["streams"]:
            raise LibraryError(f"{path}: there is no audio in it", "leave it out of the library")
        stream = found["streams"][0]
        lengths = (found.get("format", {}).get("duration"), stream.get("duration"))
        return Stream(int(stream["sample_rate"]), next((float(t) for t in lengths if t), 0.0))
    except (KeyError, ValueError, TypeError) as error:
        raise LibraryError(f"{path}: ffprobe tells no rate", "is the file damaged?") from error


def decode(path: Path, start_s: float, seconds: float, ends_at: float) -> NDArray[np.float32]:
    """Mono samples at the file's own rate. Raises LibraryError."""
    part = ("-ss", f"{start_s:.3f}", "-t", f"{seconds:.3f}", "-i", url(path), "-map", "0:a:0")
    form = ("-ac", "1", "-f", "f32le", "pipe:1")
    command = ("ffmpeg", "-nostdin", *LOCAL_ONLY, *part, *form)
    output = child(path, command, max(0.0, ends_at - time.monotonic()))
    return np.frombuffer(output, dtype="<f4").astype(np.float32, copy=False)


def url(path: Path) -> str:
    """So that no name is taken for an option or another protocol."""
    return f"file:{path.absolute()}"


def child(path: Path, command: Sequence[str], timeout_s: float) -> bytes:
    """What the command prints; its group is gone afterwards. Raises LibraryError."""
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise LibraryError(
            f"{path}: only ffmpeg could read it, and {command[0]} does not start: {error.strerror}",
            "install ffmpeg",
        ) from error
    try:
        output, complaint = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        raise LibraryError(f"{path}: not decoded within {timeout_s:.0f} s", "") from error
    finally:
        end(process)
    if process.returncode:
        raise LibraryError(f"{path}: {last_line(complaint)}", "is the file damaged?")
    return output


def end(process: subprocess.Popen[bytes]) -> None:
    """Kills the whole group, and takes leave of the child."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def last_line(complaint: bytes) -> str:
    """The last thing that ffmpeg said."""
    lines = complaint.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else "ffmpeg failed without a word"
