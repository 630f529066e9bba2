"""A model that was trained and converted by the commands, from end to end."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from generated import SIDE, faces

from moodspeaker.types import Emotion
from moodspeaker.vision.emotion import TfliteEmotionModel
from moodspeaker.vision.manifest import load_manifest
from moodspeaker.vision.tflite import RUNTIMES, TfliteModel
from moodspeaker_convert import backends
from moodspeaker_convert.cli import main
from moodspeaker_convert.export import gate, pipeline
from moodspeaker_convert.export.quantise import int8_tflite
from moodspeaker_convert.faces import calibration
from moodspeaker_convert.faces.data import load_data
from moodspeaker_convert.measuring import scorers
from moodspeaker_convert.networks.architectures import ARCHITECTURES, build
from moodspeaker_convert.networks.loading import load_keras
from moodspeaker_convert.training.run_files import read_record

pytestmark = pytest.mark.tf


def run(*arguments):
    return main([str(argument) for argument in arguments])


def both(folder, name="emotion"):
    return (folder / f"{name}.tflite").exists(), (folder / f"{name}.json").exists()


def test_training_leaves_its_record(trained):
    record = read_record(trained.model)
    assert record.arguments["seed"] == 5
    assert record.counts["train"] == 378
    assert record.counts["validation"] == len(record.validation) == 42
    assert record.data_sha256 == load_data(trained.data).sha256
    assert len(json.loads((trained.folder / "history.json").read_text())) == 7


def test_a_resumed_training_that_is_done_changes_nothing(trained):
    before = (trained.folder / "model.keras").read_bytes()
    arguments = ("--arch", "compact_resnet", "--epochs", 7, "--batch", 16, "--seed", 5, "--resume")
    assert run("train", "--data", trained.data, "--out", trained.folder, *arguments) == 0
    assert (trained.folder / "model.keras").read_bytes() == before


def test_the_manifest_has_exactly_the_agreed_fields(converted):
    content = json.loads(converted.with_suffix(".json").read_text())
    assert list(content) == [
        "format", "name", "labels", "input", "output", "quantisation", "valence_arousal",
        "recipe", "data", "metrics", "sha256",
    ]  # fmt: skip
    assert set(content["input"]) == {
        "height", "width", "channels", "colour", "mean", "std", "equalise", "margin",
    }  # fmt: skip
    assert set(content["output"]) == {"softmax", "temperature"}
    assert load_manifest(converted).input == ARCHITECTURES["compact_resnet"].input


def test_the_manifest_tells_the_tensors_own_scales(converted):
    told = json.loads(converted.with_suffix(".json").read_text())["quantisation"]
    model = TfliteModel(converted)
    for name, detail in (("input", model.inputs[0]), ("output", model.outputs[0])):
        assert (told[name]["scale"], told[name]["zero_point"]) == detail["quantization"]


def test_calibration_travels_with_the_manifest(converted, trained):
    recipe = json.loads(converted.with_suffix(".json").read_text())["recipe"]
    assert calibration.parse_index(recipe["calibration"]) == read_record(trained.model).calibration


def test_every_tensor_is_int8(converted):
    assert all(check.ok for check in gate.file_checks(converted, parameters=500_000))
    assert {TfliteModel(converted).inputs[0]["dtype"]} == {np.int8}


def test_a_file_too_small_for_its_weights_fails(converted):
    checks = gate.file_checks(converted, parameters=2 * converted.stat().st_size)
    assert [check.ok for check in checks] == [True, False]


def test_both_runtimes_see_what_keras_sees(converted, trained):
    pictures = faces(np.tile(np.arange(7), 4), seed=11)
    float_best = scorers.open_scorer(trained.model).scores(pictures).argmax(axis=1)
    for runtime in RUNTIMES:
        if find_spec(RUNTIMES[runtime].split(".")[0]) is None:
            continue
        best = scorers.open_scorer(converted, runtime).scores(pictures).argmax(axis=1)
        assert (best == float_best).mean() >= 0.95


def test_the_device_reads_the_planted_emotion(converted):
    model = TfliteEmotionModel(converted)
    picture = faces(np.array([3]), seed=12)[0]
    assert model.read(picture).ranked()[0] is Emotion.HAPPY
    assert model.read(np.repeat(picture, 2, axis=0).repeat(2, axis=1)).ranked()[0] == "happy"


@pytest.fixture
def already_int8(converted, monkeypatch):
    """Spares a test the seconds of another conversion; everything round it is real."""
    monkeypatch.setattr(pipeline, "int8_tflite", lambda *_: converted.read_bytes())


@pytest.mark.usefixtures("already_int8")
def test_a_conversion_overwrites_only_by_force(converted, trained, tmp_path, capsys):
    for path in (converted, converted.with_suffix(".json")):
        shutil.copy(path, tmp_path)
    arguments = (trained.model, "--data", trained.data, "--out", tmp_path)
    (tmp_path / "emotion.tflite").write_bytes(b"old")
    assert run("convert", *arguments) == 1
    assert "--force" in capsys.readouterr().err
    assert (tmp_path / "emotion.tflite").read_bytes() == b"old"
    assert run("convert", *arguments, "--force", "--json") == 0
    assert json.loads(capsys.readouterr().out)["name"] == "emotion"
    load_manifest(tmp_path / "emotion.tflite")


def test_noise_for_calibration_is_refused_with_a_report_and_nothing_is_written(
    trained, tmp_path, monkeypatch, capsys
):
    def with_noise(network, calibration):
        # Ranges from pictures a hundred times too faint: every activation is cut off.
        noise = np.random.default_rng(1).normal(0, 0.01, calibration.shape)
        return int8_tflite(network, noise.astype(np.float32))

    monkeypatch.setattr(pipeline, "int8_tflite", with_noise)
    command = ("convert", trained.model, "--data", trained.data, "--out", tmp_path / "out")
    assert run(*command, "--json") == 3
    said = capsys.readouterr()
    assert "FAILED" in said.err
    assert "Traceback" not in said.err
    assert json.loads(said.out)["gate"]["passed"] is False
    assert not (tmp_path / "out").exists()
    assert run(*command, "--no-gate") == 0
    written = json.loads((tmp_path / "out" / "emotion.json").read_text())
    assert written["metrics"]["gate"]["passed"] is False


def test_the_gate_hears_every_runtime_that_is_installed(converted):
    found = json.loads(converted.with_suffix(".json").read_text())["metrics"]["gate"]
    assert found["passed"] is True
    assert {one["runtime"] for one in found["comparisons"]} == set(pipeline.installed_runtimes())


def test_a_stranger_s_network_is_converted_by_what_its_user_tells(trained, tmp_path, capsys):
    load_keras(trained.model).save(tmp_path / "theirs.h5")
    command = ("convert", tmp_path / "theirs.h5", "--data", trained.data, "--out", tmp_path)
    told = ("--mean", 128, "--std", 128, "--label-names")
    assert run(*command, *told, "angry,disgust,fear,happy,sad,surprise") == 1
    assert "7 numbers for 6 labels" in capsys.readouterr().err
    assert run(*command, *told, "angry,disgust,fear,happy,sad,surprise,neutral") == 0
    content = json.loads((tmp_path / "emotion.json").read_text())
    assert content["recipe"]["source"] == "theirs.h5"
    assert content["output"]["temperature"] == 1.0


def test_validation_rows_are_refused_as_calibration(trained, tmp_path, capsys):
    record = read_record(trained.model)
    index = replace(record.calibration, rows=record.validation[:7])
    (tmp_path / "index.json").write_text(json.dumps(index.as_json()))
    arguments = ("--calibration", tmp_path / "index.json", "--out", tmp_path / "models")
    assert run("convert", trained.model, "--data", trained.data, *arguments) == 1
    assert "outside training" in capsys.readouterr().err
    assert both(tmp_path) == (False, False)


def test_other_data_than_the_trainings_is_refused(trained, tmp_path, capsys):
    with np.load(trained.data) as file:
        np.savez(tmp_path / "other.npz", **(dict(file) | {"extra": np.zeros(1)}))
    assert run("convert", trained.model, "--data", tmp_path / "other.npz", "--out", tmp_path) == 1
    assert "other data" in capsys.readouterr().err


def test_evaluate_measures_both_kinds_of_file(converted, trained, capsys):
    for model in (converted, trained.model):
        assert run("evaluate", "--model", model, "--data", trained.data, "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert found["n"] == 70
        assert found["accuracy"] > 0.9
    assert run("evaluate", "--model", converted, "--data", trained.data, "--labels", "ferplus") == 0
    assert "plain_vote" in capsys.readouterr().out


def test_a_damaged_keras_file_is_named(trained, tmp_path, capsys):
    shutil.copy(trained.folder / "training.json", tmp_path)
    (tmp_path / "model.keras").write_text("no")
    assert run("evaluate", "--model", tmp_path / "model.keras", "--data", trained.data) == 1
    said = capsys.readouterr().err
    assert "model.keras" in said
    assert said.count("\n") == 1


def test_mini_xception_becomes_int8_too(tmp_path):
    images = np.random.default_rng(1).uniform(-1, 1, (4, SIDE, SIDE, 1)).astype(np.float32)
    model = build("mini_xception", (SIDE, SIDE, 1), 7)
    path = tmp_path / "mini_xception.tflite"
    path.write_bytes(int8_tflite(model, images))
    assert all(check.ok for check in gate.file_checks(path, model.count_params()))


def test_a_float_file_fails_verification(trained, tmp_path):
    model = load_keras(trained.model)
    one = backends.keras().Input(batch_shape=(1, SIDE, SIDE, 1))
    whole = backends.keras().Model(one, model(one))
    converter = backends.tensorflow().lite.TFLiteConverter.from_keras_model(whole)
    (tmp_path / "float.tflite").write_bytes(converter.convert())
    every_op, _ = gate.file_checks(tmp_path / "float.tflite", model.count_params())
    assert not every_op.ok
    assert "float32" in every_op.found
