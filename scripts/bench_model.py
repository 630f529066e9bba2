"""Milliseconds of one inference: two TFLite files, turn by turn, in each runtime."""

from __future__ import annotations

import importlib.util
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from moodspeaker.vision.tflite import RUNTIMES, TfliteModel

ROUNDS = 400
WARM_UP = 20


def milliseconds(models: list[TfliteModel]) -> list[float]:
    """The median of each model; taking turns makes a busy machine slow to all of them alike."""
    pictures = [np.random.default_rng(1).uniform(-1, 1, m.input_shape) for m in models]
    inputs = [picture.astype(np.float32) for picture in pictures]
    times: list[list[float]] = [[] for _ in models]
    for index in range(WARM_UP + ROUNDS):
        for model, values, kept in zip(models, inputs, times, strict=True):
            began_s = time.perf_counter()
            model.run(values)
            if index >= WARM_UP:
                kept.append((time.perf_counter() - began_s) * 1e3)
    return [statistics.median(kept) for kept in times]


def main(paths: list[Path]) -> None:
    """Prints a line a runtime and file, with the ratio to the last, the rival."""
    for runtime, module in RUNTIMES.items():
        if importlib.util.find_spec(module.split(".", maxsplit=1)[0]) is None:
            print(f"{runtime}: not installed")
            continue
        medians = milliseconds([TfliteModel(path, runtime) for path in paths])
        for path, median in zip(paths, medians, strict=True):
            size = path.stat().st_size / 1000
            ratio = median / medians[-1]
            print(f"{runtime:<16}{path.name:<34}{size:>7.0f} KB{median:>8.2f} ms{ratio:>7.2f} x")


main([Path(argument) for argument in sys.argv[1:]])
