"""Boots a tree with systemd as PID 1 and no network, until it powers itself off."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from chroot.tree import NotHere

if TYPE_CHECKING:
    from collections.abc import Sequence

END_LIMIT_S = 30.0
# Where no systemd runs outside, nobody can register the container or give it a unit.
WITHOUT_SYSTEMD = ("--register=no", "--keep-unit")
# The hierarchies that systemd uses: two side by side, or one.
HIERARCHIES = ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup")
GROUP = "moodspeaker-boot-"
# Moves itself into the groups before `--`, and becomes the command after it.
JOIN = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; shift; exec "$@"'


def boot(tree: Path, log: Path, limit_s: float) -> bool:
    """Boots the tree; False where it did not end by itself in time and was shut down.

    Raises NotHere where systemd never came up in it.
    """
    outside = Path("/run/systemd/system").is_dir()
    groups = () if outside else own_groups()
    options = () if outside else WITHOUT_SYSTEMD
    nspawn = ("systemd-nspawn", "--quiet", f"--directory={tree}", "--private-network", "--boot")
    joined = ("sh", "-c", JOIN, "sh", *map(str, groups), "--", *nspawn, *options)
    with log.open("ab") as said:
        # The container ends with this process, even where that is killed.
        launcher = subprocess.Popen(
            ("setpriv", "--pdeathsig", "TERM", *joined),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            launcher.wait(limit_s)
        except subprocess.TimeoutExpired:
            return False
        finally:
            end(launcher)
            sweep(groups)
    if launcher.returncode and not any((tree / "var" / "log" / "journal").glob("*")):
        raise NotHere(f"the container did not start: {log.read_text(errors='replace')[-500:]}")
    return True


def own_groups() -> tuple[Path, ...]:
    """A control group in each hierarchy: two containers in one would take each other's."""
    made = []
    for hierarchy in map(Path, HIERARCHIES):
        # What a run that was killed left.
        sweep([old for old in hierarchy.glob(f"{GROUP}*") if not alive(old.name)])
        if (hierarchy / "cgroup.procs").is_file():
            made.append(hierarchy / f"{GROUP}{os.getpid()}")
            made[-1].mkdir(exist_ok=True)
    return tuple(made)


def alive(group: str) -> bool:
    """Whether the process still runs that made a group of that name."""
    return Path("/proc", group.removeprefix(GROUP)).is_dir()


def sweep(groups: Sequence[Path]) -> None:
    """Takes the groups away, with the empty ones that the container leaves in them."""
    for group in groups:
        for folder, _, _ in os.walk(group, topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()


def end(launcher: subprocess.Popen[bytes]) -> None:
    """Shuts the container down in order; failing that, ends its init.

    A launcher that is killed leaves its container running, so it never is.
    """
    if launcher.poll() is not None:
        return
    inits = children(launcher.pid)
    launcher.terminate()
    try:
        launcher.wait(END_LIMIT_S)
    except subprocess.TimeoutExpired:
        for pid in inits:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        launcher.wait(END_LIMIT_S)


def children(pid: int) -> tuple[int, ...]:
    """The direct ones."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return ()
    return tuple(int(child) for child in listed.split())
