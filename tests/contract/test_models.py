"""Detectors and the emotion model on a real face, in every TFLite runtime that is installed."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fakes.camera import grey
from moodspeaker.errors import ModelError
from moodspeaker.runtime.assets import ASTRONAUT, DETECTOR, ROOM, asset_path, model_folder
from moodspeaker.types import Box, Emotion, Face
from moodspeaker.vision.blazeface import BlazeFaceDetector
from moodspeaker.vision.clips import read_picture
from moodspeaker.vision.emotion import TfliteEmotionModel
from moodspeaker.vision.frames import MemoryFrame
from moodspeaker.vision.haar import HaarDetector
from moodspeaker.vision.looker import Limits, Looker
from moodspeaker.vision.manifest import load_manifest, sha256_of
from moodspeaker.vision.tflite import RUNTIMES, TfliteModel

if TYPE_CHECKING:
    from moodspeaker.ports import Detector

ASTRONAUTS_FACE = Box(175, 65, 100, 115)
"""Roughly, in the 512x512 portrait."""
LIMITS = Limits(min_score=0.5, min_face=20)


@pytest.fixture(params=list(RUNTIMES))
def runtime(request: pytest.FixtureRequest) -> str:
    """Each TFLite runtime; one that has no wheel for this Python is skipped."""
    name: str = request.param
    if importlib.util.find_spec(RUNTIMES[name].split(".")[0]) is None:
        pytest.skip(f"{name} is not installed for this Python")
    return name


@pytest.fixture(params=["blazeface", "haar"])
def detector(request: pytest.FixtureRequest) -> Detector:
    """Each detector."""
    if request.param == "haar":
        return HaarDetector(20)
    return BlazeFaceDetector(asset_path(DETECTOR), 0.3)


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (a.area + b.area - shared)


def test_a_real_face_is_found_where_it_is(detector: Detector) -> None:
    picture = read_picture(asset_path(ASTRONAUT))
    best = max(detector.detect(picture), key=lambda face: face.box.area)
    assert overlap(best.box, ASTRONAUTS_FACE) > 0.4
    assert 0.5 <= best.score <= 1


@pytest.mark.parametrize("size", [(320, 240), (240, 320), (640, 480), (100, 700)])
def test_pictures_without_a_face_of_any_shape_have_none(
    detector: Detector, size: tuple[int, int]
) -> None:
    assert not [f for f in detector.detect(grey(*size)) if f.score >= 0.5]


def test_a_table_is_no_face() -> None:
    frame = MemoryFrame(0, read_picture(asset_path(ROOM)), 320)
    detector = BlazeFaceDetector(asset_path(DETECTOR), 0.5)
    assert detector.detect(frame.luma) == ()


def test_eyes_are_inside_the_box_and_the_left_one_is_left() -> None:
    (face, *_) = BlazeFaceDetector(asset_path(DETECTOR), 0.5).detect(
        read_picture(asset_path(ASTRONAUT))
    )
    assert face.eyes is not None
    (left_x, left_y), (right_x, right_y) = face.eyes
    box = face.box
    assert box.x < left_x < right_x < box.x + box.width
    assert box.y < min(left_y, right_y)
    assert max(left_y, right_y) < box.y + box.height


def test_the_astronaut_smiles_in_every_runtime(runtime: str) -> None:
    model = TfliteEmotionModel(model_folder() / "emotion.tflite", runtime)
    detector = BlazeFaceDetector(asset_path(DETECTOR), 0.3, runtime)
    frame = MemoryFrame(0, read_picture(asset_path(ASTRONAUT)), 320)
    observation = Looker(detector, model, LIMITS).look(frame)
    assert observation.scores is not None
    assert observation.scores.ranked()[0] is Emotion.HAPPY
    assert sum(observation.scores.values) == pytest.approx(1)


def test_the_runtimes_agree_about_the_shipped_model() -> None:
    if importlib.util.find_spec("tflite_runtime") is None:
        pytest.skip("tflite-runtime is not installed for this Python: nothing to compare")
    one, other = (TfliteEmotionModel(model_folder() / "emotion.tflite", name) for name in RUNTIMES)
    pictures = np.random.default_rng(1).integers(0, 256, (20, 48, 48), dtype=np.uint8)
    differences = [
        abs(p - q)
        for picture in pictures
        for p, q in zip(one.read(picture).values, other.read(picture).values, strict=True)
    ]
    assert max(differences) < 0.05


def test_the_shipped_model_is_int8_in_and_out(runtime: str) -> None:
    model = TfliteModel(model_folder() / "emotion.tflite", runtime)
    assert model.inputs[0]["dtype"] is np.int8
    assert model.outputs[0]["dtype"] is np.int8


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the shipped model and its manifest, to be harmed."""
    for name in ("emotion.tflite", "emotion.json"):
        shutil.copy(model_folder() / name, tmp_path)
    return tmp_path / "emotion.tflite"


def change_manifest(model: Path, **changes: object) -> None:
    """Sets top-level fields; the hash is kept right."""
    path = model.with_suffix(".json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_model_with_another_hash_than_its_manifest_is_refused(shipped: Path) -> None:
    change_manifest(shipped, sha256="0" * 64)
    with pytest.raises(ModelError, match="sha256"):
        load_manifest(shipped)


@pytest.mark.parametrize("missing", [".tflite", ".json"])
def test_a_model_without_its_other_half_is_refused(shipped: Path, missing: str) -> None:
    shipped.with_suffix(missing).unlink()
    with pytest.raises(ModelError, match="is missing"):
        load_manifest(shipped)


@pytest.mark.parametrize(
    "changes", [{"format": 99}, {"labels": ["happy"]}, {"input": {}}, {"output": None}]
)
def test_a_manifest_that_makes_no_sense_is_refused(
    shipped: Path, changes: dict[str, object]
) -> None:
    change_manifest(shipped, **changes)
    with pytest.raises(ModelError):
        TfliteEmotionModel(shipped).read(grey(), Face(Box(0, 0, 99, 99), 1.0))


def test_a_file_that_is_no_model_is_refused(shipped: Path, runtime: str) -> None:
    shipped.write_bytes(b"not a model" * 100)
    change_manifest(shipped, sha256=sha256_of(shipped))
    with pytest.raises(ModelError, match="does not load"):
        TfliteEmotionModel(shipped, runtime)


def test_a_model_of_another_shape_than_its_manifest_says_is_refused(shipped: Path) -> None:
    wrong = json.loads(shipped.with_suffix(".json").read_text())["input"] | {"width": 64}
    change_manifest(shipped, input=wrong)
    with pytest.raises(ModelError, match="manifest says"):
        TfliteEmotionModel(shipped)


def test_a_missing_detector_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="moodspeaker fetch"):
        BlazeFaceDetector(tmp_path / "none.tflite", 0.5)


def test_the_emotion_model_is_no_detector() -> None:
    with pytest.raises(ModelError, match="no BlazeFace"):
        BlazeFaceDetector(model_folder() / "emotion.tflite", 0.5)
