"""FER+ votes to labels, by the authors' protocol and by the plain largest vote."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from generated import fields, write_data

from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces import label_sets, truths

# neutral, happy, surprise, sad, angry, disgust, fear, contempt, unknown, no face
MAJORITIES = [
    ([6, 4, 0, 0, 0, 0, 0, 0, 0, 0], 0),
    ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], -1),  # half is not more than half
    ([5, 1, 1, 1, 1, 1, 0, 0, 0, 0], 0),  # single votes do not count
    ([0, 0, 0, 0, 0, 0, 0, 8, 2, 0], 7),
    ([1, 0, 0, 0, 0, 0, 0, 0, 9, 0], -1),  # unknown
    ([1, 0, 0, 0, 0, 0, 0, 0, 0, 9], -1),  # no face
    ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], -1),  # nothing is left
]
PLAIN = [
    ([4, 4, 2, 0, 0, 0, 0, 0, 0, 0], 0),  # the first column wins
    ([1, 4, 4, 0, 0, 0, 0, 0, 1, 0], 1),
    ([4, 0, 0, 0, 0, 0, 0, 0, 6, 0], -1),
]


@pytest.fixture
def data(tmp_path):
    return write_data(tmp_path / "f.npz", fields())


def with_votes(data, votes):
    return replace(data, votes=np.asarray([votes], dtype=np.uint8))


@pytest.mark.parametrize(("votes", "label"), MAJORITIES)
def test_the_majority_follows_the_authors(data, votes, label):
    assert truths.majority(with_votes(data, votes)).tolist() == [label]


@pytest.mark.parametrize(("votes", "label"), PLAIN)
def test_the_plain_vote_is_the_largest(data, votes, label):
    assert truths.plain_vote(with_votes(data, votes)).tolist() == [label]


def test_targets_sum_to_one_and_point_at_the_label(data):
    for label_set in label_sets.LABEL_SETS:
        targets = truths.targets(data, label_set)
        assert np.allclose(targets.sum(axis=1), 1)
        assert (targets.argmax(axis=1) == truths.classes(data, label_set)).all()


def test_both_label_sets_name_the_same_emotion_for_a_row(data):
    names = [
        np.asarray(label_sets.names_of(one))[truths.classes(data, one)]
        for one in label_sets.LABEL_SETS
    ]
    assert (names[0] == names[1]).all()


def test_a_file_without_votes_is_refused(data):
    with pytest.raises(DataError, match="ferplus_votes"):
        truths.classes(replace(data, votes=None), "ferplus")
