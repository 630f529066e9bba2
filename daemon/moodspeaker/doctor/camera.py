"""The camera: as the service has it, or opened for a moment where no service runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker.app.factories import open_camera
from moodspeaker.config.hours import parse_hours
from moodspeaker.doctor import picamera
from moodspeaker.doctor.camera_faults import firmware_blind, not_listed, told, unusable
from moodspeaker.doctor.finding import Finding, fine, wrong
from moodspeaker.doctor.glance import Seen, glance
from moodspeaker.doctor.limits import in_thread
from moodspeaker.errors import MoodspeakerError
from moodspeaker.types import Trouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from moodspeaker.config.schema import CameraSection
    from moodspeaker.ports import Camera

NAME = "camera"
UNLOADED = "cannot be imported"
ASKED = "(the service has it and was asked)"


async def examine_running(section: CameraSection, state: dict[str, Any]) -> AsyncIterator[Finding]:
    """By the service's own word: a camera cannot be opened twice."""
    health = str(state.get("camera_health"))
    if state.get("camera") == "OFF":
        yield fine(NAME, f"switched off on purpose: moodspeaker ctl camera ON {ASKED}")
    elif health == "off":
        yield fine(NAME, f"closed: {state.get('reason')} {ASKED}")
    elif health == "starting":
        yield wrong(NAME, f"is just being opened {ASKED}", "wait ten seconds, and ask once more")
    elif health != "ok":
        yield told(health, section) if UNLOADED not in health else await unloaded(health, section)
    else:
        yield picture_told(str(state.get("problem") or ""))


async def unloaded(health: str, section: CameraSection) -> Finding:
    """Why picamera2 does not load, by trying it here; as the service says it, where it does."""
    tried = await in_thread(picamera.try_picamera2)
    return picamera.failure(tried) if picamera.cameras(tried) is None else told(health, section)


def picture_told(problem: str) -> Finding:
    """Of a camera that gives frames."""
    trouble = next((trouble for trouble in Trouble if trouble in problem), None)
    return pictured(trouble) if trouble else fine(NAME, f"gives pictures {ASKED}")


async def examine_alone(
    section: CameraSection,
    *,
    minute: int,
    switched_on: bool,
    opener: Callable[[CameraSection], Camera] = open_camera,
    try_picamera2: Callable[[], picamera.Tried] = picamera.try_picamera2,
    root: Path = Path("/"),
) -> AsyncIterator[Finding]:
    """Opened, looked through and closed. `minute` of the day: no look outside of its hours."""
    if not switched_on:
        yield fine(NAME, "switched off on purpose, and not opened: moodspeaker ctl camera ON")
        return
    if not parse_hours(section.hours).include(minute):
        yield fine(NAME, f"outside its hours ({section.hours}), and not opened")
        return
    model: str = section.kind
    if section.kind == "picamera2":
        listed = listing(await in_thread(try_picamera2), section, root)
        if isinstance(listed, Finding):
            yield listed
            return
        model = listed
    try:
        seen = await in_thread(lambda: glance(opener(section), section))
    except MoodspeakerError as error:
        yield unusable(error, section, root)
        return
    width, height = seen.size
    yield fine(NAME, f"{model}, {width}x{height} ({seen.frame_ms:.0f} ms a frame)")
    yield picture_of(seen)


def listing(tried: picamera.Tried, section: CameraSection, root: Path) -> Finding | str:
    """The model of the camera that the config names, or why there is none."""
    models = picamera.cameras(tried)
    if models is None:
        return picamera.failure(tried)
    number = section.source or 0
    if not isinstance(number, int):
        return section.kind
    if number >= len(models):
        return firmware_blind(root) or not_listed(number, models)
    return models[number]


def picture_of(seen: Seen) -> Finding:
    """Whether anything can be seen in it."""
    return pictured(seen.trouble) if seen.trouble else fine("picture", "something is to be seen")


def pictured(trouble: Trouble) -> Finding:
    """What is wrong with the picture as a whole."""
    if trouble is Trouble.COVERED:
        return wrong(
            "picture",
            "lens covered: the picture is one even grey",
            "take the cover off the lens, and its protective film",
        )
    if trouble is Trouble.DARK:
        return wrong(
            "picture",
            "too dark to see a face",
            "switch a light on, or turn the camera to the room",
        )
    if trouble is Trouble.BRIGHT:
        return wrong(
            "picture",
            "too bright to see a face",
            "turn the camera away from the window or the lamp",
        )
    return wrong(
        "picture",
        f"the camera does not work well: {trouble}",
        "sudo systemctl restart moodspeaker; if it stays so, check the cable and take another",
    )
