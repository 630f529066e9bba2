"""The Debian tree to boot, as a tarball: built once, kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from chroot.tree import NotHere, builders_mirror, locked, run

CHECKOUT = Path(__file__).resolve().parents[2]
RECIPE = CHECKOUT / "scripts" / "boot-image"
BUILD_LIMIT_S = 1500.0
APT_LIMIT_S = 300.0
ANSWER_LIMIT_S = 20.0


def cache_folder() -> Path:
    """MOODSPEAKER_BOOT_CACHE names it; without that, it lies in the user's cache."""
    named = os.environ.get("MOODSPEAKER_BOOT_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(named or Path(base) / "moodspeaker" / "boot").expanduser()


def check_rights() -> None:
    """Raises NotHere without root, or where a container cannot be started; installs nspawn."""
    if os.geteuid() != 0:
        raise NotHere("not root: systemd-nspawn cannot start a container")
    if not shutil.which("systemd-nspawn") and shutil.which("apt-get"):
        run("apt-get", "update", limit_s=APT_LIMIT_S)
        run("apt-get", "install", "-y", "systemd-container", limit_s=APT_LIMIT_S)
    if not shutil.which("systemd-nspawn"):
        raise NotHere("systemd-nspawn is not installed (apt-get install systemd-container)")
    tried = run("unshare", "--mount", "--pid", "--net", "--fork", "true", limit_s=ANSWER_LIMIT_S)
    if tried.returncode:
        raise NotHere(f"the kernel allows no containers: {tried.stderr.strip()}")


def boot_image(cache: Path) -> Path:
    """The tarball below `cache`, built where there is none or an older one. Raises NotHere."""
    cache.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(RECIPE.read_bytes()).hexdigest()[:12]
    image = cache / f"bookworm-{name}.tar"
    with locked(cache / "lock"):
        if not image.is_file():
            mirror = builders_mirror("bookworm")
            for older in cache.glob("bookworm-*.tar"):
                older.unlink()
            built = run(str(RECIPE), str(image), mirror, limit_s=BUILD_LIMIT_S)
            if built.returncode:
                raise RuntimeError(f"{RECIPE} failed: {built.stderr[-2000:]}")
    return image
