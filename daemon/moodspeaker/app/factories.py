"""From the config to the adapters. Heavy libraries are imported here, when they are needed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.app.detectors import open_detector, open_follower
from moodspeaker.app.vitals import load_per_core, temperature_c
from moodspeaker.errors import CameraAbsent, ModelError, MoodspeakerError
from moodspeaker.mood.settings import Aggregation, Likeness, MoodSettings
from moodspeaker.music.plane import EMOTION_POINTS
from moodspeaker.runtime.assets import model_folder
from moodspeaker.types import Emotion
from moodspeaker.vision.governor import Governor, Load, LoadLimits, Pace
from moodspeaker.vision.preload import linked_first

if TYPE_CHECKING:
    from moodspeaker.config.mood_section import MoodSection
    from moodspeaker.config.schema import (
        CameraSection,
        Config,
        LibrarySection,
        Vision,
    )
    from moodspeaker.ports import Camera
    from moodspeaker.vision.looker import Looker
    from moodspeaker.vision.watch import Watch

log = logging.getLogger(__name__)

MINUTE_S = 60.0
REINSTALL = "install moodspeaker again: a wheel is missing, broken or for another machine"
POINTS = tuple((EMOTION_POINTS[e].valence, EMOTION_POINTS[e].arousal) for e in Emotion)


def mood_settings(section: MoodSection) -> MoodSettings:
    """The engine's numbers."""
    plain = section.model_dump(
        exclude={"override_minutes", "wrong_minutes", "priors", "floors", "merges"}
    )
    merges = [(emotion, getattr(section.merges, emotion)) for emotion in Emotion]
    return MoodSettings(
        **plain
        | {
            "aggregation": Aggregation(section.aggregation),
            "likeness": Likeness(section.likeness),
            "priors": tuple(getattr(section.priors, emotion) for emotion in Emotion),
            "floors": tuple(getattr(section.floors, emotion) for emotion in Emotion),
            "merges": tuple((emotion, Emotion(into)) for emotion, into in merges if into),
            "points": POINTS,
            "wrong_s": section.wrong_minutes * MINUTE_S,
        }
    )


def music_dir(section: LibrarySection) -> Path | None:
    """The folder whose files' tags are read; None when only the player is asked."""
    return Path(section.music_dir).expanduser() if section.music_dir else None


def governor(section: CameraSection) -> Governor:
    """How fast to look, and when to look more slowly."""
    thermal = Path(section.thermal_file)
    return Governor(
        Pace(section.fps_idle, section.fps_active, section.timeout_s),
        LoadLimits(section.hot_c, section.busy_load),
        lambda: Load(temperature_c(thermal), load_per_core()),
    )


def open_camera(section: CameraSection) -> Camera:
    """A camera that is not open yet. Raises CameraAbsent, for a library that is broken too."""
    try:
        return made_camera(section)
    except ImportError as error:
        raise CameraAbsent(f"{section.kind}: {broken(error)}", REINSTALL) from error


def made_camera(section: CameraSection) -> Camera:
    """Raises CameraAbsent, and ImportError."""
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
        return V4l2Camera(device, size, section.fps_active, section.detect_width, section.timeout_s)
    from moodspeaker.vision.picamera2_camera import Picamera2Camera  # noqa: PLC0415 - as above

    number = section.source or 0
    if not isinstance(number, int):
        raise CameraAbsent(f"camera.source {number!r} is no number", "picamera2 counts from 0")
    return Picamera2Camera(number, size, section.fps_active, section.detect_width)


def open_watch(config: Config) -> Watch:
    """What the service looks with: follows faces, and sleeps while nothing moves.

    Raises ModelError, for a library that is broken too.
    """
    try:
        with linked_first():
            return made_watch(config)
    except ImportError as error:
        raise ModelError(broken(error), REINSTALL) from error


def made_watch(config: Config) -> Watch:
    """Raises ModelError, and ImportError."""
    import cv2  # noqa: PLC0415 - heavy

    from moodspeaker.vision.motion import MotionGate  # noqa: PLC0415 - loads OpenCV
    from moodspeaker.vision.scene import SceneLimits, SceneWatch  # noqa: PLC0415 - loads OpenCV
    from moodspeaker.vision.watch import Watch  # noqa: PLC0415 - as above

    # Its workers spin between frames, which costs more than they gain on pictures so small.
    cv2.setNumThreads(1)
    vision = config.vision
    gate = MotionGate(vision.motion_levels, vision.still_s) if vision.motion_gate else None
    looker = open_looker(config, follow=True)
    return Watch(looker, gate, SceneWatch(SceneLimits()), sensor=config.camera.kind != "file")


def broken(error: ImportError) -> str:
    """What does not import, on one line: numpy's own text is a page."""
    text = str(error).strip() or type(error).__name__
    return f"{error.name or 'a library'} cannot be imported: {text.splitlines()[0]}"


def open_looker(config: Config, *, follow: bool = False) -> Looker:
    """Detector and model, loaded and checked; every picture is searched whole, or follows faces.

    Raises ModelError.
    """
    from moodspeaker.vision.emotion import TfliteEmotionModel  # noqa: PLC0415 - loads the runtime
    from moodspeaker.vision.looker import Limits, Looker  # noqa: PLC0415 - loads OpenCV

    vision = config.vision
    model = TfliteEmotionModel(model_path(vision), vision.runtime, Emotion(vision.contempt))
    detector = open_follower(vision) if follow else open_detector(vision)
    return Looker(detector, model, Limits(vision.min_score, vision.min_face))


def model_path(vision: Vision) -> Path:
    """The emotion model's file."""
    return Path(vision.model).expanduser() if vision.model else model_folder() / "emotion.tflite"


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
