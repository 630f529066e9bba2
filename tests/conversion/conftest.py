"""A model trained on generated data once for all tests."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from generated import fields

from moodspeaker_convert import backends
from moodspeaker_convert.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SEED = 3
ARGUMENTS = ("--arch", "compact_resnet", "--epochs", "7", "--batch", "16", "--seed", "5")


@pytest.fixture(autouse=True)
def same_weights(request: pytest.FixtureRequest) -> None:
    """A network begins with the same weights in every run, whatever ran before.

    With others, one in thirty tiny networks is so undecided that int8 tips its choice.
    """
    if request.node.get_closest_marker("tf") and importlib.util.find_spec("tensorflow"):
        backends.keras().utils.set_random_seed(SEED)


@dataclass(frozen=True, slots=True)
class Trained:
    """A data file, and the folder of a training on it."""

    data: Path
    folder: Path

    @property
    def model(self) -> Path:
        """The Keras file."""
        return self.folder / "model.keras"


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Trained by the command, so that the tests on it see what a user would."""
    # Looked for, not imported: the toolkit decides in which order TensorFlow comes.
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed (the convert extra)")
    folder = tmp_path_factory.mktemp("training")
    np.savez(folder / "faces.npz", **fields())
    data, out = folder / "faces.npz", folder / "run"
    command = ["train", "--data", str(data), "--out", str(out), *ARGUMENTS]
    assert main(command) == 0
    return Trained(data, out)


@pytest.fixture(scope="session")
def converted(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The int8 file of `trained`, its manifest beside it."""
    out = tmp_path_factory.mktemp("models")
    arguments = ["--data", str(trained.data), "--out", str(out)]
    assert main(["convert", str(trained.model), *arguments]) == 0
    return out / "emotion.tflite"
