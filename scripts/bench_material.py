"""What a measured service looks at and plays: made clips, and silence."""

from __future__ import annotations

import math
import wave
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from moodspeaker.config.schema import Config
from moodspeaker.demo.clip import PORTRAIT, SIZE, covering, read_asset, soft_oval, with_face
from moodspeaker.demo.servers import HOST
from moodspeaker.runtime.assets import ASTRONAUT, ROOM

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker.demo.clip import Picture

FPS = 5
CLIP_S = 20
SPEAKER = "bench"
"""Its id in MQTT topics."""
NOISE = 2.0
CIRCLE_PX, CIRCLE_S = 12.0, 2.0
PLACE_S = 5.0
"""Where the demo's face is after so long: large, and near the middle."""
TRACKS = 8
TRACK_S = 240


def make_clips(folder: Path) -> tuple[Path, Path]:
    """(somebody who never holds still, nobody), both with a sensor's noise."""
    portrait, room = read_asset(ASTRONAUT)[PORTRAIT], covering(read_asset(ROOM))
    mask = soft_oval(portrait.shape[0])
    turns = [2 * math.pi * number / (CIRCLE_S * FPS) for number in range(CLIP_S * FPS)]
    faces = (
        with_face(room, circled(portrait, turn), circled(mask, turn)[..., None], PLACE_S)
        for turn in turns
    )
    return (
        write_clip(folder / "face.avi", faces),
        write_clip(folder / "room.avi", (room for _ in turns)),
    )


def circled(image: NDArray[Any], turn: float) -> NDArray[Any]:
    """The image `turn` (radians) on its way round a small circle: always moved, never far."""
    across, down = CIRCLE_PX * math.cos(turn), CIRCLE_PX * math.sin(turn)
    shift = np.array([[1, 0, across], [0, 1, down]], dtype=np.float32)
    return cv2.warpAffine(image, shift, image.shape[1::-1])


def write_clip(path: Path, pictures: Iterable[Picture]) -> Path:
    """Without compression."""
    rng = np.random.default_rng(1)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"I420"), FPS, SIZE)
    for picture in pictures:
        noise = rng.normal(0, NOISE, (*picture.shape[:2], 1))
        writer.write(np.clip(picture + noise, 0, 255).astype(np.uint8))
    writer.release()
    return path


def make_music(folder: Path) -> Path:
    """Silence, as long as songs are: a change of track is to be as rare as it is at home."""
    folder.mkdir()
    for number in range(TRACKS):
        with wave.open(str(folder / f"{number}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(bytes(2 * 8000 * TRACK_S))
    return folder


def settings(
    clip: Path, mpd: int, mqtt: int, *, pace: str = "real", own_fps: bool = True
) -> Config:
    """The defaults, with our clip and servers; `own_fps` looks `FPS` times a second, always.

    A machine that is busy with something else does not slow it down.
    """
    camera = {"kind": "file", "source": str(clip), "at_end": "loop", "pace": pace}
    limits = {"busy_load": 100, "hot_c": 120}
    fps = {"fps_idle": FPS, "fps_active": FPS} if own_fps else {}
    return Config.model_validate(
        {
            "device": {"id": SPEAKER},
            "camera": camera | limits | fps,
            "library": {"music_dir": str(clip.parent / "music")},
            "mpd": {"host": HOST, "port": mpd},
            "mqtt": {"host": HOST, "port": mqtt},
        }
    )
