"""The figures, by hand and by both protocols."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
from generated import fields, write_data

from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.faces import label_sets
from moodspeaker_convert.measuring.ensemble import Ensemble, parse_members
from moodspeaker_convert.measuring.evaluation import FIVE, chosen, evaluate, further, measure
from moodspeaker_convert.measuring.mcnemar import mcnemar, pair
from moodspeaker_convert.measuring.measured import Measured
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


def fer_truth(*labels):
    """Indices of FER2013's labels."""
    return np.array([label_sets.FER_LABELS.index(label) for label in labels])


def shares(**given):
    """A row of probabilities over FER2013's labels."""
    return [given.get(label, 0.0) for label in label_sets.FER_LABELS]


def test_the_json_keeps_its_keys_and_is_json(tmp_path):
    data = write_data(tmp_path / "f.npz", fields())
    rows = data.rows("PublicTest")
    found = evaluate(always("happy", label_sets.FER_LABELS, len(rows)), data, "ferplus", rows)
    assert set(found) == {
        "accuracy", "macro_f1", "n", "per_class", "confusion", "protocol", "plain_vote",
        "without_contempt", "runtime", "top2_accuracy", "ece", "ece_bins", "nll", "counts",
        "five_class",
    }  # fmt: skip
    assert set(found["plain_vote"]) == {"accuracy", "macro_f1", "n"}
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_the_counts_are_those_of_the_truths(tmp_path):
    data = write_data(tmp_path / "f.npz", fields())
    rows = data.rows("PublicTest")[:25]
    found = evaluate(always("happy", label_sets.FER_LABELS, 25), data, "fer", rows)
    assert list(found["counts"].values()) == [10, 10, 5, 0, 0, 0, 0]


def test_a_row_without_a_label_is_left_out(tmp_path):
    data = write_data(tmp_path / "f.npz", fields())
    rows = data.rows("PublicTest")
    label = data.label.copy()
    label[rows[:10]] = -1
    found = evaluate(
        always("happy", label_sets.FER_LABELS, 70), replace(data, label=label), "fer", rows
    )
    assert (found["n"], found["counts"]["angry"]) == (60, 0)
    assert found["per_class"]["angry"]["auc"] is None


def test_five_classes_leave_out_disgust_and_neutral_as_truth_and_as_answer():
    truth = fer_truth("angry", "sad", "disgust", "neutral")
    scores = np.array(
        [
            shares(neutral=0.6, angry=0.4),
            shares(disgust=0.5, happy=0.3, sad=0.2),
            shares(angry=1),
            shares(happy=1),
        ]
    )
    measured = Measured(label_sets.FER_LABELS, scores, truth)
    found = further(measured)["five_class"]
    assert (found["n"], found["accuracy"]) == (2, 0.5)
    assert list(found["per_class"]) == ["angry", "fear", "happy", "sad", "surprise"]
    assert found["per_class"]["angry"] == {"precision": 1, "recall": 1, "f1": 1, "n": 1}
    assert found["per_class"]["sad"]["recall"] == 0


def test_five_classes_leave_out_contempt_too():
    names = label_sets.FERPLUS_LABELS
    measured = Measured(names, np.eye(8), np.arange(8))
    found = measured.limited_to(FIVE).figures()
    assert (found.n, found.accuracy) == (5, 1)


def test_the_truth_may_come_second():
    scores = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    measured = Measured(("a", "b", "c"), scores, np.array([0, 1, 2]))
    assert measured.top2_accuracy == 0.666667


def test_another_protocol_changes_the_truths(tmp_path):
    arrays = fields()
    test = np.flatnonzero(arrays["usage"] == 1)
    arrays["ferplus_votes"][test[:4]] = [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]
    data = write_data(tmp_path / "f.npz", arrays)
    scorer = always("neutral", label_sets.FER_LABELS, len(test))
    plain = measure(scorer, data, "ferplus", test, "ferplus_plain_vote")
    assert (plain.protocol, plain.measured.n) == ("ferplus_plain_vote", 70)
    assert measure(scorer, data, "ferplus", test).measured.n == 66


def test_a_protocol_of_other_labels_is_refused():
    with pytest.raises(ToolkitError, match="ferplus_majority"):
        chosen("fer", "ferplus_majority")


def test_an_ensemble_is_the_weighted_mean_by_label():
    first = FixedScorer(("a", "b"), np.array([[1.0, 0.0]]))
    second = FixedScorer(("c", "b"), np.array([[0.5, 0.5]]), "other")
    both = Ensemble((first, second), (3.0, 1.0))
    assert both.labels == ("a", "b", "c")
    assert both.runtime == "none + other"
    assert both.scores(np.zeros((1, 48, 48), np.uint8)) == pytest.approx(
        np.array([[0.75, 0.125, 0.125]])
    )


def test_only_the_ratio_of_the_weights_counts():
    members = tuple(FixedScorer(("a", "b"), np.array([row])) for row in ([0.9, 0.1], [0.2, 0.8]))
    faces = np.zeros((1, 48, 48), np.uint8)
    small = Ensemble(members, (0.6, 0.4)).scores(faces)
    assert small == pytest.approx(Ensemble(members, (30.0, 20.0)).scores(faces))
    assert small.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("a.tflite:0.6,b.keras:0.4", [("a.tflite", 0.6), ("b.keras", 0.4)]),
        ("a.tflite, b.keras:2", [("a.tflite", 1), ("b.keras", 2)]),
        (r"C:\m\a.tflite:0.5,C:\m\b.keras", [(r"C:\m\a.tflite", 0.5), (r"C:\m\b.keras", 1)]),
    ],
)
def test_members_are_read_with_their_weights(text, members):
    assert [(str(one.path), one.weight) for one in parse_members(text)] == members


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a.tflite:0", "'0'"),
        ("a.tflite:1,b.keras:-2", "b.keras:-2"),
        ("a.tflite:x", "'x'"),
        ("a.tflite:nan", "'nan'"),
        ("a.tflite:inf", "'inf'"),
        ("a.tflite:", "a.tflite:"),
        ("a.onnx:1", "a.onnx"),
        ("a.tflite,,b.keras", "''"),
        ("", "''"),
    ],
)
def test_a_bad_member_is_named(text, named):
    with pytest.raises(ToolkitError, match=re.escape(named)):
        parse_members(text)


def test_pairs_are_counted_by_who_is_right():
    truth = np.array([0, 0, 0, 1])
    first = Measured(("a", "b"), np.eye(2)[[0, 0, 1, 0]], truth)
    second = Measured(("a", "b"), np.eye(2)[[0, 1, 0, 0]], truth)
    found = pair(first, second).as_json()
    assert found["mcnemar"]["p_value"] == 1
    del found["mcnemar"]
    assert found == {
        "accuracy": 0.5, "both_right": 1, "only_first": 1, "only_second": 1, "both_wrong": 1,
        "agreement": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "statistic", "p_value", "exact"),
    [
        (0, 0, 0, 1, True),
        (1, 5, 1, 0.21875, True),
        (12, 12, 12, 1, True),
        (4, 20, 4, 0.0015438795, True),
        (5, 20, 7.84, 0.0051102607, False),
        (121, 59, 20.672222, 5.4500e-6, False),
        (20, 20, 0, 1, False),
    ],
)
def test_mcnemar_against_known_values(first, second, statistic, p_value, exact):
    found = mcnemar(first, second)
    assert found.statistic == pytest.approx(statistic, abs=1e-6)
    assert found.p_value == pytest.approx(p_value, rel=1e-4)
    assert found.exact is exact
