"""What plain speakers are made of: a picture, tagged music, and the labels of it."""

from __future__ import annotations

import shutil
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import mutagen.id3
import mutagen.wave

from fakes.camera import moving
from fakes.plain_speaker import PlainSpeaker

if TYPE_CHECKING:
    from pathlib import Path

MOODS = ("happy", "neutral", "sad")
TRACKS_PER_MOOD = 4
TRACK_S = 60
"""Longer than a test takes on a busy machine: no song is over by itself."""


@dataclass(frozen=True, slots=True)
class Material:
    """What speakers are made of, made once: a picture, tagged music, and the labels of it."""

    wall: Path
    music: Path
    labels: Path

    @classmethod
    async def made(cls, folder: Path) -> Material:
        """With `moodspeaker library scan` for the labels."""
        made = cls(folder / "wall.png", folder / "music", folder / "labels.db")
        cv2.imwrite(str(made.wall), moving(3))
        for mood in MOODS:
            for number in range(TRACKS_PER_MOOD):
                add_track(made.music / mood / f"{number}.wav", mood)
        speaker = PlainSpeaker(folder / "scanned", made, frozenset({"labels"}))
        await speaker.start_servers()
        await speaker.scan()
        await speaker.stop_servers()
        shutil.copy(speaker.labels, made.labels)
        return made


def add_track(path: Path, mood: str) -> None:
    """A silent file that says its mood in its tag."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes([128]) * 8000 * TRACK_S)
    tagged = mutagen.wave.WAVE(path)
    tagged.add_tags()
    tagged.tags.add(mutagen.id3.TMOO(text=mood))
    tagged.tags.add(mutagen.id3.TPE1(text=f"Artist of {path.stem}"))
    tagged.save()
