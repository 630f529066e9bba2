"""The state folder, and room on the disk."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.doctor.accounts import failed_write
from moodspeaker.doctor.finding import fine, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

    from moodspeaker.doctor.accounts import Person
    from moodspeaker.doctor.finding import Finding

MB = 1024 * 1024
FULL_BYTES, NEARLY_BYTES = 20 * MB, 200 * MB
FEWEST_FILES = 1000
MPD_STATE = "var/lib/mpd"
READ_ONLY = "Read-only file system"
NO_ROOM = "No space left on device"


def examine_state(folder: Path, service: Person | None, me: Person) -> Finding:
    """Whether what must last can be kept: a real file is written, as the service's user."""
    owner = (service or me).name
    try:
        kind = folder.stat().st_mode
    except PermissionError:
        return unseen(folder)
    except OSError:
        return missing(folder, service or me)
    if not stat.S_ISDIR(kind):
        return wrong("state", f"{folder} is no folder", f"remove it: sudo rm {folder}")
    if me.uid != 0 and service is not None and me.uid != service.uid:
        return unseen(folder)
    failure = failed_write(folder, service)
    if failure is not None:
        return unwritten(folder, owner, failure)
    return others(folder, service) or fine("state", f"{folder} can be written by {owner}")


def missing(folder: Path, owner: Person) -> Finding:
    """No folder: nothing is remembered."""
    return wrong(
        "state",
        f"there is no {folder}",
        f"sudo install -d -m 750 -o {owner.name} -g {owner.gid} {folder}; "
        "or name another in MOODSPEAKER_STATE_DIR",
    )


def unseen(folder: Path) -> Finding:
    """Only its owner and root may try."""
    return fine("state", f"{folder} is the service's own: not tried (sudo moodspeaker doctor does)")


def others(folder: Path, service: Person | None) -> Finding | None:
    """A file that a command run as root has left there, and the service cannot change."""
    found = [path for path in folder.iterdir() if service and path.lstat().st_uid != service.uid]
    if service is None or not found:
        return None
    return wrong(
        "state",
        f"{sorted(found)[0]} does not belong to {service.name}",
        f"sudo chown -R {service.name}: {folder}; commands that write there want "
        f"`sudo -u {service.name}`",
    )


def unwritten(folder: Path, owner: str, failure: str) -> Finding:
    """By what the kernel says."""
    if failure == READ_ONLY:
        return wrong(
            "state",
            f"{folder} is on a read-only file system",
            "sudo mount -o remount,rw /; if that fails the card is damaged: check it with fsck",
        )
    if failure == NO_ROOM:
        return wrong("state", f"no room left for {folder}", room_remedy(folder))
    return wrong(
        "state",
        f"{folder} cannot be written by {owner}: {failure}",
        f"sudo chown -R {owner}: {folder}; or name another in MOODSPEAKER_STATE_DIR",
    )


def examine_room(
    state_dir: Path,
    root: Path = Path("/"),
    measure: Callable[[Path], os.statvfs_result] = os.statvfs,
) -> tuple[Finding, ...]:
    """Room for the state and, where it is on this machine, for MPD's data base and stickers."""
    found: list[Finding] = []
    devices: set[int] = set()
    for folder in (state_dir, root / MPD_STATE):
        there = nearest(folder)
        device = there.stat().st_dev
        if device not in devices and (folder is state_dir or folder.is_dir()):
            devices.add(device)
            found.append(room(there, measure(there)))
    return tuple(found)


def nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that is there and may be seen."""
    return next((p for p in (folder, *folder.parents) if os.path.isdir(p)), Path("/"))  # noqa: PTH112


def room(folder: Path, size: os.statvfs_result) -> Finding:
    """Bytes and numbers of files that a user may still take."""
    free = size.f_bavail * size.f_frsize
    if free < FULL_BYTES:
        return wrong("disk", f"full: {free // MB} MB left at {folder}", room_remedy(folder))
    if free < NEARLY_BYTES:
        return wrong("disk", f"nearly full: {free // MB} MB left at {folder}", room_remedy(folder))
    if size.f_files and size.f_favail < FEWEST_FILES:
        return wrong(
            "disk",
            f"room for {size.f_favail} more files at {folder}",
            f"remove files that nobody needs: sudo du --inodes -xd2 {folder} | sort -n",
        )
    return fine("disk", f"{free / MB / 1024:.1f} GB left at {folder}")


def room_remedy(folder: Path) -> str:
    """How room is made."""
    return (
        "sudo journalctl --vacuum-size=50M; sudo apt-get clean; what is large: "
        f"sudo du -xhd1 {folder}"
    )
