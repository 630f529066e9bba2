"""The rate, the balance, mixup, augmentation and teachers: each on numbers one can check."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from generated import faces

from moodspeaker.vision.manifest import InputSpec
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.training import balance
from moodspeaker_convert.training.augment import NOTHING, Augmentation, augmented
from moodspeaker_convert.training.batches import Epoch, TrainingSet, mixed
from moodspeaker_convert.training.plan import TrainingPlan
from moodspeaker_convert.training.schedule import average_momentum, plateaus, rate_at
from moodspeaker_convert.training.teachers import check_teacher, taught
from moodspeaker_convert.training.trainer import stalled

PLAN = TrainingPlan(architecture="mood_resnet", label_set="fer", rate=1.0)
GREY = InputSpec(48, 48, 1, "grey", 128.0, 128.0, "none", 0.1)


def test_the_cosine_warms_up_peaks_and_ends_near_nothing():
    rates = [rate_at(PLAN, step, 1000) for step in range(1000)]
    assert rates[0] == pytest.approx(1 / 60)
    assert max(rates) == rates[60] == pytest.approx(1.0)
    assert rates[:60] == sorted(rates[:60])
    assert rates[60:] == sorted(rates[60:], reverse=True)
    assert rates[-1] == pytest.approx(0.005, abs=1e-4)


def test_a_resumed_training_past_its_end_does_not_climb_again():
    assert rate_at(PLAN, 1500, 1000) == rate_at(PLAN, 1000, 1000)


@pytest.mark.parametrize(
    ("losses", "count"),
    [([], 0), ([3, 2, 2, 2], 0), ([3, 2, 2, 2, 2], 1), ([3, 2, 2, 2, 1, 1, 1], 0), ([1] * 7, 2)],
)
def test_a_plateau_is_three_epochs_without_gain(losses, count):
    assert plateaus(losses) == count
    plan = replace(PLAN, schedule="plateau")
    assert rate_at(plan, 5, 10, losses) == 0.5**count


def test_a_constant_rate_is_constant():
    plan = replace(PLAN, schedule="constant")
    assert {rate_at(plan, step, 10, [1.0] * 9) for step in range(10)} == {1.0}


def test_a_short_training_does_not_average_in_its_beginning():
    assert average_momentum(PLAN, 100_000) == pytest.approx(1 - 1 / 500)
    assert average_momentum(PLAN, 40) == pytest.approx(0.5)


def test_without_averaging_the_mean_is_the_last_weights():
    assert average_momentum(replace(PLAN, average_steps=0), 100_000) == 0.0


def test_rare_classes_weigh_more_and_the_mean_weight_is_one():
    truth = np.repeat([0, 1], [400, 100])
    weights = balance.loss_weights(truth, "weights")
    assert weights.mean() == pytest.approx(1.0)
    assert weights[-1] / weights[0] == pytest.approx(2.0)
    assert set(balance.loss_weights(truth, "none")) == {1.0}


def test_oversampling_evens_classes_out_up_to_a_limit_and_keeps_every_row():
    truth = np.repeat([0, 1, 2], [100, 40, 5])
    drawn = balance.draws(truth, "oversample", seed=1)
    assert np.bincount(truth[drawn]).tolist() == [100, 100, 5 * balance.MOST_REPEATS]
    assert set(drawn) == set(range(len(truth)))
    assert np.array_equal(drawn, balance.draws(truth, "oversample", seed=1))
    assert balance.draws(truth, "weights", seed=1).tolist() == list(range(len(truth)))


def test_mixup_mixes_pictures_and_targets_by_one_share():
    inputs = np.arange(4, dtype=np.float32).reshape(4, 1, 1, 1)
    targets = np.eye(4, dtype=np.float32)
    found = [mixed(inputs, targets, np.random.default_rng(seed), 0.4) for seed in range(20)]
    changed = [pair for pair in found if not np.array_equal(pair[0], inputs)]
    assert 3 < len(changed) < 17
    for pictures, wanted in changed:
        assert np.allclose(wanted.sum(axis=1), 1)
        assert np.allclose(pictures.ravel(), wanted @ inputs.ravel(), atol=1e-6)


def epoch(how, mixup=0.0, seed=(1, 0)):
    images = faces(np.arange(7).repeat(3), seed=1)
    targets = np.eye(7, dtype=np.float32)[np.arange(7).repeat(3)]
    whole = TrainingSet(images, targets, np.ones(21, np.float32), np.arange(21))
    return Epoch(whole, GREY, how, mixup, 8, seed)


def test_an_epoch_has_every_row_once_and_is_the_same_again_by_its_seed():
    first, again, other = (
        [batch[0] for batch in epoch(Augmentation(), 0.2, seed)]
        for seed in ((1, 0), (1, 0), (1, 1))
    )
    assert [len(batch) for batch in first] == [8, 8, 5]
    assert all(np.array_equal(one, same) for one, same in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_without_augmentation_the_pictures_are_as_they_were():
    shown = epoch(NOTHING)
    order = shown.order()
    inputs = np.concatenate([batch[0] for batch in shown])
    assert np.array_equal(inputs[..., 0] * 128 + 128, shown.faces.images[order].astype(np.float32))


CHANGES = {
    "rotation": {"rotation_degrees": 20.0},
    "zoom": {"zoom": 0.5},
    "shift": {"shift": 0.5},
    "contrast": {"contrast": 0.5},
    "brightness": {"brightness": 50.0},
    "blur": {"blur": 2.0, "blur_chance": 1.0},
    "noise": {"noise": 20.0},
    "erasing": {"erase_chance": 1.0, "erase_side": 0.5},
    "mirror": {"mirror": True},
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_changes_the_picture_and_keeps_its_shape(name):
    how = replace(NOTHING, **CHANGES[name])
    picture = faces(np.array([3]), seed=2)[0]
    rng = np.random.default_rng(4)
    changed = [augmented(picture, rng, how) for _ in range(8)]
    assert all(one.shape == picture.shape and one.dtype == np.uint8 for one in changed)
    assert any(not np.array_equal(one, picture) for one in changed)


def test_teachers_replace_their_share_and_see_each_face_mirrored_too():
    seen = []

    def teacher(images):
        seen.append(images)
        return np.tile([0.0, 1.0], (len(images), 1))

    images = faces(np.array([1, 2]), seed=3)
    targets = np.tile(np.float32([1, 0]), (2, 1))
    assert taught(targets, images, [teacher], 0.25).tolist() == [[0.75, 0.25]] * 2
    assert np.array_equal(seen[1], images[:, :, ::-1])
    assert taught(targets, images, [], 0.25) is targets
    with pytest.raises(ToolkitError, match="other labels"):
        taught(np.ones((2, 3), np.float32), images, [teacher], 0.25)


def test_a_teacher_that_has_seen_the_validation_rows_is_refused():
    record = SimpleNamespace(label_set="fer", arguments={"seed": 7, "split_seed": 2})
    check_teacher(Path("t.keras"), record, "fer", 2)
    with pytest.raises(ToolkitError, match="seed 2"):
        check_teacher(Path("t.keras"), record, "fer", 1)
    with pytest.raises(ToolkitError, match="learnt fer"):
        check_teacher(Path("t.keras"), record, "ferplus", 2)


def test_patience_counts_epochs_without_a_better_accuracy():
    history = [{"val_accuracy": value} for value in (0.5, 0.6, 0.6, 0.59)]
    assert stalled(history, 2)
    assert not stalled(history, 3)
    assert not stalled(history, 0)
    assert not stalled(history[:2], 2)
