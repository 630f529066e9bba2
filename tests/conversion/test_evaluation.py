"""The figures, by hand and by both protocols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from generated import fields, write_data

from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.faces import label_sets
from moodspeaker_convert.measuring.evaluation import evaluate
from moodspeaker_convert.measuring.measures import figures

CONTEMPT_VOTES = (0, 0, 0, 0, 0, 0, 0, 10, 0, 0)


@dataclass(frozen=True, slots=True)
class FixedScorer:
    """Answers each face with the scores that were put in."""

    labels: tuple[str, ...]
    answers: np.ndarray
    runtime: str = "none"

    def scores(self, images):
        return self.answers[: len(images)]


def always(label, labels, count):
    """A scorer that sees one label everywhere."""
    return FixedScorer(labels, np.tile(np.eye(len(labels))[labels.index(label)], (count, 1)))


def test_the_figures_of_a_small_confusion_are_right():
    truth, predicted = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    found = figures(("a", "b", "c"), truth, predicted)
    assert found.accuracy == 0.75
    assert found.per_class["a"] == {"precision": 1, "recall": 0.666667, "f1": 0.8, "n": 3}
    assert found.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2, abs=1e-6)
    assert found.confusion["a"] == {"a": 0.666667, "b": 0.333333, "c": 0}
    assert found.confusion["c"] == {"a": 0, "b": 0, "c": 0}


def test_no_picture_is_no_error():
    nothing = np.zeros(0, dtype=np.int64)
    assert figures(("a",), nothing, nothing).as_json()["accuracy"] == 0


def test_the_fer_protocol_has_every_field(tmp_path):
    data = write_data(tmp_path / "f.npz", fields())
    rows = data.rows("PublicTest")
    scorer = always("happy", label_sets.FER_LABELS, len(rows))
    found = evaluate(scorer, data, "fer", rows)
    assert found["protocol"] == "fer2013_7"
    assert (found["n"], found["accuracy"]) == (70, round(1 / 7, 6))
    assert found["per_class"]["happy"]["recall"] == 1
    assert set(found["confusion"]) == set(label_sets.FER_LABELS)


def test_contempt_counts_as_neutral_under_fer(tmp_path):
    data = write_data(tmp_path / "f.npz", fields())
    rows = data.rows("PublicTest")
    # 0.3 + 0.3 beat the 0.4 of happy only when they are added.
    answer = dict.fromkeys(label_sets.FERPLUS_LABELS, 0.0)
    answer |= {"neutral": 0.3, "contempt": 0.3, "happy": 0.4}
    scorer = FixedScorer(label_sets.FERPLUS_LABELS, np.tile(list(answer.values()), (len(rows), 1)))
    assert evaluate(scorer, data, "fer", rows)["per_class"]["neutral"]["recall"] == 1


def test_a_model_without_contempt_gets_contempt_wrong_under_ferplus(tmp_path):
    arrays = fields()
    test = np.flatnonzero(arrays["usage"] == 1)
    arrays["ferplus_votes"][test] = [10, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    arrays["ferplus_votes"][test[:7]] = CONTEMPT_VOTES
    data = write_data(tmp_path / "f.npz", arrays)
    found = evaluate(always("neutral", label_sets.FER_LABELS, len(test)), data, "ferplus", test)
    assert found["protocol"] == "ferplus_majority"
    assert (found["accuracy"], found["n"]) == (0.9, 70)
    assert (found["without_contempt"]["accuracy"], found["without_contempt"]["n"]) == (1, 63)


def test_the_plain_vote_counts_the_pictures_that_the_majority_leaves_out(tmp_path):
    arrays = fields()
    test = np.flatnonzero(arrays["usage"] == 1)
    arrays["ferplus_votes"][test[:4]] = [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]
    data = write_data(tmp_path / "f.npz", arrays)
    found = evaluate(always("neutral", label_sets.FER_LABELS, len(test)), data, "ferplus", test)
    assert (found["n"], found["plain_vote"]["n"]) == (66, 70)


def test_a_label_that_the_protocol_does_not_know_is_refused(tmp_path):
    data = write_data(tmp_path / "f.npz", fields())
    rows = data.rows("PublicTest")
    with pytest.raises(ToolkitError, match="bored"):
        evaluate(always("bored", ("bored",), len(rows)), data, "fer", rows)
