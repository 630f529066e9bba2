"""Models side by side: what the lines hold, and models that come without a manifest."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass

import numpy as np
import pytest
from generated import ROOT, fields
from subcommands import run

from moodspeaker.errors import ModelError
from moodspeaker.vision.tflite import RUNTIMES, find_runtime
from moodspeaker_convert.commands import compare as command
from moodspeaker_convert.errors import DataError, ToolkitError
from moodspeaker_convert.measuring import timing
from moodspeaker_convert.measuring.bare_models import Described, open_model
from moodspeaker_convert.measuring.comparison import Entry, line
from moodspeaker_convert.measuring.scorers import open_scorer

SHIPPED = ROOT / "models" / "emotion.tflite"
LABELS = "neutral,happy,surprise,sad,angry,disgust,fear,contempt"


def installed():
    """The TFLite runtimes that can be imported here."""
    found = []
    for name in RUNTIMES:
        try:
            found.append(find_runtime(name)[0])
        except ModelError:
            continue
    return found


@dataclass(frozen=True, slots=True)
class SlowScorer:
    """Counts its faces, and does nothing else."""

    seen: list
    labels: tuple[str, ...] = ("happy",)
    runtime: str = "none"

    def scores(self, images):
        self.seen.append(len(images))
        return np.ones((len(images), 1))


@pytest.fixture
def data(tmp_path):
    np.savez(tmp_path / "faces.npz", **fields())
    return tmp_path / "faces.npz"


@pytest.fixture
def bare(tmp_path):
    """The shipped network as somebody else would publish it: without a manifest."""
    return shutil.copy(SHIPPED, tmp_path / "bare.tflite")


def compared(capsys, *arguments):
    run(command, *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_a_model_has_a_line_for_each_installed_runtime(data, capsys):
    told = compared(capsys, SHIPPED, "--data", data, "--limit", 10)
    assert [one["runtime"] for one in told["models"]] == installed()
    assert told["n"] == 10


def test_one_runtime_is_one_line(data, capsys):
    name = installed()[0]
    told = compared(capsys, SHIPPED, "--data", data, "--limit", 10, "--runtime", name)
    assert [one["runtime"] for one in told["models"]] == [name]


def test_a_model_agrees_with_itself(data, capsys):
    runtime = installed()[0]
    arguments = (SHIPPED, SHIPPED, "--data", data, "--limit", 20, "--runtime", runtime)
    for one in compared(capsys, *arguments)["models"]:
        assert (one["agreement"], one["mean_difference"]) == (1, 0)
        assert one["kilobytes"] == round(SHIPPED.stat().st_size / 1024, 1)
        assert one["ms_per_face"] > 0
        # 13 layers' weights are a byte each, so the file is a little larger than their number.
        assert 500_000 < one["parameters"] < SHIPPED.stat().st_size


def test_agreement_and_difference_are_counted_by_hand():
    names, truth = ("happy", "sad"), np.array([0, 1, 1, 0])
    first = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    other = np.array([[0.8, 0.2], [0.6, 0.4], [0.0, 1.0], [1.0, 0.0]])
    found = line(Entry(SHIPPED, open_scorer(SHIPPED)), other, first, truth, names, 1.23456)
    assert (found.accuracy, found.agreement) == (0.75, 0.75)
    assert found.mean_difference == pytest.approx((0.2 + 0.2 + 0.6 + 0.6) / 8)
    assert found.ms_per_face == 1.235


def test_a_bare_file_answers_as_it_does_with_its_manifest(data, bare, capsys):
    sees = ("--label-names", LABELS, "--mean", 128, "--std", 128)
    told = compared(capsys, SHIPPED, bare, "--data", data, "--runtime", installed()[0], *sees)
    with_manifest, without = told["models"]
    assert without["agreement"] == 1
    assert without["accuracy"] == with_manifest["accuracy"]


def test_a_manifest_can_be_named(data, bare, capsys):
    named = f"{bare}={SHIPPED.with_suffix('.json')}"
    arguments = (SHIPPED, bare, "--data", data, "--limit", 20, "--runtime", installed()[0])
    told = compared(capsys, *arguments, "--manifest", named)
    assert (told["models"][1]["agreement"], told["models"][1]["mean_difference"]) == (1, 0)


def test_a_bare_file_whose_last_operation_is_a_softmax_gets_no_second_one(bare):
    scorer = open_model(bare, "auto", described=Described(tuple(LABELS.split(",")), 128.0, 128.0))
    assert scorer.manifest.softmax
    assert scorer.manifest.input.height == 48
    assert scorer.scores(np.zeros((2, 30, 40), dtype=np.uint8)).sum() == pytest.approx(2)


def test_a_bare_file_without_a_word_on_it_is_refused(bare):
    with pytest.raises(ToolkitError, match=r"bare\.tflite has no manifest.*--label-names"):
        open_model(bare, "auto")


def test_labels_that_are_too_few_are_refused(bare):
    with pytest.raises(ModelError, match="8 numbers for 2 labels"):
        open_model(bare, "auto", described=Described(("happy", "sad"), 0.0, 1.0))


def test_a_label_that_nobody_measures_is_refused(data, bare):
    names = LABELS.replace("fear", "bored")
    with pytest.raises(ToolkitError, match="bored"):
        run(command, bare, "--data", data, "--limit", 5, "--label-names", names)


def test_a_missing_model_is_named(data, tmp_path):
    with pytest.raises(ToolkitError, match=r"none\.tflite is missing"):
        run(command, SHIPPED, tmp_path / "none.tflite", "--data", data)


def test_a_manifest_for_a_model_that_is_not_compared_is_refused(data):
    with pytest.raises(ToolkitError, match=r"other\.tflite"):
        run(command, SHIPPED, "--data", data, "--manifest", "other.tflite=m.json")


@pytest.mark.parametrize("content", ["no", "{}", "[]"])
def test_a_manifest_that_is_none_is_named(data, bare, tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises((ModelError, DataError), match=r"x\.json"):
        run(command, bare, "--data", data, "--manifest", f"{bare}={tmp_path / 'x.json'}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--manifest", "alone"],
        ["--manifest", "=m.json"],
        ["--label-names", "happy,,sad"],
        ["--label-names", "happy,happy"],
        ["--std", "0"],
        ["--std", "inf"],
        ["--limit", "0"],
    ],
)
def test_wrong_usage_exits_2(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        run(command, SHIPPED, "--data", "f.npz", *arguments)
    assert left.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_rows_without_a_majority_are_left_out_of_ferplus(tmp_path, capsys):
    arrays = fields()
    test = np.flatnonzero(arrays["usage"] == 1)
    arrays["ferplus_votes"][test[:4]] = [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]
    np.savez(tmp_path / "f.npz", **arrays)
    arguments = ("--data", tmp_path / "f.npz", "--labels", "ferplus", "--runtime", installed()[0])
    assert compared(capsys, SHIPPED, *arguments)["n"] == len(test) - 4


def test_no_face_with_a_label_is_an_error(tmp_path):
    arrays = fields()
    arrays["ferplus_votes"][:] = [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]
    np.savez(tmp_path / "f.npz", **arrays)
    with pytest.raises(DataError, match="no picture"):
        run(command, SHIPPED, "--data", tmp_path / "f.npz", "--labels", "ferplus")


def test_a_time_is_taken_one_face_at_a_time_after_a_warm_up():
    scorer = SlowScorer([])
    assert timing.ms_per_face(scorer, np.zeros((3, 4, 4), dtype=np.uint8)) > 0
    assert set(scorer.seen) == {1}
    assert len(scorer.seen) == timing.WARM_UP + timing.TIMED


def test_the_table_names_models_and_runtimes(data, capsys):
    run(command, SHIPPED, "--data", data, "--limit", 5)
    said = capsys.readouterr().out
    assert "n 5, threads 1" in said
    assert all(f"{SHIPPED}  {name}" in said for name in installed())


@pytest.mark.tf
def test_float_and_int8_stand_side_by_side(trained, converted, capsys):
    name = installed()[0]
    arguments = ("--data", trained.data, "--runtime", name)
    told = compared(capsys, trained.model, converted, *arguments)
    before, after = told["models"]
    assert (before["runtime"], after["runtime"]) == ("keras", name)
    # Batch normalisation is folded away.
    assert before["parameters"] > after["parameters"] > 0.9 * before["parameters"]
    assert after["kilobytes"] < before["kilobytes"] / 3
    assert after["agreement"] >= 0.97
