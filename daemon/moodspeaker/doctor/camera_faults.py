"""Why a camera gives nothing, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.doctor.finding import wrong
from moodspeaker.doctor.holders import holders
from moodspeaker.errors import (
    CameraAbsent,
    CameraBusy,
    CameraStalled,
    CameraStuck,
    MoodspeakerError,
    SourceUnreadable,
)

if TYPE_CHECKING:
    from moodspeaker.config.schema import CameraSection
    from moodspeaker.doctor.finding import Finding

NAME = "camera"
FIRMWARE = "boot/firmware/config.txt"
WORDS = (
    (("gave no", "gave a", "lost a frame", "is frozen"), CameraStalled),
    (("no Pi camera", "no camera at"), CameraAbsent),
    (("does not start", "does not open"), CameraBusy),
    (("does not close",), CameraStuck),
)
"""How the service's own texts begin to be sorted: they are those of the same errors."""


def told(health: str, section: CameraSection) -> Finding:
    """By what the service says of it."""
    kind = next((kind for words, kind in WORDS if any(w in health for w in words)), None)
    if kind is None:
        return wrong(NAME, f"the service says: {health}", "journalctl -u moodspeaker says more")
    return unusable(kind(health), section)


def unusable(error: MoodspeakerError, section: CameraSection, root: Path = Path("/")) -> Finding:
    """By the error of opening it or looking through it."""
    usb = section.kind == "v4l2"
    if isinstance(error, CameraAbsent):
        return unplugged(error, root) if usb else cable(error.what)
    if isinstance(error, CameraBusy):
        return busy(error, root)
    if isinstance(error, CameraStalled):
        return silent_usb(error) if usb else silent(error)
    if isinstance(error, CameraStuck):
        return wrong(
            NAME,
            f"it is not let go of: {error.what}",
            "sudo systemctl restart moodspeaker; if it stays so: sudo reboot",
        )
    if isinstance(error, SourceUnreadable):
        return wrong(
            NAME,
            f"the file in its place is no good: {error.what}",
            "set camera.source to a video, picture or folder that can be read",
        )
    return wrong(NAME, f"it fails: {error.what}", "journalctl -u moodspeaker says more")


def firmware_blind(root: Path) -> Finding | None:
    """A firmware that was told not to look for cameras; None where it looks, or is no Pi's."""
    try:
        text = (root / FIRMWARE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    lines = [line.strip().replace(" ", "") for line in text.splitlines()]
    if any(
        line.startswith(("camera_auto_detect=1", "dtoverlay=imx", "dtoverlay=ov")) for line in lines
    ):
        return None
    return wrong(
        NAME,
        "the firmware does not look for a camera",
        f"write camera_auto_detect=1 into /{FIRMWARE}, then: sudo reboot",
    )


def not_listed(number: int, models: list[str]) -> Finding:
    """Fewer cameras than that."""
    if models:
        return wrong(
            NAME,
            f"there is no number {number}, only 0 to {len(models) - 1}: {', '.join(models)}",
            "set camera.source to one of these",
        )
    return cable("no Pi camera is listed")


def cable(what: str) -> Finding:
    """A Pi camera that is not there at all."""
    return wrong(
        NAME,
        f"not found: {what}",
        "switch the Pi off, push the ribbon cable in straight at both ends, contacts to the "
        "contacts, and start it; then: rpicam-hello --list-cameras",
    )


def unplugged(error: MoodspeakerError, root: Path) -> Finding:
    """A USB camera that is not there."""
    nodes = sorted(f"/dev/{path.name}" for path in (root / "dev").glob("video*"))
    there = f"; there are {', '.join(nodes)}" if nodes else ""
    return wrong(
        NAME,
        f"not found: {error.what}{there}",
        "plug it in, and set camera.source to what `v4l2-ctl --list-devices` shows",
    )


def busy(error: MoodspeakerError, root: Path) -> Finding:
    """Somebody else has it, or we have no right to it, or there is no memory for pictures."""
    if "allocate memory" in error.what:
        return wrong(
            NAME,
            f"no memory for pictures: {error.what}",
            "set camera.width and camera.height lower, or sudo reboot",
        )
    found = holders(root)
    if found:
        return wrong(
            NAME,
            f"held by {', '.join(found)}",
            "end that program: `sudo systemctl stop NAME`, or kill with its number",
        )
    return wrong(
        NAME,
        f"it does not open: {error.what}",
        "`sudo moodspeaker doctor` names the program that holds it: end that (rpicam-apps, motion)",
    )


def silent(error: MoodspeakerError) -> Finding:
    """Listed, and no frame comes."""
    return wrong(
        NAME,
        f"it is there and gives no picture: {error.what}",
        "the cable is loose or damaged: switch the Pi off, push it in anew at both ends, or take "
        "another; then: rpicam-hello",
    )


def silent_usb(error: MoodspeakerError) -> Finding:
    """A USB camera without a frame."""
    return wrong(
        NAME,
        f"it is there and gives no picture: {error.what}",
        "pull it out, plug it into another port without a hub; then: sudo dmesg | tail",
    )
