"""What pip needs inside the container, which has no network: filled once, kept in the cache."""

from __future__ import annotations

import configparser
import hashlib
import shutil
import sys
from pathlib import Path

from boot.image import CHECKOUT
from chroot.tree import NotHere, locked, run

FILL_LIMIT_S = 600.0
BOOKWORMS = (3, 11)
ASSETS = CHECKOUT / "daemon" / "moodspeaker" / "runtime" / "assets.py"
BUILD = CHECKOUT / "scripts" / "install.d" / "wheelhouse.sh"


def wheelhouse(cache: Path) -> Path:
    """The folder below `cache`, filled by scripts/install where it is not. Raises NotHere."""
    if sys.version_info[:2] != BOOKWORMS:
        raise NotHere("the container's wheels are for Python 3.11, and this is another")
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"wheels-{recipe()}"
    with locked(cache / "lock"):
        if not folder.is_dir():
            for older in cache.glob("wheels-*"):
                shutil.rmtree(older)
            fill(folder)
    return folder


def fill(folder: Path) -> None:
    """Raises NotHere with the last thing that the installer said."""
    draft = folder.with_name("draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    program = str(CHECKOUT / "scripts" / "install")
    command = ("env", f"PYTHON={sys.executable}", program, "--make-wheelhouse", str(draft))
    filled = run(*command, limit_s=FILL_LIMIT_S)
    if filled.returncode:
        last = (filled.stderr.strip().splitlines() or ["no message"])[-1]
        raise NotHere(f"no wheelhouse: {last}")
    draft.replace(folder)


def recipe() -> str:
    """A hash over what decides what is in it."""
    parser = configparser.ConfigParser()
    parser.read(CHECKOUT / "setup.cfg", encoding="utf-8")
    parts = [parser["options"]["install_requires"], parser["options.extras_require"]["library"]]
    parts += [path.read_text() for path in (ASSETS, BUILD)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
