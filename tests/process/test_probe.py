"""`moodspeaker probe`: what it tells of a face, and what it draws."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from moodspeaker.cli.probe import probe
from moodspeaker.errors import MoodspeakerError, SourceUnreadable
from moodspeaker.runtime.assets import ASTRONAUT, ROOM, asset_path

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 180
ASTRONAUT_PATH, ROOM_PATH = asset_path(ASTRONAUT), asset_path(ROOM)


@pytest.fixture
def portrait() -> np.ndarray:
    """The astronaut, grey, as BGR."""
    image = cv2.imread(str(ASTRONAUT_PATH), cv2.IMREAD_GRAYSCALE)
    return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)


@pytest.fixture
def clip(tmp_path: Path, portrait: np.ndarray) -> Path:
    """Six frames of the astronaut at 12 frames a second."""
    path = tmp_path / "clip.mp4"
    size = portrait.shape[1], portrait.shape[0]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 12, size)
    for _ in range(6):
        writer.write(portrait)
    writer.release()
    return path


def only_face(output: str) -> dict[str, object]:
    """The one face of the one frame."""
    (line,) = output.splitlines()
    (face,) = json.loads(line)["faces"]
    return face


def test_the_command_draws_and_tells_at_once(tmp_path: Path, portrait: np.ndarray) -> None:
    out = tmp_path / "out.png"
    argv = [sys.executable, "-m", "moodspeaker", "probe", str(ASTRONAUT_PATH), "--json"]
    done = subprocess.run(
        [*argv, "--annotate", str(out)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=True,
    )
    face = only_face(done.stdout)
    assert face["hindrance"] is None
    assert 0.9 < face["quality"] <= 1
    drawn = cv2.imread(str(out))
    assert drawn.shape == portrait.shape
    x, y, width, height = (round(n) for n in face["box"])
    changed = (drawn != portrait).any(axis=2)
    assert changed[y + height // 2, x - 2 : x + 3].any()
    assert not changed[y + height * 3 // 4, x + width // 3 : x + width * 2 // 3].any()


def test_a_dark_face_is_told_with_its_hindrance(
    tmp_path: Path, portrait: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "dark.png"
    cv2.imwrite(str(source), (portrait * 0.13).astype(np.uint8))
    assert probe(source, None, as_json=True) == 0
    face = only_face(capsys.readouterr().out)
    assert face["hindrance"] == "too dark"
    assert face["quality"] < 0.5
    probe(source, None, as_json=False)
    assert "too dark)" in capsys.readouterr().out


def test_a_clip_becomes_a_clip_of_the_same_pace(
    tmp_path: Path, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.mp4"
    assert probe(clip, None, as_json=False, annotate=out) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
    capture = cv2.VideoCapture(str(out))
    found = [capture.get(x) for x in (cv2.CAP_PROP_FPS, cv2.CAP_PROP_FRAME_COUNT)]
    assert found == pytest.approx([12, 6])


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder with two pictures of different sizes."""
    folder = tmp_path / "album"
    folder.mkdir()
    (folder / "a.png").write_bytes(ASTRONAUT_PATH.read_bytes())
    cv2.imwrite(str(folder / "b.bmp"), cv2.imread(str(ROOM_PATH)))
    return folder


@pytest.mark.parametrize("there", [False, True])
def test_a_folder_becomes_a_folder_of_the_same_names(
    tmp_path: Path, album: Path, there: bool
) -> None:
    out = tmp_path / "out"
    if there:
        out.mkdir()
        (out / "other.txt").write_text("mine")
    assert probe(album, None, as_json=True, annotate=out) == 0
    names = {file.name for file in out.iterdir()}
    assert names == {"a.png", "b.bmp.png"} | ({"other.txt"} if there else set())
    assert cv2.imread(str(out / "b.bmp.png")).shape == cv2.imread(str(ROOM_PATH)).shape


def test_a_folder_becomes_a_video(tmp_path: Path, album: Path) -> None:
    out = tmp_path / "out.mp4"
    assert probe(album, None, as_json=True, annotate=out) == 0
    assert cv2.VideoCapture(str(out)).get(cv2.CAP_PROP_FRAME_COUNT) == 2


def test_a_picture_asked_of_a_video_is_refused_before_any_frame_is_read(
    tmp_path: Path, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MoodspeakerError, match=r"for a video: \.mp4"):
        probe(clip, None, as_json=True, annotate=tmp_path / "out.png")
    assert capsys.readouterr().out == ""


def test_a_picture_of_a_folder_that_cannot_be_read_leaves_no_output(
    tmp_path: Path, album: Path
) -> None:
    (album / "c.png").write_bytes(b"no picture")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SourceUnreadable, match=r"c\.png"):
        probe(album, None, as_json=True, annotate=tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_must_not_be_written_is_one_clear_error(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(MoodspeakerError, match="cannot be written: Permission denied"):
        probe(ASTRONAUT_PATH, None, as_json=True, annotate=locked / "out.png")
