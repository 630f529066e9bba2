"""A small library of tones, made once: nine tagged tracks for each mood, eight seconds each."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import wave
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moodspeaker.demo.servers import find_program
from moodspeaker.errors import MoodspeakerError
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from collections.abc import Callable

Samples = NDArray[np.int16]

VERSION = 1
TRACKS_PER_MOOD = 9
TRACK_S = 8.0
RATE = 16_000
FFMPEG_LIMIT_S = 60
COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Sound:
    """How a mood sounds: notes as semitones over the root, beats a minute, root in hertz."""

    notes: tuple[int, ...]
    tempo: int
    root: float


SOUNDS = {
    Emotion.HAPPY: Sound((0, 4, 7, 12, 7, 4), 150, 262),
    Emotion.SAD: Sound((0, 3, 7, 3), 50, 175),
    Emotion.ANGRY: Sound((0, 1, 6, 1), 180, 110),
    Emotion.FEAR: Sound((0, 6, 3, 9), 90, 147),
    Emotion.DISGUST: Sound((0, 1, 0, 6), 80, 131),
    Emotion.SURPRISE: Sound((0, 7, 14, 19), 160, 294),
    Emotion.NEUTRAL: Sound((0, 7, 5, 7), 80, 196),
}


def cache_folder() -> Path:
    """Where made things are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "moodspeaker"


def demo_music(say: Callable[[str], None]) -> Path:
    """The library's folder; made now, and told, if it is not there. Raises MoodspeakerError."""
    folder = cache_folder() / f"demo-music-{VERSION}"
    if not (folder / COMPLETE).is_file():
        say(f"making {TRACKS_PER_MOOD * len(Emotion)} short tracks, this once")
        make_library(folder)
    return folder


def make_library(folder: Path) -> None:
    """Writes every track as `<mood>/<nn>.ogg`. A library that was cut short is made anew."""
    ffmpeg = find_program("ffmpeg")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for emotion in Emotion:
            (folder / emotion).mkdir(parents=True)
        jobs = [(e, n) for e in Emotion for n in range(1, TRACKS_PER_MOOD + 1)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda job: make_track(ffmpeg, folder, *job), jobs))
        (folder / COMPLETE).touch()
    except OSError as error:
        raise MoodspeakerError(
            f"the demo's music cannot be written to {folder}: {error.strerror}",
            "free some space, or set XDG_CACHE_HOME",
        ) from error


def make_track(ffmpeg: str, folder: Path, emotion: Emotion, number: int) -> None:
    """One tagged track. Raises MoodspeakerError when ffmpeg fails."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as plain:
        write_wav(Path(plain.name), melody(SOUNDS[emotion], number))
        tags = {
            "title": f"{emotion.capitalize()} {number}",
            "artist": f"The {emotion.capitalize()} Tones {1 + number % 3}",
            "album": "moodspeaker demo",
            "mood": emotion.value,
        }
        argv = [ffmpeg, "-v", "error", "-y", "-i", plain.name, "-c:a", "libvorbis", "-q:a", "1"]
        for name, value in tags.items():
            argv += ["-metadata", f"{name}={value}"]
        argv.append(str(folder / emotion / f"{number:02}.ogg"))
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=FFMPEG_LIMIT_S, check=False
        )
    if done.returncode != 0:
        raise MoodspeakerError(
            f"ffmpeg cannot write ogg: {done.stderr.strip()}", "apt install ffmpeg"
        )


def melody(sound: Sound, number: int) -> Samples:
    """Plucked sines, transposed a little for each track of the same mood."""
    root = sound.root * 2 ** (((number - 1) % 5) / 12)
    times = np.arange(round(TRACK_S * RATE)) / RATE
    beat_s = 60 / sound.tempo
    beats = (times // beat_s).astype(int)
    since_s = times - beats * beat_s
    semitones = np.array(sound.notes)[(beats + number) % len(sound.notes)]
    pitch = root * 2 ** (semitones / 12)
    # Phase counted within each beat, so that a change of pitch does not click.
    tone = np.sin(2 * np.pi * pitch * since_s) + 0.3 * np.sin(4 * np.pi * pitch * since_s)
    envelope = np.minimum(since_s / 0.01, 1) * np.exp(-3 * since_s)
    fade = np.clip(np.minimum(times, TRACK_S - times) / 0.3, 0, 1)
    samples: Samples = (tone * envelope * fade * 9000).astype(np.int16)
    return samples


def write_wav(path: Path, samples: Samples) -> None:
    """16 bits, mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
