"""The networks that can be trained, and the weights that they can start from."""

from __future__ import annotations

import socket
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from generated import faces
from int8_runs import runs

from moodspeaker.vision.manifest import InputSpec
from moodspeaker_convert import backends
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.export.quantise import int8_tflite
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.networks import published, weights_files
from moodspeaker_convert.networks.architectures import ARCHITECTURES, Recipe, build
from moodspeaker_convert.networks.stored_layers import StoredLayer

tensorflow = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="TensorFlow is not installed (the convert extra)"
)
SMALL = (16, 16, 1)
CLASSES = 7


def test_every_name_is_its_own():
    assert all(name == one.name for name, one in ARCHITECTURES.items())
    assert {
        "mini_xception", "compact_resnet", "mood_resnet", "mood_resnet_wide", "cnn_2block", "vgg16",
        "vgg16_bn_l2", "efficientnet_b3", "resnet50_v2", "cnn_3conv",
    } == set(ARCHITECTURES)  # fmt: skip


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_recipe_can_be_followed(name):
    recipe = ARCHITECTURES[name].recipe
    assert recipe.optimizer in ("adamw", "adam", "sgd")
    assert recipe.schedule in ("cosine", "plateau", "constant")
    assert min(recipe.rate, recipe.epochs, recipe.batch) > 0
    assert "\n" not in ARCHITECTURES[name].what


def test_our_networks_keep_their_recipe_and_input():
    spec = InputSpec(48, 48, 1, "grey", 128.0, 128.0, "none", 0.1)
    for name in ("compact_resnet", "mood_resnet"):
        assert ARCHITECTURES[name].recipe == Recipe()
        assert ARCHITECTURES[name].input == spec


def test_the_penalised_vgg_trains_as_published():
    recipe = ARCHITECTURES["vgg16_bn_l2"].recipe
    assert (recipe.optimizer, recipe.rate, recipe.momentum, recipe.nesterov) == (
        "sgd", 1e-4, 0.85, True,
    )  # fmt: skip


def test_the_names_cost_no_heavy_import():
    script = (
        "import sys, moodspeaker_convert.networks.architectures;"
        "sys.exit(bool({'numpy', 'cv2', 'keras', 'tensorflow', 'h5py'} & set(sys.modules)))"
    )
    told = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    assert subprocess.run([sys.executable, "-c", script], env=told, check=False).returncode == 0


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(ToolkitError, match="mood_resnet"):
        build("moodresnet", SMALL, CLASSES)


@tensorflow
@pytest.mark.tf
class TestBuilding:
    """Networks of their own sizes and others."""

    @pytest.mark.parametrize(
        ("name", "parameters"),
        [("mini_xception", 58_423), ("compact_resnet", 560_927), ("mood_resnet", 1_056_167)],
    )
    def test_small_networks_have_the_size_they_claim(self, name, parameters):
        assert build(name, (48, 48, 1), CLASSES).count_params() == parameters

    def test_the_block_network_takes_what_a_search_tries(self):
        model = published.cnn_2block_with(SMALL, 3, filters=(4, 8, 8), dropout=0.1, dense=5)
        kinds = [type(layer).__name__ for layer in model.layers]
        assert kinds.count("Conv2D") == kinds.count("MaxPooling2D") == 3
        dropped = [layer.rate for layer in model.layers if type(layer).__name__ == "Dropout"]
        assert dropped == [0.1] * 4
        assert model.layers[-3].units == 5

    def test_the_penalised_vgg_has_13_convolutions_and_3_dense_layers(self):
        model = build("vgg16_bn_l2", (48, 48, 1), CLASSES)
        penalised = [layer for layer in model.layers if getattr(layer, "kernel_regularizer", None)]
        kinds = [type(layer).__name__ for layer in penalised]
        assert (kinds.count("Conv2D"), kinds.count("Dense")) == (13, 3)
        assert {float(layer.kernel_regularizer.l2) for layer in penalised} == {0.01}
        normalising = [one for one in model.layers if type(one).__name__ == "BatchNormalization"]
        assert len(normalising) == 13

    @pytest.mark.parametrize(("name", "shape"), [("vgg16", (16, 16, 3)), ("cnn_2block", (2, 2, 1))])
    def test_a_picture_that_is_too_small_is_refused(self, name, shape):
        with pytest.raises(ToolkitError, match=f"{name} cannot take pictures of"):
            build(name, shape, CLASSES)

    def test_vgg16_undoes_our_scaling_to_what_its_base_was_taught(self):
        model = build("vgg16", (48, 48, 3), CLASSES)
        scaled = (np.full((1, 48, 48, 3), 200.0, np.float32) - 128) / 128
        seen = np.asarray(model.layers[1](scaled))[0, 0, 0]
        np.testing.assert_allclose(seen, 200 - np.array([103.939, 116.779, 123.68]), rtol=1e-5)


