"""What the evaluation report says, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from moodspeaker_convert.measuring import (
    calibration_error,
    curves,
    intervals,
    plots,
    report_tables,
)
from moodspeaker_convert.measuring.document import Document, Headline, Plot, Table, percent

if TYPE_CHECKING:
    from moodspeaker_convert.measuring.evaluation import Measurement
    from moodspeaker_convert.measuring.history import History
    from moodspeaker_convert.measuring.measured import Measured

TRUTHS = {
    "fer2013_7": "its FER2013 label",
    "ferplus_majority": "the emotion that over half of its FER+ taggers saw",
    "ferplus_plain_vote": "the emotion that most of its FER+ taggers saw",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What was measured on what: names for people, and the hash of the data.

    `model` is a short name, `source` the file or the files.
    """

    model: str
    source: str
    data: str
    split: str
    data_sha256: str


def document(
    setting: Setting, measurement: Measurement, result: dict[str, Any], history: History
) -> Document:
    """The report on a measurement and its `figures_of`, which may hold `against`."""
    measured = measurement.measured
    return Document(
        title=setting.model,
        subtitle=f"Evaluation on {setting.split} of {setting.data}",
        summary=summary(setting, measurement, result),
        headlines=headlines(measured, result),
        facts=facts(setting, measurement, result),
        blocks=(
            report_tables.per_class(result, measured.figures()),
            *([report_tables.versus(result["against"])] if "against" in result else []),
            *mistakes(measured),
            *drawn_curves(measured),
            reliability(measured, result),
            report_tables.five_class(result),
            *([epochs(history)] if history else []),
        ),
    )


def summary(setting: Setting, measurement: Measurement, result: dict[str, Any]) -> tuple[str, ...]:
    """The paragraphs at the top."""
    measured, ends = measurement.measured, intervals.wilson
    right = ends(int(measured.right.sum()), measured.n)
    first = (
        f"{setting.model} named the emotion in {measured.n:,} faces of the split {setting.split}. "
        f"The truth of a picture is {TRUTHS[measurement.protocol]}. The model is right on "
        f"{percent(result['accuracy'])} of them; on other pictures of this kind between "
        f"{percent(right.low)} and {percent(right.high)} are to be expected (95 % interval)."
    )
    found = [first, by_label(measured, result)]
    if setting.split == "Training":
        found.append(
            "The model may know these pictures from its training: on new ones it is worse."
        )
    return tuple(found)


def by_label(measured: Measured, result: dict[str, Any]) -> str:
    """The best and the worst label, the most frequent mistake, and how honest it is."""
    lines = {name: one["recall"] for name, one in result["per_class"].items() if one["n"]}
    best, worst = max(lines, key=lambda name: lines[name]), min(lines, key=lambda name: lines[name])
    text = f"It finds {best} best ({percent(lines[best])}) and {worst} worst "
    text += f"({percent(lines[worst])} of its pictures). "
    pairs = report_tables.confused_pairs(measured.figures())
    if pairs:
        n, truth, named = pairs[0]
        text += (
            f"The most frequent mistake is to name {named} where {truth} is shown ({n:,} times). "
        )
    return text + (
        f"The probability that it gives its answer is off by {100 * result['ece']:.1f} points in "
        "the mean."
    )


def headlines(measured: Measured, result: dict[str, Any]) -> tuple[Headline, ...]:
    """The figures in large type with their 95 % intervals."""
    shares = (
        ("Accuracy", result["accuracy"], intervals.wilson(int(measured.right.sum()), measured.n)),
        ("Macro-F1", result["macro_f1"], intervals.macro_f1(measured.figures())),
        (
            "Right in two",
            result["top2_accuracy"],
            intervals.wilson(int(measured.top2.sum()), measured.n),
        ),
        five_class(result),
    )
    surprise = intervals.mean(calibration_error.surprises(measured))
    return (
        *(
            Headline(name, percent(share), f"{100 * ends.low:.1f} to {100 * ends.high:.1f}")
            for name, share, ends in shares
        ),
        # Resampling by itself makes this error larger: an interval would mislead.
        Headline("Calibration", percent(result["ece"]), "ECE, 15 bins"),
        Headline("Log loss", f"{result['nll']:.3f}", f"{surprise.low:.3f} to {surprise.high:.3f}"),
    )


def five_class(result: dict[str, Any]) -> tuple[str, float, intervals.Interval]:
    """The accuracy on five labels with its interval."""
    share, n = result["five_class"]["accuracy"], result["five_class"]["n"]
    return "Five labels", share, intervals.wilson(round(share * n), n)


def facts(
    setting: Setting, measurement: Measurement, result: dict[str, Any]
) -> tuple[tuple[str, str], ...]:
    """What it takes to measure the same again."""
    others = {"plain_vote": "plain vote", "without_contempt": "without contempt"}
    return (
        ("Model", setting.source),
        ("Runtime", measurement.runtime),
        ("Data", f"{setting.data}, SHA-256 {setting.data_sha256[:16]}…"),
        ("Split", setting.split),
        ("Protocol", measurement.protocol),
        ("Pictures", f"{measurement.measured.n:,}"),
        *(
            (words.capitalize(), f"{percent(result[key]['accuracy'])} of {result[key]['n']:,}")
            for key, words in others.items()
            if key in result
        ),
        ("Intervals", "Wilson for shares, bootstrap of 1,000 draws for macro-F1 and log loss"),
    )


def mistakes(measured: Measured) -> tuple[Table | Plot, ...]:
    """Confusion, its largest cells, and the counts of the labels."""
    counts = measured.figures()
    size = len(measured.names)
    return (
        Plot(
            "Confusion",
            "Each row is a truth: the share of its pictures that went to each label, and how many.",
            0.9 + 0.56 * size,
            partial(plots.confusion, counts=counts),
        ),
        report_tables.confused(counts),
        Plot(
            "Pictures of each label",
            "A dot past its bar: the model names that label too often.",
            0.9 + 0.27 * size,
            partial(plots.class_counts, counts=counts),
        ),
    )


def drawn_curves(measured: Measured) -> tuple[Plot, ...]:
    """ROC and precision-recall, a panel a label."""
    height = 0.4 + 1.75 * plots.rows_of_panels(len(measured.names))
    roc = {name: curves.roc(measured, name) for name in measured.names}
    precision = {name: curves.precision_recall(measured, name) for name in measured.names}
    return (
        Plot(
            "ROC curves",
            "Each label against the rest; the other labels in grey. 1 is perfect, 0.5 is chance.",
            height,
            partial(
                plots.curves, found=roc, axis=("false positives", "true positives"), area="AUC"
            ),
        ),
        Plot(
            "Precision and recall",
            "Each label against the rest; chance is the label's share of the pictures.",
            height,
            partial(plots.curves, found=precision, axis=("recall", "precision"), area="AP"),
        ),
    )


def reliability(measured: Measured, result: dict[str, Any]) -> Plot:
    """What the probabilities are worth."""
    return Plot(
        "Reliability",
        "On the dashed line a probability means what it says; below it the model is too sure. "
        f"The expected calibration error is {percent(result['ece'])}.",
        3.6,
        partial(plots.reliability, bins=calibration_error.reliability(measured)),
    )


def epochs(history: History) -> Plot:
    """The training."""
    return Plot(
        "Training",
        f"{len(history)} epochs.",
        2.5,
        partial(plots.epochs, history=history),
    )
