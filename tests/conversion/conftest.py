"""A model trained on generated data once for all tests."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from generated import fields

from moodspeaker_convert import training
from moodspeaker_convert.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARGUMENTS = ("--arch", "compact_resnet", "--epochs", "4", "--batch", "16", "--seed", "5")


@dataclass(frozen=True, slots=True)
class Trained:
    """A data file, and the folder of a training on it."""

    data: Path
    folder: Path

    @property
    def model(self) -> Path:
        """The Keras file."""
        return self.folder / "model.keras"


def cut_off_after(epochs: int) -> Callable[..., Any]:
    """`fit_epoch` for a training that the user stops."""
    whole = training.fit_epoch

    def fit_epoch(model: Any, batches: Any, epoch: int) -> Any:
        if epoch == epochs:
            raise KeyboardInterrupt
        return whole(model, batches, epoch)

    return fit_epoch


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Trained by the command, as a user would: stopped half way, then resumed."""
    # Looked for, not imported: the toolkit decides in which order TensorFlow comes.
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed (the convert extra)")
    folder = tmp_path_factory.mktemp("training")
    np.savez(folder / "faces.npz", **fields())
    data, out = folder / "faces.npz", folder / "run"
    command = ["train", "--data", str(data), "--out", str(out), *ARGUMENTS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "fit_epoch", cut_off_after(2))
        assert main(command) == 1
    assert main([*command, "--resume"]) == 0
    return Trained(data, out)


@pytest.fixture(scope="session")
def converted(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The int8 file of `trained`, its manifest beside it."""
    out = tmp_path_factory.mktemp("models")
    arguments = ["--data", str(trained.data), "--out", str(out)]
    assert main(["convert", str(trained.model), *arguments]) == 0
    return out / "emotion.tflite"
