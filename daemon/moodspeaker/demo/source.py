"""Which camera the demo looks through."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.demo.clip import demo_clip
from moodspeaker.errors import CameraAbsent
from moodspeaker.vision.clips import open_clip

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.config.schema import CameraSection
    from moodspeaker.demo.options import DemoOptions


def camera_section(
    base: CameraSection, options: DemoOptions, say: Callable[[str], None]
) -> CameraSection:
    """The camera of --source, of --config, a real one, or else our own clip.

    Raises SourceUnreadable for a file that does not decode: a demo without a picture is none.
    """
    section = base.model_copy(update=chosen(base, options, say))
    if options.pace:
        section = section.model_copy(update={"pace": options.pace})
    if section.kind == "file":
        open_clip(Path(str(section.source)).expanduser())
    return section


def chosen(
    base: CameraSection, options: DemoOptions, say: Callable[[str], None]
) -> dict[str, object]:
    """What to change in the camera section."""
    if options.source is not None and options.source.isdigit():
        return {"kind": "v4l2", "source": int(options.source)}
    if options.source is not None:
        return {"kind": "file", "source": options.source}
    if options.config is not None and base.kind == "file":
        return {}
    if pi_camera_there():
        return {"kind": "picamera2", "source": base.source}
    if Path("/dev/video0").exists():
        return {"kind": "v4l2", "source": 0}
    return {"kind": "file", "source": str(demo_clip(say)), "at_end": "loop"}


def pi_camera_there() -> bool:
    """Whether picamera2 is installed and lists a camera."""
    from moodspeaker.vision.picamera2_camera import import_picamera2  # noqa: PLC0415 - only here

    try:
        return bool(import_picamera2().Picamera2.global_camera_info())
    except CameraAbsent:
        return False
