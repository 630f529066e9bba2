"""`moodspeaker probe`: what vision sees in files."""

from __future__ import annotations

import json
import math
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from moodspeaker.app import factories
from moodspeaker.config.load import load_config
from moodspeaker.config.schema import Config
from moodspeaker.errors import CameraEnded
from moodspeaker.mood.affect import point_of
from moodspeaker.vision.annotate import annotated
from moodspeaker.vision.file_camera import FileCamera
from moodspeaker.vision.picture_output import open_output

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.types import FaceReading, Observation
    from moodspeaker.vision.looker import Looker
    from moodspeaker.vision.picture_output import WholeOutput

EVERY_FRAME = 0.0
NO_LIMIT_S = math.inf


def probe(
    source: Path, config_path: Path | None, *, as_json: bool, annotate: Path | None = None
) -> int:
    """Looks at every frame; `annotate` is where to draw what was seen.

    Raises SourceUnreadable, ModelError, ConfigError, and MoodspeakerError where `annotate`
    cannot be written; it is then as it was.
    """
    config = load_config(config_path) if config_path else Config()
    camera = FileCamera(source, config.camera.detect_width, "stop", EVERY_FRAME)
    with ExitStack() as stack:
        stack.callback(camera.close)
        camera.open()
        output = stack.enter_context(open_output(annotate, source)) if annotate else None
        look_through(camera, factories.open_looker(config), as_json, output)
    return 0


def look_through(
    camera: FileCamera, looker: Looker, as_json: bool, output: WholeOutput | None
) -> None:
    """Every frame to its end: told, and drawn where there is an output."""
    for number in range(sys.maxsize):
        try:
            with camera.capture(NO_LIMIT_S) as frame:
                seen, image = looker.look(frame), frame.detail()
                factor = image.shape[1] / frame.luma.shape[1]
        except CameraEnded:
            return
        print(json_line(number, seen, factor) if as_json else text_line(number, seen))
        if output:
            output.add(annotated(image, seen, factor, number))


def json_line(number: int, seen: Observation, factor: float) -> str:
    """The object of one frame; boxes in pixels of the source, `factor` times the detector's."""
    return json.dumps(
        {
            "frame": number,
            "time_s": round(seen.time_s, 4),
            "faces": [face_object(reading, factor, seen.points) for reading in seen.readings],
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
        "quality": round(reading.quality, 4),
        "hindrance": reading.hindrance.value if reading.hindrance else None,
    }


def text_line(number: int, seen: Observation) -> str:
    """One frame for a person."""
    what = "; ".join(face_words(reading) for reading in seen.readings) or "no face"
    return f"frame {number} at {seen.time_s:.2f} s: {what} [{seen.latency_ms:.1f} ms]"


def face_words(reading: FaceReading) -> str:
    """One face for a person."""
    why = f", {reading.hindrance}" if reading.hindrance else ""
    scores, width = reading.scores, reading.face.box.width
    return f"{scores.ranked()[0]} {max(scores.values):.2f} ({width:.0f} px{why})"
