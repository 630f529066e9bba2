"""What `moodspeaker doctor` finds of the emotion model and the detector."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from moodspeaker.app.factories import model_path
from moodspeaker.config.schema import Vision
from moodspeaker.doctor import eyes
from moodspeaker.runtime.assets import DETECTOR, SHORT_RANGE, asset_folder
from moodspeaker.vision import tflite


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of ours, with its manifest."""
    ours = model_path(Vision())
    for name in ("emotion.tflite", "emotion.json"):
        shutil.copy(ours.with_name(name), tmp_path / name)
    return tmp_path / "emotion.tflite"


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """A copy of the fetched files; skips where they were not fetched."""
    for asset in (DETECTOR, SHORT_RANGE):
        if not (asset_folder() / asset.name).is_file():
            pytest.skip("the detector's files are not here: run moodspeaker fetch")
        shutil.copy(asset_folder() / asset.name, tmp_path / asset.name)
    return tmp_path


def test_our_model_runs_and_tells_its_runtime_and_time() -> None:
    found = eyes.examine_model(Vision())
    assert (found.name, found.ok) == ("model", True)
    assert "ms a face (" in found.detail


def test_a_changed_byte_of_the_model_is_found(model: Path) -> None:
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    found = eyes.examine_model(Vision(model=str(model)))
    assert (found.name, found.ok) == ("model", False)
    assert "sha256 differs" in found.detail
    assert "scripts/install --upgrade" in found.remedy


@pytest.mark.parametrize("name", ["emotion.tflite", "emotion.json"])
def test_a_missing_file_of_the_model_is_named(model: Path, name: str) -> None:
    model.with_name(name).unlink()
    found = eyes.examine_model(Vision(model=str(model)))
    assert not found.ok
    assert name in found.detail
    assert "vision.model" in found.remedy


def test_a_manifest_that_is_no_manifest_is_told(model: Path) -> None:
    model.with_suffix(".json").write_text("{}")
    found = eyes.examine_model(Vision(model=str(model)))
    assert "no usable manifest" in found.detail
    assert "moodspeaker-convert" in found.remedy


def test_a_missing_runtime_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tflite, "RUNTIMES", {"ai-edge-litert": "not_installed_here"})
    found = eyes.examine_model(Vision())
    assert (found.name, found.ok) == ("model", False)
    assert "pip install ai-edge-litert" in found.remedy


def test_what_the_service_says_of_its_model_is_told() -> None:
    found = eyes.model_told({"model_health": "emotion.tflite is missing"})
    assert found is not None
    assert (found.name, found.ok) == ("model", False)
    assert "systemctl restart" in found.remedy


@pytest.mark.parametrize("state", [{}, {"model_health": "ok"}, {"model_health": "starting"}])
def test_a_service_whose_model_is_well_adds_nothing(state: dict[str, str]) -> None:
    assert eyes.model_told(state) is None


def test_the_fetched_detector_runs(assets: Path) -> None:
    found = eyes.examine_detector(Vision(), assets)
    assert (found.name, found.ok) == ("detector", True)
    assert found.detail.startswith("blazeface, ")


@pytest.mark.parametrize("asset", [DETECTOR, SHORT_RANGE])
@pytest.mark.parametrize("detector", ["auto", "blazeface"])
def test_a_missing_file_of_the_detector_is_to_be_fetched(
    assets: Path, asset: object, detector: str
) -> None:
    path = assets / asset.name
    path.unlink()
    found = eyes.examine_detector(Vision(detector=detector), assets)
    assert (found.name, found.ok) == ("detector", False)
    assert f"{path} is missing" in found.detail
    assert "moodspeaker fetch" in found.remedy


def test_a_changed_file_of_the_detector_is_to_be_fetched_again(assets: Path) -> None:
    path = assets / SHORT_RANGE.name
    path.write_bytes(path.read_bytes()[:-1])
    found = eyes.examine_detector(Vision(), assets)
    assert "sha256 differs" in found.detail
    assert "moodspeaker fetch" in found.remedy


def test_haar_needs_no_fetched_file(tmp_path: Path) -> None:
    found = eyes.examine_detector(Vision(detector="haar"), tmp_path)
    assert found.ok
    assert found.detail.startswith("haar, ")


def test_a_detector_of_one_s_own_that_will_not_do_is_a_matter_of_the_config(
    tmp_path: Path,
) -> None:
    path = tmp_path / "own.onnx"
    path.write_bytes(b"nothing")
    found = eyes.examine_detector(Vision(detector="yunet", detector_model=str(path)), tmp_path)
    assert (found.name, found.ok) == ("detector", False)
    assert "vision.detector_model" in found.remedy
