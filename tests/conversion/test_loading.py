"""Networks that others trained, from every kind of file."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from foreign import INPUTS, network, save_as_keras_2, says, write_real

from moodspeaker_convert import backends
from moodspeaker_convert.networks import legacy
from moodspeaker_convert.networks.loading import load_keras, load_network
from moodspeaker_convert.networks.network import KerasNetwork
from moodspeaker_convert.networks.saved_model import SavedNetwork

pytestmark = [
    pytest.mark.tf,
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed"),
]
NO_TF_KERAS = "tf-keras is not installed (pip install tf-keras)"


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_keras_3_file_loads_and_sees_the_same(tmp_path, suffix):
    model = network()
    model.save(tmp_path / f"model{suffix}")
    loaded = load_network(tmp_path / f"model{suffix}")
    assert (loaded.name, loaded.input_shape, loaded.width) == ("foreign", (16, 16, 1), 3)
    assert loaded.parameters == 10 * 4 + 5 * 3
    np.testing.assert_allclose(loaded.predict(INPUTS), model.predict(INPUTS, verbose=0), atol=1e-6)


@pytest.mark.parametrize("kind", ["SeparableConv2D", "DepthwiseConv2D"])
def test_settings_that_only_keras_2_knew_do_not_stop_a_file(tmp_path, kind):
    width = (5,) if kind == "SeparableConv2D" else ()
    model = network(getattr(backends.keras().layers, kind)(*width, kernel_size=3))
    save_as_keras_2(model, tmp_path / "old.h5")
    with pytest.raises(TypeError):
        backends.keras().models.load_model(tmp_path / "old.h5", compile=False)
    loaded = load_network(tmp_path / "old.h5")
    assert isinstance(loaded, KerasNetwork)
    np.testing.assert_allclose(loaded.predict(INPUTS), model.predict(INPUTS, verbose=0), atol=1e-6)
    assert load_keras(tmp_path / "old.h5").name == "foreign"


def test_a_keras_2_file_beyond_keras_3_asks_for_tf_keras(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    probe = [
        sys.executable,
        "-c",
        "import importlib.util as u; exit(u.find_spec('tf_keras') is None)",
    ]
    if subprocess.run(probe, check=False).returncode == 0:
        pytest.skip("tf-keras is installed")
    save_as_keras_2(network(), tmp_path / "old.h5", strange=True)
    says(r"old.h5 .*pip install tf-keras", tmp_path / "old.h5")


def test_tf_keras_is_given_up_after_its_time(tmp_path, monkeypatch):
    monkeypatch.setattr(legacy, "LIMIT_SECONDS", 0.01)
    save_as_keras_2(network(), tmp_path / "old.h5", strange=True)
    says("did not load it in", tmp_path / "old.h5")


@pytest.fixture(scope="module")
def real_keras_2(tmp_path_factory):
    """A folder of files that Keras 2 itself wrote."""
    if find_spec("tf_keras") is None:
        pytest.skip(NO_TF_KERAS)
    folder = tmp_path_factory.mktemp("keras2")
    # A child does not see what pytest put on this process's path.
    with pytest.MonkeyPatch.context() as patch:
        home = str(Path(find_spec("tf_keras").origin).parents[1])
        patch.setenv("PYTHONPATH", home + os.pathsep + os.environ.get("PYTHONPATH", ""))
        write_real(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "kind"), [("real.h5", KerasNetwork), ("real.keras", SavedNetwork)]
)
def test_what_keras_2_wrote_sees_the_same(real_keras_2, name, kind):
    loaded = load_network(real_keras_2 / name)
    assert isinstance(loaded, kind)
    assert loaded.parameters == 9 + 6 + 6 + 7 * 3
    with np.load(real_keras_2 / "seen.npz") as seen:
        np.testing.assert_allclose(loaded.predict(seen["inputs"]), seen["outputs"], atol=1e-5)


def test_a_class_that_nobody_knows_is_named_after_tf_keras_too(real_keras_2, tmp_path):
    save_as_keras_2(network(), tmp_path / "old.h5", strange=True)
    says("in tf-keras either", tmp_path / "old.h5")


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_lambda_layer_is_refused_by_name_and_never_run(tmp_path, suffix):
    layer = backends.keras().layers.Lambda(lambda values: values * 2, name="twice")
    network(layer).save(tmp_path / f"model{suffix}")
    says("Lambda layer 'twice'", tmp_path / f"model{suffix}")


@pytest.mark.parametrize("name", ["broken.keras", "broken.h5"])
def test_a_damaged_file_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x89HDF no")
    says(name, tmp_path / name)


def test_a_cut_off_file_is_named(tmp_path):
    network().save(tmp_path / "whole.h5")
    content = (tmp_path / "whole.h5").read_bytes()
    (tmp_path / "cut.h5").write_bytes(content[: len(content) // 2])
    says("cut.h5", tmp_path / "cut.h5")


def test_an_archive_without_a_network_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.keras", "w") as archive:
        archive.writestr("hello.txt", "hello")
    says("other.keras", tmp_path / "other.keras")


def test_a_missing_file_is_named(tmp_path):
    says("absent.keras is missing", tmp_path / "absent.keras")


def test_weights_alone_are_no_network(tmp_path):
    network().save_weights(tmp_path / "some.weights.h5")
    says("weights but no network", tmp_path / "some.weights.h5")


def test_several_inputs_or_outputs_are_refused(tmp_path):
    keras = backends.keras()
    one, other = network(), network()
    keras.Model([one.input, other.input], one.output).save(tmp_path / "two_in.keras")
    keras.Model(one.input, [one.output, one.layers[1].output]).save(tmp_path / "two_out.keras")
    says("2 inputs and 1 outputs", tmp_path / "two_in.keras")
    says("1 inputs and 2 outputs", tmp_path / "two_out.keras")


def test_a_network_of_anything_but_pictures_is_refused(tmp_path):
    keras = backends.keras()
    vector = keras.Input((16,))
    keras.Model(vector, keras.layers.Dense(3, "softmax")(vector)).save(tmp_path / "vector.keras")
    network(shape=(16, 16, 4)).save(tmp_path / "four.keras")
    says("not pictures", tmp_path / "vector.keras")
    says("not pictures", tmp_path / "four.keras")


def test_one_number_a_picture_is_no_choice_of_classes(tmp_path):
    keras = backends.keras()
    image = keras.Input((8, 8, 1))
    scores = keras.layers.Dense(1, "sigmoid")(keras.layers.Flatten()(image))
    keras.Model(image, scores).save(tmp_path / "one.keras")
    says("not \\(batch, classes\\)", tmp_path / "one.keras")


def test_an_open_size_is_fixed_or_refused(tmp_path):
    model = network(shape=(None, None, 1))
    model.save(tmp_path / "open.keras")
    says("leaves the picture's size open", tmp_path / "open.keras")
    loaded = load_network(tmp_path / "open.keras", (16, 16))
    assert loaded.input_shape == (16, 16, 1)
    np.testing.assert_allclose(loaded.predict(INPUTS), model.predict(INPUTS, verbose=0), atol=1e-6)


def test_another_size_than_the_networks_is_refused(tmp_path):
    network().save(tmp_path / "model.keras")
    says("16x16, not 20x16", tmp_path / "model.keras", (20, 16))


@pytest.mark.parametrize("end", ["linear", "sigmoid", "relu"])
def test_a_network_without_softmax_is_refused(tmp_path, end):
    network(end=end).save(tmp_path / "model.keras")
    says("does not end in a softmax", tmp_path / "model.keras")


@pytest.mark.parametrize("end", ["Softmax", "Activation", "Reshape"])
def test_a_softmax_is_found_however_it_is_written(tmp_path, end):
    keras = backends.keras()
    bare = network(end="linear" if end != "Reshape" else "softmax")
    layer = {
        "Softmax": keras.layers.Softmax,
        "Activation": lambda: keras.layers.Activation("softmax"),
        "Reshape": lambda: keras.layers.Reshape((3,)),
    }[end]()
    keras.Model(bare.input, layer(bare.output)).save(tmp_path / "model.keras")
    assert load_network(tmp_path / "model.keras").width == 3