@tensorflow
@pytest.mark.tf
class TestWeights:
    """What a network can start from."""

    @pytest.mark.parametrize("suffix", [".keras", ".h5", ".weights.h5"])
    def test_a_file_fills_the_same_network_whatever_its_layers_are_called(self, tmp_path, suffix):
        model, path = randomised(build("compact_resnet", SMALL, CLASSES)), tmp_path / f"a{suffix}"
        (model.save_weights if suffix == ".weights.h5" else model.save)(path)
        again = build("compact_resnet", SMALL, CLASSES, str(path))
        assert again.layers[1].name != model.layers[1].name
        for old, new in zip(model.get_weights(), again.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)

    def test_another_number_of_classes_leaves_only_the_head_fresh(self, tmp_path, capsys):
        model = randomised(build("compact_resnet", SMALL, CLASSES))
        model.save(tmp_path / "seven.keras")
        again = build("compact_resnet", SMALL, 3, str(tmp_path / "seven.keras"))
        for old, new in zip(model.get_weights()[:-2], again.get_weights()[:-2], strict=True):
            np.testing.assert_array_equal(old, new)
        weighted = sum(bool(layer.weights) for layer in again.layers)
        assert f"{weighted - 1} of {weighted} layers taken" in capsys.readouterr().err

    @pytest.mark.parametrize("suffix", [".h5", ".weights.h5"])
    def test_a_base_without_a_head_fills_the_transfer_network(self, tmp_path, suffix):
        keras = backends.keras()
        base = keras.applications.VGG16(include_top=False, weights=None, input_shape=(48, 48, 3))
        path = tmp_path / f"base{suffix}"
        (base.save_weights if suffix == ".weights.h5" else base.save)(path)
        model = build("vgg16", (48, 48, 3), CLASSES, str(path))
        for name in ("block1_conv1", "block5_conv3"):
            old, new = base.get_layer(name).kernel, model.get_layer(name).kernel
            np.testing.assert_array_equal(old, new)

    def test_layers_without_names_follow_those_with_names(self, tmp_path):
        model, path = build("efficientnet_b3", (32, 32, 3), 3), tmp_path / "a.weights.h5"
        randomised(model).save_weights(path)
        again = build("efficientnet_b3", (32, 32, 3), 3, str(path))
        for old, new in zip(model.get_weights(), again.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)

    def test_an_inner_model_of_an_older_file_fills_the_transfer_network(self, tmp_path):
        keras = backends.keras()
        base = keras.applications.VGG16(include_top=False, weights=None, input_shape=(48, 48, 3))
        image = keras.Input((48, 48, 3))
        flat = keras.layers.Flatten()(base(image))
        keras.Model(image, keras.layers.Dense(5)(flat)).save(tmp_path / "nested.h5")
        model = build("vgg16", (48, 48, 3), CLASSES, str(tmp_path / "nested.h5"))
        old, new = (one.get_layer("block4_conv2").kernel for one in (base, model))
        np.testing.assert_array_equal(old, new)

    def test_weights_of_another_network_are_refused(self, tmp_path):
        build("cnn_3conv", SMALL, CLASSES).save(tmp_path / "other.keras")
        with pytest.raises(ToolkitError, match=r"other.keras: only \d+ % of the weights"):
            build("compact_resnet", SMALL, CLASSES, str(tmp_path / "other.keras"))

    def test_what_holds_no_weights_is_refused(self, tmp_path):
        (tmp_path / "text.h5").write_text("no")
        for path, message in (("text.h5", "no Keras weights"), ("absent.h5", "is missing")):
            with pytest.raises(ToolkitError, match=message) as caught:
                build("cnn_3conv", SMALL, CLASSES, str(tmp_path / path))
            assert "\n" not in str(caught.value)

    def test_nobody_trained_ours_on_imagenet(self):
        with pytest.raises(ToolkitError, match="nobody trained mood_resnet"):
            build("mood_resnet", (48, 48, 1), CLASSES, "imagenet")

    def test_imagenet_offline_is_one_clear_line(self, tmp_path, monkeypatch):
        def offline(*_args, **_kwargs):
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", offline)
        # Else weights that were downloaded before would do.
        monkeypatch.setattr("keras.src.backend.config.keras_home", lambda: str(tmp_path))
        monkeypatch.setattr("keras.src.utils.file_utils.config.keras_home", lambda: str(tmp_path))
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(ToolkitError, match="cannot be downloaded") as caught:
            build("vgg16", (48, 48, 3), CLASSES, "imagenet")
        assert "\n" not in str(caught.value)
        assert "none" in caught.value.remedy
        assert socket.getdefaulttimeout() is None

    def test_a_stalled_download_is_given_up(self, monkeypatch):
        monkeypatch.setattr(weights_files, "STALL_SECONDS", 0.2)
        with (
            socket.create_server(("127.0.0.1", 0)) as silent,
            weights_files.stalls_limited(),
            socket.create_connection(silent.getsockname()) as asking,
            pytest.raises(TimeoutError),
        ):
            asking.recv(1)

    def test_imagenets_deviations_become_variances(self):
        mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
        public = StoredLayer("normalization", (mean, std, np.array(0)))
        np.testing.assert_allclose(weights_files.loadable(public)[1], std**2)
        ours = StoredLayer("normalization", (mean, std**2, np.array(0)))
        np.testing.assert_allclose(weights_files.loadable(ours)[1], std**2)


