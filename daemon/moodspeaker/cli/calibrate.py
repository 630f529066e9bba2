"""`moodspeaker calibrate`: a resting face becomes the personal neutral."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from moodspeaker.app import factories
from moodspeaker.cli.calibrate_running import by_service
from moodspeaker.config.load import load_config
from moodspeaker.config.schema import Config
from moodspeaker.errors import CameraBusy, CameraEnded
from moodspeaker.mood.neutral import NeutralCollector
from moodspeaker.runtime.control_client import NotRunning
from moodspeaker.runtime.control_place import client_socket
from moodspeaker.runtime.neutral_file import NeutralFile
from moodspeaker.runtime.state_folder import state_dir

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.mood.neutral import PersonalNeutral
    from moodspeaker.ports import Camera

RELOAD = "a running service takes it over on reload: systemctl reload moodspeaker, or SIGHUP"


def calibrate(config_path: Path, seconds: float) -> int:
    """Looks for so long and stores what it saw; a running service does that in its own ten seconds.

    Raises MoodspeakerError.
    """
    with suppress(NotRunning):
        return by_service(client_socket(os.environ, state_dir()))
    config = load_config(config_path) if config_path.exists() else Config()
    print(f"Look into the camera and rest your face for {seconds:g} s.", file=sys.stderr)
    neutral = collected(config, seconds).result(time.time())
    file = NeutralFile(state_dir())
    file.save(neutral)
    print(described(neutral, file.path))
    print(RELOAD, file=sys.stderr)
    return 0


def show() -> int:
    """What is stored."""
    file = NeutralFile(state_dir())
    neutral = file.load()
    print(described(neutral, file.path) if neutral else f"no personal neutral in {file.path}")
    return 0


def remove() -> int:
    """Forgets it; none there is no error. Raises MoodspeakerError."""
    file = NeutralFile(state_dir())
    print("removed" if file.remove() else f"no personal neutral in {file.path}")
    print(RELOAD, file=sys.stderr)
    return 0


def collected(config: Config, seconds: float) -> NeutralCollector:
    """Every frame of so many seconds of the camera's own time. Raises CameraError, ModelError."""
    camera, looker = factories.open_camera(config.camera), factories.open_looker(config)
    collector, began_s = NeutralCollector(), None
    open_free(camera)
    try:
        while True:
            with camera.capture(config.camera.timeout_s) as frame:
                seen = looker.look(frame)
            began_s = seen.time_s if began_s is None else began_s
            if seen.time_s - began_s > seconds:
                return collector
            collector.add(seen)
            if camera.live:
                time.sleep(1 / config.camera.fps_active)
    except CameraEnded:
        return collector
    finally:
        camera.close()


def open_free(camera: Camera) -> None:
    """Raises CameraError; for a busy one it names who probably holds it."""
    try:
        camera.open()
    except CameraBusy as error:
        raise CameraBusy(
            error.what, "while the service runs, press Calibrate in Home Assistant instead"
        ) from error


def described(neutral: PersonalNeutral, path: Path) -> str:
    """One line: when, how many frames, and what the resting face scores."""
    taken = datetime.fromtimestamp(neutral.taken_at).astimezone().strftime("%Y-%m-%d %H:%M")
    ranked = neutral.resting.ranked()[:3]
    scores = ", ".join(f"{emotion} {neutral.resting[emotion]:.2f}" for emotion in ranked)
    return f"{path}: {scores} (mean of {neutral.frames} frames, {taken})"
