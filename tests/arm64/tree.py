"""A Debian bookworm tree for arm64 with what the service needs: made once, kept in a cache."""

from __future__ import annotations

import configparser
import hashlib
import shutil
import sys
from pathlib import Path

from packaging.requirements import Requirement

from chroot.tree import (
    BUILD_LIMIT_S,
    PRIVATE,
    builders_mirror,
    check_rights,
    locked,
    run,
)

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
BOOKWORM, TRIXIE = "3.11.2", "3.13.5"
"""The Pythons of 64-bit Raspberry Pi OS."""


def complete_tree(cache: Path) -> Path:
    """The tree below `cache`, built where there is none or an older one. Raises NotHere."""
    check_rights()
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "lock"):
        tree, marker = cache / "tree", cache / "complete"
        if not marker.is_file() or marker.read_text() != recipe():
            marker.unlink(missing_ok=True)
            mirror = builders_mirror("bookworm")
            shutil.rmtree(tree, ignore_errors=True)
            shutil.rmtree(cache / "tree.emulator", ignore_errors=True)
            build(tree, mirror)
            marker.write_text(recipe())
    return tree


def build(tree: Path, mirror: str) -> None:
    """Raises RuntimeError with the end of what the build said."""
    command = ("sh", str(HERE / "build.sh"), str(tree), mirror, sys.executable, *requirements())
    built = run(*PRIVATE, *command, limit_s=BUILD_LIMIT_S)
    if built.returncode:
        raise RuntimeError(f"{command[1]} failed: {built.stderr[-2000:]}")


def requirements(python: str = BOOKWORM, extra: str | None = None) -> tuple[str, ...]:
    """The service's own, as they are on a Pi: pip would ask the Python it runs in.

    `extra` adds those of an extra.
    """
    parser = configparser.ConfigParser()
    parser.read(CHECKOUT / "setup.cfg", encoding="utf-8")
    lines = parser["options"]["install_requires"].strip().splitlines()
    if extra is not None:
        lines += parser["options.extras_require"][extra].strip().splitlines()
    there = {
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "platform_machine": "aarch64",
        "sys_platform": "linux",
    }
    wanted = [Requirement(line) for line in lines if not line.strip().startswith("#")]
    return tuple(
        f"{one.name}{one.specifier}"
        for one in wanted
        if one.marker is None or one.marker.evaluate(dict(there))
    )


def recipe() -> str:
    """A hash over all that shapes the tree."""
    text = (HERE / "build.sh").read_text() + "\n".join(requirements())
    return hashlib.sha256(text.encode()).hexdigest()
