"""`moodspeaker calibrate` while the service has the camera: the service does it."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError
from moodspeaker.runtime.control_client import ANSWER_LIMIT_S, ask, connected, hangs

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.runtime.control_client import Line

LIMIT_S = 20.0
"""The service takes ten seconds of the face."""


class CalibrationFailed(MoodspeakerError):
    """The service saw no face that rested, or did not say how it went."""


def by_service(path: Path) -> int:
    """Asks the service and waits for how it went.

    Raises NotRunning where there is none, CalibrationFailed, MoodspeakerError for a refusal.
    """
    with connected(path) as line:
        line.send({"watch": True})
        pass_over_what_was(line)
        reply = ask(path, "calibrate", "PRESS")
        if not reply.ok:
            raise CalibrationFailed(reply.error)
        print("Look into the camera and rest your face for 10 s.", file=sys.stderr)
        for event in events(line, LIMIT_S):
            if event.get("event_type") == "calibrated":
                print(f"the personal neutral is taken, from {event.get('frames')} frames")
                return 0
            if event.get("event_type") == "calibration_failed":
                raise CalibrationFailed(str(event.get("reason")))
    raise CalibrationFailed(f"the service has not said how it went for {LIMIT_S:g} s")


def pass_over_what_was(line: Line) -> None:
    """A new watcher is told all that is known already in one piece, an old calibration too."""
    if line.receive(ANSWER_LIMIT_S) is None:
        raise hangs()
    while line.receive(0.0) is not None:
        pass


def events(line: Line, limit_s: float) -> list[dict[str, object]]:
    """What happened in that time; it ends early with the calibration."""
    until_s, found = time.monotonic() + limit_s, list[dict[str, object]]()
    while (told := line.receive(max(0.0, until_s - time.monotonic()))) is not None:
        event = json.loads(told).get("event")
        if event:
            found.append(event)
            if str(event.get("event_type", "")).startswith("calibrat"):
                break
    return found
