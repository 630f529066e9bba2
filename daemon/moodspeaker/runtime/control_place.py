"""Where the service's control socket is: one rule for the service and its clients."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "control.sock"
SYSTEM_FOLDER = Path("/run/moodspeaker")
LONGEST_BYTES = 107
"""Of a socket's path; the kernel takes no more."""


def service_socket(
    environment: Mapping[str, str], state_dir: Path, system: Path = SYSTEM_FOLDER
) -> Path:
    """Where the service listens: as told, in systemd's folder, in `system`, or beside its state."""
    told = environment.get("MOODSPEAKER_CONTROL")
    if told:
        return Path(told)
    # systemd names several folders with colons between them.
    folder = environment.get("RUNTIME_DIRECTORY", "").split(":")[0]
    if folder:
        return Path(folder) / NAME
    writable = system.is_dir() and os.access(system, os.W_OK | os.X_OK)
    return (system if writable else state_dir) / NAME


def client_socket(
    environment: Mapping[str, str], state_dir: Path, system: Path = SYSTEM_FOLDER
) -> Path:
    """Where a service is to be found by the same rule.

    A person may use `system` without being allowed to write there, and systemd tells its folder
    to the service alone: so a socket that is there counts as much.
    """
    place = service_socket(environment, state_dir, system)
    usual = place == state_dir / NAME and not environment.get("MOODSPEAKER_CONTROL")
    return system / NAME if usual and exists(system / NAME) else place


def exists(path: Path) -> bool:
    """Whether something is there, as far as we may see."""
    try:
        return path.exists()
    except OSError:
        return False


def check_length(path: Path) -> None:
    """Raises MoodspeakerError for a path that no socket can have."""
    length = len(os.fsencode(path))
    if length > LONGEST_BYTES:
        raise MoodspeakerError(
            f"{path}: {length} bytes are too many for a socket's path, {LONGEST_BYTES} are allowed",
            "set MOODSPEAKER_CONTROL to a shorter one",
        )
