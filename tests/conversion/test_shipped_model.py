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
from moodspeaker_convert.export.gate import file_checks
from moodspeaker_convert.faces.calibration import parse_index
from moodspeaker_convert.faces.data import load_data
from moodspeaker_convert.measuring.evaluation import evaluate
from moodspeaker_convert.measuring.scorers import open_scorer

MODEL = ROOT / "models" / "emotion.tflite"
LARGEST_BYTES = 1_500_000
LEAST = {"ferplus": (3199, 0.85), "fer": (3589, 0.55)}


def shares(runtime, pictures):
    """What the device would read from each picture."""
    pytest.importorskip(RUNTIMES[runtime], reason=f"{runtime} is not installed")
    model = TfliteEmotionModel(MODEL, runtime)
    return np.array([model.read(picture).values for picture in pictures])


def test_it_matches_its_manifest():
    manifest = load_manifest(MODEL)
    assert set(manifest.labels) - {"contempt"} == set(Emotion)
    assert manifest.input.height == manifest.input.width == 48


def test_it_is_small():
    assert MODEL.stat().st_size <= LARGEST_BYTES


def test_the_gate_passed_it_in_both_runtimes():
    gate = json.loads(MODEL.with_suffix(".json").read_text())["metrics"]["gate"]
    assert gate["passed"] is True
    assert {one["runtime"] for one in gate["comparisons"]} == set(RUNTIMES)


def test_it_is_int8_throughout():
    assert all(check.ok for check in file_checks(MODEL, parameters=1_000_000))
    model = TfliteModel(MODEL)
    assert {detail["dtype"] for detail in (*model.inputs, *model.outputs)} == {np.int8}


def test_its_recipe_names_a_calibration_index_and_a_seed():
    content = json.loads(MODEL.with_suffix(".json").read_text())
    recipe = content["recipe"]
    assert len(parse_index(recipe["calibration"]).rows) % len(content["labels"]) == 0
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
    # The runtimes round differently by a few steps, which the temperature sharpens.
    assert np.abs(one - other).max() < 0.0375 / load_manifest(MODEL).temperature


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("labels", LEAST)
def test_it_reads_the_public_test(runtime, labels, data_folder):
    pytest.importorskip(RUNTIMES[runtime], reason=f"{runtime} is not installed")
    data = load_data(data_folder / "data" / "fer2013_train_publictest.npz")
    found = evaluate(open_scorer(MODEL, runtime), data, labels, data.rows("PublicTest"))
    count, least = LEAST[labels]
    assert found["n"] == count
    assert found["accuracy"] >= least
