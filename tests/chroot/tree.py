"""The Debian trixie tree with the real picamera2: made once, kept in the user's cache folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
RECIPE = ("build.sh", "dmaheap_shim.c", "virtual.yaml")
# Mounts and processes of a command end with it, also where it is killed.
PRIVATE = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child")
BUILD_LIMIT_S = 1500.0
APT_LIMIT_S = 300.0
ANSWER_LIMIT_S = 20.0


class NotHere(Exception):
    """This machine cannot have the tree; the text names what is missing."""


def complete_tree(cache: Path) -> Path:
    """The tree below `cache`, built where there is none or an older one. Raises NotHere."""
    check_rights()
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "lock"):
        tree, marker = cache / "tree", cache / "complete"
        if not marker.is_file() or marker.read_text() != recipe():
            marker.unlink(missing_ok=True)
            if not shutil.which("gcc"):
                raise NotHere("gcc is not installed")
            mirror = builders_mirror("trixie")
            shutil.rmtree(tree, ignore_errors=True)
            build(tree, mirror)
            marker.write_text(recipe())
    return tree


def run(*command: str, limit_s: float) -> subprocess.CompletedProcess[str]:
    """Runs to the end; raises subprocess.TimeoutExpired, the command killed."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=limit_s,
        check=False,
    )


def check_rights() -> None:
    """Raises NotHere without root, or where the kernel allows no private mounts."""
    if os.geteuid() != 0:
        raise NotHere("not root: a chroot with mounts of its own is not allowed")
    if platform.machine() != "x86_64":
        raise NotHere(f"the tree is for x86_64, this is {platform.machine()}")
    if not shutil.which("unshare"):
        raise NotHere("unshare is not installed")
    tried = run(*PRIVATE, "mount", "-t", "proc", "proc", "/proc", limit_s=ANSWER_LIMIT_S)
    if tried.returncode:
        raise NotHere(f"the kernel allows no private mounts: {tried.stderr.strip()}")


def builders_mirror(suite: str) -> str:
    """The Debian mirror of `suite`, with mmdebstrap installed. Raises NotHere."""
    if not shutil.which("apt-get"):
        raise NotHere("no apt-get: not a Debian machine")
    if not shutil.which("mmdebstrap"):
        run("apt-get", "update", limit_s=APT_LIMIT_S)
        installed = run("apt-get", "install", "-y", "mmdebstrap", limit_s=APT_LIMIT_S)
        if installed.returncode:
            raise NotHere(f"mmdebstrap is not installed: {installed.stderr.strip()[-300:]}")
    return answering_mirror(suite)


def answering_mirror(suite: str) -> str:
    """Where apt on this machine gets Debian from, asked for `suite`. Raises NotHere."""
    listed = run(
        *("apt-get", "indextargets", "--format", "$(REPO_URI)"),
        *("Created-By: Packages", "Origin: Debian", "Label: Debian"),
        limit_s=ANSWER_LIMIT_S,
    )
    for mirror in (uri.rstrip("/") for uri in listed.stdout.split()):
        try:
            urllib.request.urlopen(f"{mirror}/dists/{suite}/InRelease", timeout=ANSWER_LIMIT_S)  # noqa: S310 - apt's own
        except OSError as error:
            raise NotHere(f"apt's Debian mirror does not answer: {error}") from error
        return mirror
    raise NotHere("apt knows no Debian mirror (apt-get update?)")


def build(tree: Path, mirror: str) -> None:
    """Raises RuntimeError with the end of what the build said."""
    script = str(HERE / "build.sh")
    built = run(*PRIVATE, "sh", script, str(tree), mirror, sys.executable, limit_s=BUILD_LIMIT_S)
    if built.returncode:
        raise RuntimeError(f"{script} failed: {built.stderr[-2000:]}")


def recipe() -> str:
    """A hash over all that shapes the tree."""
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in RECIPE)).hexdigest()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time; a second one waits."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
