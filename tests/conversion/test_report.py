"""The report and the command that writes it, with answers that are put in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import numpy as np
import pytest
from generated import fields, write_data

from moodspeaker_convert.cli import main
from moodspeaker_convert.errors import DataError
from moodspeaker_convert.faces import label_sets
from moodspeaker_convert.measuring import scorers
from moodspeaker_convert.measuring.document import Table
from moodspeaker_convert.measuring.history import find_history
from moodspeaker_convert.measuring.measures import figures
from moodspeaker_convert.measuring.report_html import escape
from moodspeaker_convert.measuring.report_html import table as html_table
from moodspeaker_convert.measuring.report_tables import confused_pairs

HEADINGS = (
    "Summary", "Label by label", "Confusion", "Most confused pairs", "Pictures of each label",
    "ROC curves", "Precision and recall", "Reliability", "Five labels",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RandomScorer:
    """Answers by the dice, the same ones for the same seed."""

    seed: int
    labels: tuple[str, ...] = label_sets.FER_LABELS
    runtime: str = "dice"

    def scores(self, images):
        rng = np.random.default_rng(self.seed)
        return rng.dirichlet(np.ones(len(self.labels)), len(images))


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs `evaluate` on made-up data; a model file's name is the seed of its answers."""
    write_data(tmp_path / "faces.npz", fields())
    monkeypatch.chdir(tmp_path)

    def opened(path, runtime="auto"):
        if path.stem == "foreign":
            return RandomScorer(1, ("happy", "bored"))
        return RandomScorer(int(path.stem))

    monkeypatch.setattr(scorers, "open_scorer", opened)
    monkeypatch.setattr("moodspeaker_convert.measuring.ensemble.open_scorer", opened)
    return lambda *arguments: main(["evaluate", "--data", "faces.npz", *arguments])


def headings(page):
    """The section headings of an HTML report."""
    return re.findall(r"<h2>(.*?)</h2>", page)


def test_the_page_has_every_section_and_loads_nothing(run, tmp_path):
    assert run("--model", "1.tflite", "--report", "out.html") == 0
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert tuple(headings(page)) == HEADINGS
    assert page.count("<svg ") == 5
    assert "http:" not in page
    assert "https:" not in page
    assert not re.search(r"<(script|link|img|iframe|image)\b|@import|url\((?!#)", page)
    assert list(tmp_path.glob("part-*")) == []


def test_the_page_speaks_of_model_split_protocol_and_count(run, tmp_path):
    assert run("--model", "1.tflite", "--labels", "ferplus", "--report", "out.html") == 0
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    for needed in ("1.tflite", "PublicTest", "ferplus_majority", "<dd>70</dd>", "faces.npz"):
        assert needed in page
    assert re.search(r"between [\d.]+&nbsp;% and [\d.]+&nbsp;%", page)


def test_the_drawings_take_the_colours_of_the_page(run, tmp_path):
    run("--model", "1.tflite", "--report", "out.html")
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    drawings = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert "var(--accent)" in drawings
    assert not re.findall(r"#[0-9a-f]{6}\b(?!\w)(?=[;\"])", drawings)
    assert "DejaVu" not in page


def test_a_second_model_has_its_section_and_its_figures(run, tmp_path, capsys):
    arguments = ("--model", "1.tflite", "--against", "2.tflite", "--json", "--report", "out.html")
    assert run(*arguments) == 0
    found = json.loads(capsys.readouterr().out)["against"]
    assert found["model"] == "2.tflite"
    kinds = ("both_right", "only_first", "only_second", "both_wrong")
    assert sum(found[kind] for kind in kinds) == 70
    assert set(found["mcnemar"]) == {"statistic", "p_value", "exact"}
    assert "Against 2.tflite" in headings((tmp_path / "out.html").read_text(encoding="utf-8"))


