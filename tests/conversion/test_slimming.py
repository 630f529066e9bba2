"""A narrower network from a wider one's weights."""

from __future__ import annotations

import numpy as np
import pytest

from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.networks.architectures import build
from moodspeaker_convert.networks.ours import BLOCKS
from moodspeaker_convert.networks.slimming import slimmed
from moodspeaker_convert.networks.stored_layers import StoredLayer

pytestmark = pytest.mark.tf
SHAPE = (48, 48, 1)


def wide_with_dead_channels(path):
    """A wide network in which only as many channels work as the narrow one has."""
    model = build("mood_resnet_wide", SHAPE, 7)
    rng = np.random.default_rng(3)
    shaken = [w + rng.random(w.shape, np.float32) * (w.ndim == 1) for w in model.get_weights()]
    model.set_weights(shaken)
    norms = [layer for layer in model.layers if type(layer).__name__ == "BatchNormalization"]
    # After the stem's, the first of each block, between its two convolutions.
    places = iter(BLOCKS)
    width, between = 0, 0
    for layer in norms[1:]:
        if width == 0:
            width, _, between = next(places, (0, 0, 0))
            gamma, beta, *rest = layer.get_weights()
            alive = np.sort(rng.permutation(len(gamma))[:between])
            dead = np.setdiff1d(np.arange(len(gamma)), alive)
            gamma[dead], beta[dead] = 0.0, 0.0
            layer.set_weights([gamma, beta, *rest])
        elif followed_by_add(model, layer):
            width = 0
    # A gentle last layer, or the softmax would say the same of every picture.
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([kernel * 0.1, bias])
    model.save(path)
    return model


def followed_by_add(model, layer):
    """Whether the block's sum comes right behind this layer."""
    names = [type(one).__name__ for one in model.layers]
    return names[model.layers.index(layer) + 1] == "Add"


def test_without_its_dead_channels_a_network_says_the_same(tmp_path):
    wide = wide_with_dead_channels(tmp_path / "wide.keras")
    narrow = build("mood_resnet", SHAPE, 7, str(tmp_path / "wide.keras"))
    assert narrow.count_params() < wide.count_params()
    pictures = np.random.default_rng(1).normal(size=(4, *SHAPE)).astype(np.float32)
    told, wanted = (one.predict(pictures, verbose=0) for one in (narrow, wide))
    assert np.allclose(told, wanted, atol=1e-5)
    assert not np.allclose(wanted[0], wanted[1], atol=1e-4)


def test_another_number_of_classes_leaves_only_the_last_layer_fresh(tmp_path, capsys):
    wide_with_dead_channels(tmp_path / "wide.keras")
    build("mood_resnet", SHAPE, 8, str(tmp_path / "wide.keras"))
    assert "32 of 33 layers taken" in capsys.readouterr().err


def test_a_network_of_another_plan_is_not_cut(tmp_path):
    build("mini_xception", SHAPE, 7).save(tmp_path / "other.keras")
    with pytest.raises(ToolkitError, match="of the weights of mood_resnet"):
        build("mood_resnet", SHAPE, 7, str(tmp_path / "other.keras"))


def test_the_longest_kernels_after_normalisation_stay_in_their_order():
    kernel = np.ones((1, 1, 1, 3), np.float32)
    ones = np.ones(3, np.float32)
    gamma = np.array([0.5, 2.0, 1.0], np.float32)
    stored = [StoredLayer("c", (kernel,)), StoredLayer("n", (gamma, ones, ones, ones))]
    shapes = [((1, 1, 1, 2),), ((2,),) * 4]
    cut = slimmed(shapes, stored)
    assert cut[1].arrays[0].tolist() == [2.0, 1.0]
    assert slimmed([*shapes, ((1, 1, 2, 2),)], stored) == []
