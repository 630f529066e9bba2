"""What the chaos tests share."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from moodspeaker.demo.clip import make_clip
from moodspeaker.demo.servers import find_program
from moodspeaker.errors import AssetError

if TYPE_CHECKING:
    from pathlib import Path

FACE_S = 12.0
ROUNDS = 24
"""A camera holds its device open; a file that begins anew is closed and opened."""


@pytest.fixture(scope="session")
def face_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face that is there for five minutes; skips where its photo cannot be had."""
    folder = tmp_path_factory.mktemp("clip")
    once, path = folder / "once.mp4", folder / "face.mp4"
    try:
        make_clip(once, 0, FACE_S, 0)
    except AssetError as error:
        pytest.skip(f"no picture of a face: {error}")
    repeat = ("-stream_loop", str(ROUNDS), "-i", str(once), "-c", "copy", str(path))
    subprocess.run((find_program("ffmpeg"), "-v", "error", *repeat), check=True)
    return path
