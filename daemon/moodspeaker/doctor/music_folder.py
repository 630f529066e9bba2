"""Whether a folder here is the one that MPD plays from."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.doctor.reader import unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moodspeaker.doctor.accounts import Person
    from moodspeaker.doctor.finding import Finding

NAME = "music folder"
LEAST_SHARE = 0.5
WHERE = (
    "set library.music_dir to the folder that `grep music_directory /etc/mpd.conf` shows, as seen"
    " from here; null where MPD runs on another machine; after moving files: mpc update"
)


def compare(folder: Path, told: str | None, uris: Sequence[str], service: Person | None) -> Finding:
    """`told` is what MPD calls its music_directory, None where it does not say.

    `uris` are some of MPD's files, `service` the user that has to read them. Looks at the disk.
    """
    set_it = f"library.music_dir: {told}" if told else WHERE
    try:
        if not folder.is_dir():
            return wrong(NAME, f"library.music_dir {folder} is no folder here", set_it)
    except OSError as error:
        return wrong(NAME, f"library.music_dir {folder}: {error.strerror}", set_it)
    there = [folder / uri for uri in uris if is_there(folder / uri)]
    if uris and len(there) < LEAST_SHARE * len(uris):
        detail = f"library.music_dir {folder} holds {len(there)} of {len(uris)} of MPD's files"
        return wrong(NAME, f"{detail}: it is not MPD's folder, or the files have moved", set_it)
    return readable(folder, there, len(uris), service)


def readable(folder: Path, there: Sequence[Path], total: int, service: Person | None) -> Finding:
    """Whether the service can read the folder and the files that are there."""
    try:
        shut = unreadable(there or [folder], service)
    except (OSError, subprocess.SubprocessError) as error:
        return wrong(NAME, f"{folder}: nothing can be tried: {error}", f"ls -l '{folder}'")
    if shut:
        who = service.name if service else "you"
        return wrong(
            NAME,
            f"{who} may not read {len(shut)} of {len(there) or 1} that were tried: {shut[0]}",
            f"sudo chmod -R a+rX '{folder}', and a+x for every folder above it",
        )
    if total == 0:
        return fine(NAME, f"{folder}; MPD knows no file to look for")
    return fine(NAME, f"{folder} holds {len(there)} of {total} of MPD's files that were looked for")


def is_there(path: Path) -> bool:
    """Whether something is there; what cannot be looked at counts, it is told as unreadable."""
    try:
        return path.exists()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
