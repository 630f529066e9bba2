"""The model in models/ is the one its manifest describes, int8 throughout, and good enough."""

from __future__ import annotations

import json

import numpy as np
import pytest
from generated import ROOT

from moodspeaker.types import Emotion
from moodspeaker.vision.emotion import TfliteEmotionModel
from moodspeaker.vision.manifest import load_manifest
from moodspeaker.vision.tflite import RUNTIMES, TfliteModel
from moodspeaker_convert.export.verification import check_file
from moodspeaker_convert.faces.calibration import parse_index
from moodspeaker_convert.faces.data import load_data
from moodspeaker_convert.measuring.evaluation import evaluate
from moodspeaker_convert.measuring.scorers import open_scorer

MODEL = ROOT / "models" / "emotion.tflite"
LEAST = 0.60


def shares(runtime, pictures):
    """What the device would read from each picture."""
    pytest.importorskip(RUNTIMES[runtime], reason=f"{runtime} is not installed")
    model = TfliteEmotionModel(MODEL, runtime)
    return np.array([model.read_crop(picture).values for picture in pictures])


def test_it_matches_its_manifest():
    manifest = load_manifest(MODEL)
    assert set(manifest.labels) == set(Emotion)
    assert manifest.input.height == manifest.input.width == 48


def test_it_is_int8_throughout():
    check_file(MODEL, parameters=50_000)
    model = TfliteModel(MODEL)
    assert {detail["dtype"] for detail in (*model.inputs, *model.outputs)} == {np.int8}


def test_its_recipe_names_a_calibration_index_and_a_seed():
    recipe = json.loads(MODEL.with_suffix(".json").read_text())["recipe"]
    assert len(parse_index(recipe["calibration"]).rows) % 7 == 0
    assert isinstance(recipe["training"]["seed"], int)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_it_runs_in_each_runtime_on_any_size(runtime):
    rng = np.random.default_rng(2)
    pictures = [rng.integers(0, 256, (side, side), dtype=np.uint8) for side in (1, 20, 48, 200)]
    assert np.allclose(shares(runtime, pictures).sum(axis=1), 1)


def test_the_runtimes_agree():
    rng = np.random.default_rng(3)
    pictures = rng.integers(0, 256, (20, 6, 6), dtype=np.uint8)
    one, other = (shares(runtime, pictures) for runtime in RUNTIMES)
    assert np.abs(one - other).max() < 0.03


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_it_reads_the_public_test(runtime, data_folder):
    pytest.importorskip(RUNTIMES[runtime], reason=f"{runtime} is not installed")
    data = load_data(data_folder / "data" / "fer2013_train_publictest.npz")
    found = evaluate(open_scorer(MODEL, runtime), data, "fer", data.rows("PublicTest"))
    assert found["n"] == 3589
    assert found["accuracy"] >= LEAST
