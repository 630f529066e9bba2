"""Training, calibration and device see the same tensor for the same face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from generated import faces

from moodspeaker.vision.preprocess import network_input, quantised
from moodspeaker_convert.faces.inputs import network_inputs
from moodspeaker_convert.networks.architectures import GREY_48
from moodspeaker_convert.training.augment import NOTHING, Augmentation, augmented
from moodspeaker_convert.training.batches import Epoch, TrainingSet

# Nothing but mirroring.
STILL = replace(NOTHING, mirror=True)


@pytest.fixture
def pictures():
    return faces(np.arange(7), seed=1)


def epoch(pictures, seed=(1, 0), how=STILL, size=3):
    targets = np.eye(7, dtype=np.float32)
    whole = TrainingSet(pictures, targets, np.ones(7, np.float32), np.arange(7))
    return Epoch(whole, GREY_48, how, 0.0, size, seed)


def test_the_toolkits_input_is_the_devices_byte_for_byte(pictures):
    ours = network_inputs(pictures, GREY_48)
    for picture, tensor in zip(pictures, ours, strict=True):
        assert tensor.tobytes() == network_input(picture, GREY_48).tobytes()


def test_int8_input_loses_no_grey_level():
    levels = np.arange(256, dtype=np.uint8).repeat(9).reshape(48, 48)
    tensor = quantised(network_input(levels, GREY_48), 1 / 128, 0)
    assert (tensor[0, :, :, 0].astype(int) + 128 == levels).all()


def test_training_sees_faces_through_the_same_door(pictures):
    inputs, targets, _ = epoch(pictures, size=7).batch(np.arange(7), 0)
    straight, mirrored = (
        network_inputs(pictures, GREY_48),
        network_inputs(pictures[:, :, ::-1], GREY_48),
    )
    for index in range(7):
        assert any(np.array_equal(inputs[index], way[index]) for way in (straight, mirrored))
    assert (targets.argmax(axis=1) == np.arange(7)).all()


def test_an_epoch_follows_its_seed(pictures):
    rows = np.arange(3)
    one, same, other = (
        epoch(pictures, seed, Augmentation()).batch(rows, 1)[0] for seed in ((1, 0), (1, 0), (1, 1))
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_an_epoch_shows_every_picture_once(pictures):
    assert sorted(epoch(pictures).order()) == list(range(7))
    assert epoch(pictures, size=7).count == 1
    assert epoch(pictures, size=6).count == 2


def test_augmentation_keeps_shape_and_type_and_leaves_the_original(pictures):
    before = pictures[0].copy()
    strong = Augmentation(erase_chance=1.0, erase_side=1.0)
    for seed in range(20):
        changed = augmented(pictures[0], np.random.default_rng(seed), strong)
        assert (changed.shape, changed.dtype) == (before.shape, np.uint8)
    assert (pictures[0] == before).all()
