"""Tiny networks of strangers, in Keras 2 files too: imitated, or real where tf-keras is."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks.loading import load_network

if TYPE_CHECKING:
    from pathlib import Path

INPUTS = np.random.default_rng(2).uniform(-1, 1, (6, 16, 16, 1)).astype(np.float32)
# What Keras 2.15 wrote into a SeparableConv2D, and Keras 3 refuses.
STRAY = {
    "groups": 1,
    "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
    "kernel_regularizer": None,
    "kernel_constraint": None,
}
REAL = """
import sys
import numpy as np
import tf_keras

folder = sys.argv[1]
image = tf_keras.Input((16, 16, 1))
values = tf_keras.layers.SeparableConv2D(6, 3, activation="relu")(image)
values = tf_keras.layers.GlobalAveragePooling2D()(values)
scores = tf_keras.layers.Dense(3, activation="softmax")(values)
model = tf_keras.Model(image, scores, name="keras_2")
for name in ("real.h5", "real.keras"):
    model.save(f"{folder}/{name}")
inputs = np.random.default_rng(4).uniform(-1, 1, (5, 16, 16, 1)).astype(np.float32)
np.savez(f"{folder}/seen.npz", inputs=inputs, outputs=model.predict(inputs, verbose=0))
"""


def network(*middle, shape=(16, 16, 1), end="softmax", name="foreign"):
    """A tiny Keras model; `middle` are layers between the picture and the mean over it."""
    keras = backends.keras()
    image = keras.Input(shape)
    values = keras.layers.Conv2D(4, 3, activation="relu")(image)
    for layer in middle:
        values = layer(values)
    values = keras.layers.GlobalAveragePooling2D()(values)
    return keras.Model(image, keras.layers.Dense(3, activation=end)(values), name=name)


def says(message, path, size=None):
    """The path's network is refused in one line with this in it."""
    with pytest.raises(ToolkitError, match=message) as caught:
        load_network(path, size)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


def save_as_keras_2(model: Any, path: Path, *, strange: bool = False) -> None:
    """Saves a .h5 as Keras 2.15 would have; `strange` gives it a class that Keras 3 lacks."""
    model.save(path)
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        for layer in config["config"]["layers"]:
            if layer["class_name"] in ("SeparableConv2D", "DepthwiseConv2D"):
                layer["config"] |= STRAY
            if strange and layer["class_name"] == "Dense":
                layer["class_name"] = "OldDense"
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "2.15.0"


def write_real(folder: Path) -> None:
    """real.h5, real.keras, and seen.npz with what that network makes of some inputs."""
    subprocess.run(
        [sys.executable, "-c", REAL, str(folder)], check=True, capture_output=True, timeout=300
    )
