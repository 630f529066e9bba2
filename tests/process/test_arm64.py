"""The service's eyes on arm64: `moodspeaker probe` under an emulator, in a Debian tree.

Shows that everything loads there and computes the same; says nothing of a Pi's speed or camera.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from arm64.emulation import Emulation
from arm64.processors import PI_4, PI_5
from chroot.tree import NotHere, run
from moodspeaker.errors import AssetError
from moodspeaker.runtime.assets import ASSETS, ASTRONAUT, asset_path, fetch

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from arm64.processors import Processor
    from moodspeaker.ports import GreyImage

pytestmark = pytest.mark.slow

EMULATED_LIMIT_S = 300.0
HERE_LIMIT_S = 60.0
TOLERANCE = 0.02
TOLERANCE_PX = 2.0


def probed(
    emulation: Emulation, pictures: Path, emulated: Processor, told: Processor
) -> CompletedProcess[str]:
    """Probes the pictures on one processor, while the kernel tells of another (or the same)."""
    arguments = ("probe", "/tmp", "--json")
    command = emulation.command(pictures, *arguments, emulated=emulated, told=told)
    return run(*command, limit_s=EMULATED_LIMIT_S)


@pytest.fixture(scope="module")
def portrait() -> GreyImage:
    """One real face, grey."""
    try:
        for asset in ASSETS:
            fetch(asset)
    except AssetError as reason:
        pytest.skip(f"arm64 was not tried: {reason}")
    image = cv2.imread(str(asset_path(ASTRONAUT)), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    return image.astype(np.uint8, copy=False)


@pytest.fixture(scope="module")
def pictures(portrait: GreyImage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The face as it is, and harder to read: certain answers alone would hide small errors."""
    folder = tmp_path_factory.mktemp("pictures")
    covered = portrait.copy()
    covered[135:185] = portrait[200]
    coarse = cv2.resize(portrait, None, fx=0.13, fy=0.13, interpolation=cv2.INTER_AREA)
    views = {
        "0-plain": portrait,
        "1-mirrored": portrait[:, ::-1],
        "2-blurred": cv2.GaussianBlur(portrait, (0, 0), 4),
        "3-more-blurred": cv2.GaussianBlur(portrait, (0, 0), 6),
        "4-mouth-covered": covered,
        "5-coarse": cv2.resize(coarse, portrait.shape),
    }
    for name, view in views.items():
        cv2.imwrite(str(folder / f"{name}.png"), view)
    return folder


@pytest.fixture(scope="module")
def emulation(tmp_path_factory: pytest.TempPathFactory) -> Emulation:
    """The Debian tree; the first time takes half a minute or more."""
    try:
        return Emulation.ready(tmp_path_factory.mktemp("cpu"))
    except NotHere as reason:
        pytest.skip(f"arm64 was not tried: {reason}")


@pytest.fixture(scope="module")
def seen_here(pictures: Path) -> list[dict[str, Any]]:
    """What this machine sees in the pictures."""
    argv = (sys.executable, "-m", "moodspeaker", "probe", str(pictures), "--json")
    done = subprocess.run(argv, capture_output=True, text=True, timeout=HERE_LIMIT_S, check=True)
    return frames(done.stdout)


def frames(output: str) -> list[dict[str, Any]]:
    """The objects of `probe --json`."""
    return [json.loads(line) for line in output.splitlines()]


def leading(face: dict[str, Any]) -> str:
    """The most probable emotion."""
    shares: dict[str, float] = face["emotions"]
    return max(shares, key=lambda name: shares[name])


@pytest.mark.parametrize("processor", [PI_4, PI_5], ids=lambda processor: processor.name)
def test_an_emulated_pi_sees_what_this_machine_sees(
    emulation: Emulation, pictures: Path, seen_here: list[dict[str, Any]], processor: Processor
) -> None:
    ended = probed(emulation, pictures, processor, told=processor)
    assert ended.returncode == 0, ended.stderr[-4000:]
    # Without its fast kernels LiteRT computes rightly too, and ten times as long.
    assert "XNNPACK delegate" in ended.stderr
    seen_there = frames(ended.stdout)
    assert leading(seen_there[0]["faces"][0]) == leading(seen_here[0]["faces"][0])
    assert [len(frame["faces"]) for frame in seen_there] == [len(f["faces"]) for f in seen_here]
    for there, here in zip(faces(seen_there), faces(seen_here), strict=True):
        assert there["emotions"] == pytest.approx(here["emotions"], abs=TOLERANCE)
        assert there["box"] == pytest.approx(here["box"], abs=TOLERANCE_PX)


def faces(seen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every face of every frame."""
    return [face for frame in seen for face in frame["faces"]]


def test_a_processor_with_dot_products_gets_kernels_of_its_own(
    emulation: Emulation, pictures: Path
) -> None:
    """Or else the run on that processor would show no more than the other one."""
    ended = probed(emulation, pictures, PI_4, told=PI_5)
    assert ended.returncode != 0
    assert "Illegal instruction" in ended.stderr
