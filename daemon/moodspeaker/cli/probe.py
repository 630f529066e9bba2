"""`moodspeaker probe`: what vision sees in files."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from moodspeaker.app import factories
from moodspeaker.config.load import load_config
from moodspeaker.config.schema import Config
from moodspeaker.errors import CameraEnded
from moodspeaker.mood.affect import point_of
from moodspeaker.vision.file_camera import FileCamera

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.types import FaceReading, Observation

EVERY_FRAME = 0.0


def probe(source: Path, config_path: Path | None, *, as_json: bool) -> int:
    """Looks at every frame. Raises SourceUnreadable, ModelError, ConfigError."""
    config = load_config(config_path) if config_path else Config()
    camera = FileCamera(source, config.camera.detect_width, "stop", EVERY_FRAME)
    camera.open()
    looker = factories.open_looker(config)
    points = looker.points
    try:
        for number in range(sys.maxsize):
            with camera.capture(config.camera.timeout_s) as frame:
                seen = looker.look(frame)
                factor = frame.detail().shape[1] / frame.luma.shape[1]
            faces = [face_object(reading, factor, points) for reading in seen.readings]
            print(json_line(number, seen, faces) if as_json else text_line(number, seen))
    except CameraEnded:
        return 0
    finally:
        camera.close()
    return 0


def json_line(number: int, seen: Observation, faces: list[dict[str, object]]) -> str:
    """The object of one frame."""
    return json.dumps(
        {
            "frame": number,
            "time_s": round(seen.time_s, 4),
            "faces": faces,
            "latency_ms": round(seen.latency_ms, 3),
        }
    )


def face_object(
    reading: FaceReading, factor: float, points: tuple[tuple[float, float], ...]
) -> dict[str, object]:
    """One face; its box in pixels of the source picture, `factor` times the detector's."""
    box = reading.face.box.scaled(factor)
    valence, arousal = point_of(reading.scores, points)
    return {
        "box": [round(n, 1) for n in (box.x, box.y, box.width, box.height)],
        "score": round(reading.face.score, 4),
        "emotions": {label: round(p, 6) for label, p in reading.scores.as_dict().items()},
        "valence": round(valence, 4),
        "arousal": round(arousal, 4),
    }


def text_line(number: int, seen: Observation) -> str:
    """One frame for a person."""
    words = [
        f"{r.scores.ranked()[0]} {max(r.scores.values):.2f} ({r.face.box.width:.0f} px)"
        for r in seen.readings
    ]
    what = "; ".join(words) or "no face"
    return f"frame {number} at {seen.time_s:.2f} s: {what} [{seen.latency_ms:.1f} ms]"
