"""Runs an int8 file in every installed runtime, beside the network that it was made of."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.vision.tflite import RUNTIMES, TfliteModel

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """What one runtime made of the inputs, beside the float network's answer."""

    runtime: str
    outputs: np.ndarray
    agreement: float
    largest: float
    milliseconds: float


def runs(path: Path, inputs: np.ndarray, seen: np.ndarray) -> list[Run]:
    """One for each installed runtime; `seen` are the float network's outputs of `inputs`."""
    found = [name for name, module in RUNTIMES.items() if find_spec(module.split(".")[0])]
    assert found, "no TFLite runtime is installed"
    return [run(name, path, inputs, seen) for name in found]


def run(name: str, path: Path, inputs: np.ndarray, seen: np.ndarray) -> Run:
    """Every tensor is checked to be int8, and the batch to be 1."""
    model = TfliteModel(path, name)
    assert (model.inputs[0]["dtype"], model.outputs[0]["dtype"]) == (np.int8, np.int8)
    assert model.input_shape == (1, *inputs.shape[1:])
    assert kinds(model) <= {"int8", "int32"}
    times, rows = [], []
    for one in inputs:
        start = time.perf_counter()
        rows.append(model.run(one[None])[0][0])
        times.append(1000 * (time.perf_counter() - start))
    outputs = np.stack(rows)
    same = outputs.argmax(axis=1) == seen.argmax(axis=1)
    largest = float(np.abs(outputs - seen).max())
    return Run(name, outputs, float(same.mean()), largest, float(np.median(times)))


def kinds(model: Any) -> set[str]:
    """The types of all tensors; int32 are biases and shapes."""
    details = model._interpreter.get_tensor_details()
    return {np.dtype(detail["dtype"]).name for detail in details}
