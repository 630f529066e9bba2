"""Who the service runs as, and what that user may do."""

from __future__ import annotations

import grp
import os
import pwd
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.doctor.reader import TRY_LIMIT_S, unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.doctor.finding import Finding

SERVICE_USER = "moodspeaker"
CAMERA_GROUP = "video"


@dataclass(frozen=True, slots=True)
class Person:
    """A user. `groups` are names by the user data base, `now` those of the session that runs."""

    name: str
    uid: int
    gid: int
    groups: frozenset[str]
    now: frozenset[str] = frozenset()


def service_user(name: str = SERVICE_USER) -> Person | None:
    """None where there is no such user, as in a checkout."""
    try:
        return person(pwd.getpwnam(name))
    except KeyError:
        return None


def myself() -> Person:
    """Who runs this."""
    uid = os.geteuid()
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Person(str(uid), uid, os.getegid(), frozenset(), names(os.getgroups()))
    return person(entry, names([*os.getgroups(), os.getegid()]))


def person(entry: pwd.struct_passwd, now: frozenset[str] = frozenset()) -> Person:
    """With every group."""
    numbers = os.getgrouplist(entry.pw_name, entry.pw_gid)
    return Person(entry.pw_name, entry.pw_uid, entry.pw_gid, names(numbers), now)


def names(numbers: list[int]) -> frozenset[str]:
    """Of groups; one without a name is left out."""
    found = set()
    for number in numbers:
        try:
            found.add(grp.getgrgid(number).gr_name)
        except KeyError:
            continue
    return frozenset(found)


def examine_rights(
    service: Person | None, me: Person, *, given: frozenset[str], looks: bool
) -> tuple[Finding, ...]:
    """Who may use the camera.

    `given` are groups that the unit adds; `looks` says that we open the camera ourselves.
    """
    found = []
    if service is not None and CAMERA_GROUP not in service.groups | given:
        found.append(
            wrong(
                "rights",
                f"the user {service.name} is not in group {CAMERA_GROUP}",
                f"sudo usermod -aG {CAMERA_GROUP} {service.name}, then: "
                "sudo systemctl restart moodspeaker",
            )
        )
    if looks and me.uid != 0 and CAMERA_GROUP not in me.now:
        found.append(stranger(me))
    return tuple(found) or (fine("rights", f"{(service or me).name} may use the camera"),)


def stranger(me: Person) -> Finding:
    """I may not use the camera."""
    if CAMERA_GROUP in me.groups:
        return wrong(
            "rights",
            f"you ({me.name}) are in group {CAMERA_GROUP} only from your next session on",
            "log out and in again, or restart",
        )
    return wrong(
        "rights",
        f"you ({me.name}) are not in group {CAMERA_GROUP}: the camera stays shut for you",
        f"run `sudo moodspeaker doctor`; or sudo usermod -aG {CAMERA_GROUP} {me.name}, "
        "then log out and in again",
    )


def examine_reading(path: Path, service: Person | None) -> Finding | None:
    """A config that the service cannot read; None where it can, or we may not become its user."""
    if service is None or os.geteuid() != 0 or not path.exists():
        return None
    if not unreadable((path,), service):
        return None
    return wrong(
        "config",
        f"{path} may not be read by the service's user {service.name}",
        f"sudo chgrp {service.gid} {path}; sudo chmod 640 {path}; every folder above needs a+x",
    )


def failed_write(folder: Path, user: Person | None) -> str | None:
    """Writes a real file there and removes it, as `user` where we may become it.

    What went wrong, None for nothing. Raises OSError where nothing can be tried.
    """
    name = folder / f".doctor.{os.getpid()}"
    become = user if os.geteuid() == 0 else None
    done = subprocess.run(
        ["dd", "if=/dev/zero", f"of={name}", "bs=4096", "count=1", "status=none"],
        capture_output=True,
        text=True,
        timeout=TRY_LIMIT_S,
        check=False,
        cwd="/",
        env={**os.environ, "LC_ALL": "C"},
        user=become.uid if become else None,
        group=become.gid if become else None,
        extra_groups=os.getgrouplist(become.name, become.gid) if become else None,
    )
    with suppress(OSError):
        name.unlink(missing_ok=True)
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or ["no reason given"])[0].rsplit(": ", 1)[-1]
