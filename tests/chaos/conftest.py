"""What the chaos tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moodspeaker.demo.clip import make_clip
from moodspeaker.errors import AssetError

if TYPE_CHECKING:
    from pathlib import Path

FACE_S = 12.0


@pytest.fixture(scope="session")
def face_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face that is always there; skips where its photo cannot be had."""
    path = tmp_path_factory.mktemp("clip") / "face.mp4"
    try:
        make_clip(path, 0, FACE_S, 0)
    except AssetError as error:
        pytest.skip(f"no picture of a face: {error}")
    return path
