"""Hyperband over cnn_2block, on generated data and a space of two."""

from __future__ import annotations

import importlib.util
import json

import pytest
from generated import fields, write_data

from moodspeaker_convert.cli import main
from moodspeaker_convert.training.search import SearchPlan, search

pytestmark = [
    pytest.mark.tf,
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("keras_tuner") is None,
        reason="KerasTuner is not installed (the convert extra)",
    ),
]
SPACE = {
    "first_filters": (4,), "second_filters": (8,), "dropout": (0.2,), "dense": (16,),
    "rate": (1e-7, 3e-3),
}  # fmt: skip


def test_the_rate_that_learns_wins_and_its_network_is_kept_to_convert(tmp_path, capsys):
    data = write_data(tmp_path / "faces.npz", fields())
    plan = SearchPlan("fer", epochs=4, factor=2, batch=32, seed=1)
    trials = search(data, plan, tmp_path / "search", space=SPACE)
    assert trials[0]["rate"] == 3e-3
    assert [one["val_accuracy"] for one in trials] == sorted(
        (one["val_accuracy"] for one in trials), reverse=True
    )
    assert json.loads((tmp_path / "search" / "search.json").read_text()) == trials
    model, where = tmp_path / "search" / "model.keras", tmp_path / "faces.npz"
    command = ["convert", model, "--data", where, "--out", tmp_path / "out", "--no-gate"]
    assert main([str(part) for part in command]) == 0
    assert "int8" in capsys.readouterr().out
