"""Keras and PyTorch as engines of a training: the same network, resumable, and it learns."""

from __future__ import annotations

import importlib.util
import json

import numpy as np
import pytest
from generated import fields, write_data

from moodspeaker_convert import backends
from moodspeaker_convert.cli import main
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks import architectures
from moodspeaker_convert.training import torch_twin
from moodspeaker_convert.training.learners import open_learner
from moodspeaker_convert.training.plan import TrainingPlan

pytestmark = pytest.mark.tf
needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="PyTorch is not installed (the torch extra)"
)
ENGINES = ["keras", pytest.param("torch", marks=needs_torch)]
SHAPE = (48, 48, 1)
SMALL = ("--arch", "compact_resnet", "--batch", "32", "--no-augment", "--mixup", "0")


def shaken(model):
    """The model with weights that no layer has left at zero or one."""
    rng = np.random.default_rng(0)
    model.set_weights([w + 0.1 * rng.random(w.shape, np.float32) for w in model.get_weights()])
    return model


@needs_torch
@pytest.mark.parametrize("name", ["compact_resnet", "mood_resnet"])
def test_the_twin_says_what_keras_says_and_gives_the_weights_back(name):
    torch = backends.torch()
    model = shaken(architectures.build(name, SHAPE, 7))
    twin = torch_twin.twin_of(model).eval()
    pictures = np.random.default_rng(1).normal(size=(3, *SHAPE)).astype(np.float32)
    with torch.no_grad():
        told = twin(torch.from_numpy(pictures).permute(0, 3, 1, 2)).softmax(1).numpy()
    assert np.allclose(told, model.predict(pictures, verbose=0), atol=1e-5)
    back = torch_twin.take_weights(twin, model)
    assert all(np.array_equal(a, b) for a, b in zip(back, model.get_weights(), strict=True))


@needs_torch
def test_a_layer_without_a_twin_is_named():
    model = architectures.build("mini_xception", SHAPE, 7)
    with pytest.raises(ToolkitError, match=r"SeparableConv2D.*--engine keras"):
        torch_twin.twin_of(model)


@pytest.mark.parametrize(
    ("side", "stride", "wanted"), [(48, 2, (0, 1)), (48, 1, (1, 1)), (47, 2, (1, 1))]
)
def test_padding_is_as_keras_pads(side, stride, wanted):
    assert torch_twin.padding(side, 3, stride) == wanted


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_learns_and_goes_on_where_it_was_cut_off(engine, tmp_path):
    write_data(tmp_path / "faces.npz", fields())
    command = ["train", "--data", str(tmp_path / "faces.npz"), "--engine", engine, *SMALL]
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert main([*command, "--out", str(whole), "--epochs", "3"]) == 0
    history = json.loads((whole / "history.json").read_text())
    assert len(history) == 3
    assert history[-1]["val_accuracy"] > 0.5
    assert history[-1]["loss"] < history[0]["loss"]
    for path in whole.iterdir():
        cut.mkdir(exist_ok=True)
        (cut / path.name).write_bytes(path.read_bytes())
    (cut / "history.json").write_text(json.dumps(history[:2]))
    assert main([*command, "--out", str(cut), "--epochs", "3", "--resume"]) == 0
    assert len(json.loads((cut / "history.json").read_text())) == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_a_learner_saves_and_loads_all_of_itself(engine, tmp_path):
    plan = TrainingPlan(architecture="compact_resnet", label_set="fer", epochs=2, engine=engine)
    pictures = np.random.default_rng(1).normal(size=(4, *SHAPE)).astype(np.float32)
    first = open_learner(shaken(architectures.build("compact_resnet", SHAPE, 7)), plan, 3)
    first.save(tmp_path / first.checkpoint)
    other = open_learner(architectures.build("compact_resnet", SHAPE, 7), plan, 3)
    other.load(tmp_path / first.checkpoint)
    assert np.allclose(first.scores(pictures), other.scores(pictures), atol=1e-6)
    (tmp_path / first.checkpoint).write_bytes(b"no")
    with pytest.raises(ToolkitError, match="cannot be resumed"):
        other.load(tmp_path / first.checkpoint)
