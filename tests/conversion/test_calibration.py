"""Calibration sees training pictures only, as many of each class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from generated import CLASSES, EACH, fields, write_data

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces import calibration, truths
from moodspeaker_convert.faces.splits import split_rows


@pytest.fixture
def data(tmp_path):
    return write_data(tmp_path / "f.npz", fields())


@pytest.fixture
def split(data):
    return split_rows(data, "fer", seed=1)


@pytest.fixture
def index(data, split):
    return chosen(data, split, seed=4)


def chosen(data, split, seed):
    truth = truths.classes(data, "fer")[split.train]
    return calibration.choose(split.train, truth, data.sha256, seed)


def test_the_index_is_balanced_and_of_training_rows_only(data, split, index):
    assert np.isin(index.rows, split.train).all()
    each = min(calibration.PER_CLASS, EACH - EACH // 10)
    assert np.bincount(data.label[list(index.rows)]).tolist() == [each] * CLASSES


def test_the_index_follows_its_seed(data, split, index):
    assert chosen(data, split, 4) == index
    assert chosen(data, split, 5) != index


def test_a_small_class_sets_the_size_of_all(data, split):
    rows = split.train[(data.label[split.train] != 1) | (split.train % 9 == 0)]
    truth = truths.classes(data, "fer")[rows]
    found = calibration.choose(rows, truth, data.sha256, seed=1)
    assert set(np.bincount(data.label[list(found.rows)])) == {(truth == 1).sum()}


def test_the_index_survives_its_file(index):
    assert calibration.parse_index(index.as_json()) == index
    manifest = {"format": 1, "recipe": {"calibration": index.as_json()}}
    assert calibration.parse_index(manifest) == index


@pytest.mark.parametrize("broken", [[], {}, {"format": 2}, {"format": 1, "rows": "all"}])
def test_a_file_that_is_no_index_is_refused(broken):
    with pytest.raises(DataError):
        calibration.parse_index(broken)


def test_validation_and_test_rows_are_refused(data, split, index):
    for stranger in (split.validation[0], data.rows("PublicTest")[0]):
        mixed = replace(index, rows=(*index.rows, int(stranger)))
        with pytest.raises(DataError, match="outside training"):
            calibration.calibration_images(mixed, data, split.validation)


def test_the_index_of_other_data_is_refused(data, split, index):
    with pytest.raises(DataError, match="other data"):
        calibration.calibration_images(replace(index, data_sha256="0"), data, split.validation)
