"""Whether the user that the service runs as may read files."""

from __future__ import annotations

import grp
import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from moodspeaker.doctor.accounts import Person

UNIT_GROUPS = ("video", "audio")
"""What the service's unit adds to its user's own."""
TRY_LIMIT_S = 10.0
TRY = 'for f do [ -r "$f" ] || printf "%s\\0" "$f"; done'


def unreadable(paths: Sequence[Path], user: Person | None) -> tuple[str, ...]:
    """Those that `user` may not read, or we where we may not become that user.

    A child tries, so that folders on the way and access lists count too. Takes up to
    `TRY_LIMIT_S`; raises OSError and SubprocessError where nothing can be tried.
    """
    argv = ["/bin/sh", "-c", TRY, "sh", *map(os.fspath, paths)]
    if user is None or os.geteuid() != 0:
        done = subprocess.run(argv, capture_output=True, timeout=TRY_LIMIT_S, check=True)
    else:
        done = subprocess.run(
            argv,
            capture_output=True,
            timeout=TRY_LIMIT_S,
            check=True,
            cwd="/",
            user=user.uid,
            group=user.gid,
            extra_groups=[*os.getgrouplist(user.name, user.gid), *unit_groups()],
        )
    return tuple(os.fsdecode(name) for name in done.stdout.split(b"\0") if name)


def unit_groups() -> Iterator[int]:
    """Those of `UNIT_GROUPS` that there are."""
    for name in UNIT_GROUPS:
        try:
            yield grp.getgrnam(name).gr_gid
        except KeyError:
            continue