def test_a_model_agrees_with_itself(run, capsys):
    assert run("--model", "1.tflite", "--against", "1.tflite", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["against"]["agreement"] == 1
    assert found["against"]["accuracy"] == found["accuracy"]


def test_an_ensemble_stands_in_for_a_model(run, tmp_path, capsys):
    assert run("--ensemble", "1.tflite:1,2.keras:1e-9", "--json", "--report", "out.html") == 0
    both = json.loads(capsys.readouterr().out)
    run("--model", "1.tflite", "--json")
    alone = json.loads(capsys.readouterr().out)
    assert both["confusion"] == alone["confusion"]
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "1.tflite:1,2.keras:1e-9" in page


@pytest.mark.parametrize("extra", [(), ("--model", "1.tflite", "--ensemble", "1.tflite")])
def test_a_model_or_an_ensemble_and_not_both(run, extra, capsys):
    with pytest.raises(SystemExit) as left:
        run(*extra)
    assert left.value.code == 2
    assert "--ensemble" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--model", "foreign.tflite"), "bored"),
        (("--model", "1.tflite", "--against", "foreign.tflite"), "bored"),
        (("--model", "1.tflite", "--split", "PrivateTest"), "PrivateTest"),
        (("--model", "1.tflite", "--protocol", "ferplus_majority"), "ferplus_majority"),
        (("--model", "1.tflite", "--report", "out.docx"), "out.docx"),
        (("--model", "1.tflite", "--report", "none/out.html"), "none"),
        (("--ensemble", "1.tflite:1,2.tflite:0"), "2.tflite:0"),
    ],
)
def test_what_cannot_be_done_is_one_line(run, arguments, named, capsys):
    assert run(*arguments) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert named in said


def test_a_bad_report_is_refused_before_anything_is_opened(tmp_path, capsys):
    nothing = str(tmp_path / "none.npz")
    arguments = ("--model", "m.tflite", "--data", nothing, "--report", str(tmp_path / "out.doc"))
    assert main(["evaluate", *arguments]) == 1
    assert "out.doc" in capsys.readouterr().err


def test_a_split_without_a_truth_is_refused(run, tmp_path, capsys):
    arrays = fields()
    arrays["ferplus_votes"][arrays["usage"] == 1] = [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]
    write_data(tmp_path / "faces.npz", arrays)
    assert run("--model", "1.tflite", "--labels", "ferplus") == 1
    assert "ferplus" in capsys.readouterr().err


def test_the_pdf_has_pages(run, tmp_path):
    assert run("--model", "1.tflite", "--against", "2.tflite", "--report", "out.pdf") == 0
    content = (tmp_path / "out.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", content)) >= 4


def test_an_older_report_is_replaced(run, tmp_path):
    (tmp_path / "out.HTML").write_text("old")
    assert run("--model", "1.tflite", "--report", "out.HTML") == 0
    assert "<!doctype html>" in (tmp_path / "out.HTML").read_text(encoding="utf-8")


def test_the_epochs_beside_a_keras_file_are_drawn(run, tmp_path):
    lines = [{"loss": 2.0, "accuracy": 0.2, "val_loss": 1.9, "val_accuracy": 0.3}] * 3
    (tmp_path / "history.json").write_text(json.dumps(lines))
    assert run("--model", "1.keras", "--report", "out.html") == 0
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert headings(page)[-1] == "Training"
    assert "3 epochs" in page


def test_the_epochs_of_a_tflite_file_are_in_its_manifest(tmp_path):
    (tmp_path / "m.json").write_text(
        json.dumps({"recipe": {"history": [{"loss": 1, "note": "x"}]}})
    )
    assert find_history(tmp_path / "m.tflite") == [{"loss": 1.0}]
    (tmp_path / "m.json").write_text(json.dumps({"recipe": {}}))
    assert find_history(tmp_path / "m.tflite") == []
    assert find_history(tmp_path / "other.tflite") == []


@pytest.mark.parametrize("content", ["{", "3", '["x"]'])
def test_a_damaged_history_is_named(tmp_path, content):
    (tmp_path / "history.json").write_text(content)
    with pytest.raises(DataError, match=r"history\.json"):
        find_history(tmp_path / "m.keras")


def test_a_history_of_one_figure_is_drawn(run, tmp_path):
    (tmp_path / "history.json").write_text(json.dumps([{"val_accuracy": 0.4}]))
    assert run("--model", "1.keras", "--report", "out.html") == 0


def test_the_most_confused_pairs_stand_first():
    truth, predicted = np.array([0, 0, 0, 1, 2, 2]), np.array([0, 1, 1, 1, 0, 2])
    found = figures(("a", "b", "c"), truth, predicted)
    assert confused_pairs(found) == [(2, "a", "b"), (1, "c", "a")]


def test_names_cannot_break_the_page():
    made = html_table(Table("<b>", "a & b", ("x",), (("<script>",),)))
    assert "<script>" not in made
    assert "&lt;b&gt;" in made
    assert escape("5 %") == "5&nbsp;%"
