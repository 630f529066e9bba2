"""Files of Keras 1 and 2 that Keras 3 refuses."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks import legacy_export, saved_model

if TYPE_CHECKING:
    from moodspeaker_convert.networks.saved_model import SavedNetwork

LIMIT_SECONDS = 300.0
# Settings that Keras 2 wrote for these layers, and that Keras 3 does not know.
STRAY = ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint")


def stand_ins() -> dict[str, Any]:
    """Classes that make Keras 3's own layers of old settings, for `custom_objects`."""
    layers = backends.keras().layers
    return {
        kind.__name__: forgiving(kind) for kind in (layers.SeparableConv2D, layers.DepthwiseConv2D)
    }


def forgiving(layer: Any) -> Any:
    """A class whose from_config gives a `layer` without the stray settings."""

    def from_config(_: Any, config: dict[str, Any]) -> Any:
        return layer.from_config({key: config[key] for key in config if key not in STRAY})

    return type(layer.__name__, (layer,), {"from_config": classmethod(from_config)})


def through_tf_keras(path: Path, size: tuple[int, int] | None = None) -> SavedNetwork:
    """Loaded and exported by tf-keras in a process of its own. Raises ToolkitError.

    TensorFlow reads only once in a process which Keras it shall use.
    """
    # The folder lives as long as the network, and goes with it.
    scratch = tempfile.TemporaryDirectory(prefix="moodspeaker-convert-")
    folder = Path(scratch.name) / "network"
    try:
        export(path, folder)
        return saved_model.open_folder(folder, size, name=path.stem, keep=scratch)
    except BaseException:
        scratch.cleanup()
        raise


def export(path: Path, folder: Path) -> None:
    """Writes a SavedModel of the file into `folder`. Raises ToolkitError."""
    # -P: the modules beside that script must not stand in for others of the same name.
    command = [sys.executable, "-P", legacy_export.__file__, str(path.absolute()), str(folder)]
    told = os.environ | {"TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    try:
        done = subprocess.run(
            command, env=told, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ToolkitError(
            f"{path}: tf-keras did not load it in {LIMIT_SECONDS:.0f} s",
            "export it as a SavedModel folder where it was trained",
        ) from error
    if done.returncode == legacy_export.NOT_INSTALLED:
        raise ToolkitError(
            f"{path} is a file of Keras 2 that Keras 3 refuses", "pip install tf-keras"
        )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1][:200]
        raise ToolkitError(
            f"{path} does not load, in tf-keras either: {reason}",
            "export it as a SavedModel folder where it was trained",
        )