@tensorflow
@pytest.mark.tf
@pytest.mark.slow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_trains_converts_and_runs(name, tmp_path):
    architecture, keras = ARCHITECTURES[name], backends.keras()
    spec = architecture.input
    labels = np.arange(2 * CLASSES) % CLASSES
    inputs = network_inputs(faces(labels, seed=6), spec)
    keras.utils.set_random_seed(3)
    model = build(name, (spec.height, spec.width, spec.channels), CLASSES)
    before = model.get_weights()
    model.compile(keras.optimizers.SGD(1e-5), "sparse_categorical_crossentropy")
    losses = model.fit(inputs, labels, batch_size=CLASSES, verbose=0).history["loss"]
    assert np.isfinite(losses).all()
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert any(changed)
    path = tmp_path / f"{name}.tflite"
    path.write_bytes(int8_tflite(model, inputs))
    assert path.stat().st_size > 0.8 * model.count_params()
    for run in runs(path, inputs, model.predict(inputs, batch_size=CLASSES, verbose=0)):
        print(
            f"\n{name} {run.runtime}: {path.stat().st_size} bytes, {run.milliseconds:.2f} ms, "
            f"agreement {run.agreement:.2f}, largest difference {run.largest:.4f}"
        )
        assert run.outputs.shape == (len(inputs), CLASSES)
        np.testing.assert_allclose(run.outputs.sum(axis=1), 1, atol=0.05)


def randomised(model):
    """`model` with every weight drawn, so that no two layers are alike."""
    rng = np.random.default_rng(8)
    model.set_weights([np.abs(rng.normal(size=one.shape)) for one in model.get_weights()])
    return model
