"""From the config to the adapters. Heavy libraries are imported here, when they are needed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.app.dj import DjSettings
from moodspeaker.errors import CameraAbsent, MoodspeakerError
from moodspeaker.mood.settings import MoodSettings
from moodspeaker.music.choice import ChoiceSettings
from moodspeaker.music.policy import Policy
from moodspeaker.player.keeper import Pace as QueuePace
from moodspeaker.runtime.assets import DETECTOR, asset_path, model_folder
from moodspeaker.types import Emotion
from moodspeaker.vision.thread import Pace

if TYPE_CHECKING:
    from moodspeaker.config.schema import (
        CameraSection,
        Config,
        LibrarySection,
        MoodSection,
        MusicSection,
        Vision,
    )
    from moodspeaker.ports import Camera, Detector
    from moodspeaker.vision.looker import Looker

log = logging.getLogger(__name__)

MINUTE_S = 60.0
DETECTOR_FLOOR = 0.3
"""A detector reports faces down to here; what counts as one is `vision.min_score`."""


def mood_settings(section: MoodSection) -> MoodSettings:
    """The engine's numbers."""
    return MoodSettings(**section.model_dump(exclude={"override_minutes"}))


def dj_settings(section: MusicSection) -> DjSettings:
    """Policies and limits of choice."""
    return DjSettings(
        policies={emotion: Policy(section.policies.of(emotion)) for emotion in Emotion},
        choice=ChoiceSettings(section.no_repeat_hours, section.artist_spacing),
    )


def queue_pace(section: MusicSection) -> QueuePace:
    """The times of the queue keeper."""
    return QueuePace(hold_s=section.hold_minutes * MINUTE_S)


def music_dir(section: LibrarySection) -> Path | None:
    """The folder whose files' tags are read; None when only the player is asked."""
    return Path(section.music_dir).expanduser() if section.music_dir else None


def pace(section: CameraSection) -> Pace:
    """How fast to look."""
    return Pace(section.fps_idle, section.fps_active, section.timeout_s)


def open_camera(section: CameraSection) -> Camera:
    """A camera that is not open yet."""
    size = (section.width, section.height)
    if section.kind == "file":
        from moodspeaker.vision.file_camera import FileCamera  # noqa: PLC0415 - loads OpenCV

        step_s = 1 / section.fps_active if section.pace == "fast" else None
        return FileCamera(
            Path(str(section.source)).expanduser(), section.detect_width, section.at_end, step_s
        )
    if section.kind == "v4l2":
        from moodspeaker.vision.v4l2_camera import V4l2Camera  # noqa: PLC0415 - loads OpenCV

        source = section.source if section.source is not None else 0
        device = f"/dev/video{source}" if isinstance(source, int) else source
        return V4l2Camera(device, size, section.fps_active, section.detect_width)
    from moodspeaker.vision.picamera2_camera import Picamera2Camera  # noqa: PLC0415 - as above

    number = section.source or 0
    if not isinstance(number, int):
        raise CameraAbsent(f"camera.source {number!r} is no number", "picamera2 counts from 0")
    return Picamera2Camera(number, size, section.fps_active, section.detect_width)


def open_looker(config: Config) -> Looker:
    """Detector and model, loaded and checked. Raises ModelError."""
    from moodspeaker.vision.emotion import TfliteEmotionModel  # noqa: PLC0415 - loads the runtime
    from moodspeaker.vision.looker import Limits, Looker  # noqa: PLC0415 - loads OpenCV

    vision = config.vision
    model = TfliteEmotionModel(model_path(vision), vision.runtime)
    limits = Limits(vision.min_score, vision.min_face)
    return Looker(open_detector(vision), model, limits)


def model_path(vision: Vision) -> Path:
    """The emotion model's file."""
    return Path(vision.model).expanduser() if vision.model else model_folder() / "emotion.tflite"


def open_detector(vision: Vision) -> Detector:
    """The detector that the config names; auto prefers BlazeFace. Raises ModelError."""
    own = vision.detector_model
    path = Path(own).expanduser() if own else asset_path(DETECTOR)
    if vision.detector == "blazeface" or (vision.detector == "auto" and (own or path.is_file())):
        from moodspeaker.vision.blazeface import BlazeFaceDetector  # noqa: PLC0415 - the runtime

        return BlazeFaceDetector(path, DETECTOR_FLOOR, vision.runtime)
    if vision.detector == "auto":
        log.warning(
            "no BlazeFace model at %s: using the slower haar (run: moodspeaker fetch)", path
        )
    from moodspeaker.vision.haar import HaarDetector  # noqa: PLC0415 - loads OpenCV

    return HaarDetector(vision.min_face)


def read_secret(path: str | None, key: str) -> str | None:
    """A password file's text, its last line end taken off. Raises MoodspeakerError."""
    if path is None:
        return None
    try:
        return Path(path).expanduser().read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise MoodspeakerError(
            f"{key} {path} cannot be read: {error}", "check its rights"
        ) from error
