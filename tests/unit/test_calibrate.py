"""`moodspeaker calibrate` with a scripted camera and model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from fakes.camera import FakeCamera, Step
from fakes.vision import FakeDetector, FakeEmotionModel, sure
from moodspeaker.app import factories
from moodspeaker.cli import calibrate
from moodspeaker.cli.main import main
from moodspeaker.config.schema import Config
from moodspeaker.errors import CameraBusy, CameraEnded
from moodspeaker.runtime.neutral_file import NeutralFile
from moodspeaker.types import Box, Emotion, Face
from moodspeaker.vision.looker import Limits, Looker

LIVELY = np.random.default_rng(1).integers(0, 255, (480, 640)).astype(np.uint8)
FACE = Face(Box(50, 50, 90, 90), 0.9)


@dataclass
class Sitting:
    """Somebody before the camera; `camera` and `model` may be changed by a test."""

    state_dir: Path
    camera: FakeCamera
    model: FakeEmotionModel

    def main(self, *argv: str) -> int:
        """The command."""
        return main(["calibrate", "--config", "none.yaml", *argv])


@pytest.fixture
def sitting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sitting:
    """A face that rests, a little sad, for as long as it takes; frames come 0.2 s apart."""
    monkeypatch.setenv("MOODSPEAKER_STATE_DIR", str(tmp_path))
    made = Sitting(tmp_path, FakeCamera([Step(LIVELY)]), FakeEmotionModel(sure(Emotion.SAD, 0.6)))
    looker = Looker(FakeDetector((FACE,)), made.model, Limits(0.5, 20))
    monkeypatch.setattr(factories, "open_looker", lambda _: looker)
    monkeypatch.setattr(factories, "open_camera", lambda _: made.camera)
    return made


def test_a_resting_face_is_stored_and_told(
    sitting: Sitting, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sitting.main("--seconds", "4") == 0
    stored = NeutralFile(sitting.state_dir).load()
    assert stored is not None
    assert stored.frames == 21
    assert "sad 0.60" in capsys.readouterr().out
    assert sitting.camera.closed == 1


def test_it_is_shown_and_removed(sitting: Sitting, capsys: pytest.CaptureFixture[str]) -> None:
    assert sitting.main("--show") == 0
    assert "no personal neutral" in capsys.readouterr().out
    sitting.main("--seconds", "4")
    sitting.main("--show")
    assert "mean of 21 frames" in capsys.readouterr().out
    assert sitting.main("--remove") == 0
    assert NeutralFile(sitting.state_dir).load() is None
    assert sitting.main("--remove") == 0


def test_too_short_a_look_stores_nothing_and_says_why(
    sitting: Sitting, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sitting.main("--seconds", "1.1") == 1
    assert "6 of 6 frames, needed 10" in capsys.readouterr().err
    assert NeutralFile(sitting.state_dir).load() is None
    assert sitting.camera.closed == 1


def test_a_file_that_ends_gives_what_it_had(sitting: Sitting) -> None:
    frames = [Step(LIVELY) for _ in range(12)]
    sitting.camera = FakeCamera([*frames, Step(error=CameraEnded("at its end"))])
    assert sitting.main("--seconds", "60") == 0


def test_a_camera_that_the_service_holds_names_the_other_way(
    sitting: Sitting, capsys: pytest.CaptureFixture[str]
) -> None:
    sitting.camera = FakeCamera([], open_error=CameraBusy("Pi camera 0 does not start"))
    assert sitting.main() == 1
    assert "press Calibrate in Home Assistant" in capsys.readouterr().err


def test_a_state_folder_that_cannot_be_written_is_told(
    sitting: Sitting, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = sitting.state_dir / "file"
    blocked.touch()
    monkeypatch.setenv("MOODSPEAKER_STATE_DIR", str(blocked))
    assert sitting.main("--seconds", "4") == 1
    assert "cannot be written" in capsys.readouterr().err


def test_the_frames_count_by_the_cameras_own_time(sitting: Sitting) -> None:
    found = calibrate.collected(Config(), 2.0).result(0.0)
    assert found.frames == 11
