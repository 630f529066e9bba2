"""The report's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moodspeaker_convert.measuring.document import Table, percent
from moodspeaker_convert.measuring.intervals import wilson

if TYPE_CHECKING:
    from moodspeaker_convert.measuring.measures import Figures

PAIRS = 10
NONE = "—"


def per_class(result: dict[str, Any], counts: Figures) -> Table:
    """A line a label, recall with its interval."""
    rows = tuple(
        (
            name,
            *(percent(line[key]) if line["n"] else NONE for key in ("precision", "recall")),
            ends(int(counts.counts[index, index]), line["n"]),
            percent(line["f1"]) if line["n"] else NONE,
            number(line["auc"]),
            number(line["average_precision"]),
            f"{line['n']:,}",
        )
        for index, (name, line) in enumerate(result["per_class"].items())
    )
    return Table(
        "Label by label",
        "Recall: the share of a label's pictures that is named rightly. Precision: the share of "
        "the model's answers of that label that is right. AUC and average precision are of the "
        "label against the rest.",
        ("label", "precision", "recall", "95 % interval", "F1", "AUC", "avg. precision", "n"),
        rows,
    )


def five_class(result: dict[str, Any]) -> Table:
    """The protocol without disgust and neutral."""
    five = result["five_class"]
    rows = tuple(
        (name, *(percent(line[key]) for key in ("precision", "recall", "f1")), f"{line['n']:,}")
        for name, line in five["per_class"].items()
    )
    return Table(
        "Five labels",
        f"Only the {five['n']:,} pictures of these labels, and only these labels can be named: "
        f"accuracy {percent(five['accuracy'])}, macro-F1 {percent(five['macro_f1'])}.",
        ("label", "precision", "recall", "F1", "n"),
        rows,
    )


def confused(counts: Figures) -> Table:
    """The pairs that are mistaken most often."""
    rows = tuple(
        (truth, named, f"{n:,}", percent(counts.confusion[truth][named]))
        for n, truth, named in confused_pairs(counts)
    )
    return Table(
        "Most confused pairs",
        "By the number of pictures; the share is of the truth's pictures.",
        ("truth", "named", "pictures", "share"),
        rows,
        words=2,
    )


def confused_pairs(counts: Figures) -> list[tuple[int, str, str]]:
    """Pictures, truth and prediction of the most frequent mistakes, most first."""
    names = counts.labels
    pairs = [
        (int(counts.counts[row, column]), names[row], names[column])
        for row in range(len(names))
        for column in range(len(names))
        if row != column and counts.counts[row, column]
    ]
    return sorted(pairs, key=lambda pair: -pair[0])[:PAIRS]


def versus(against: dict[str, Any]) -> Table:
    """The two models picture by picture."""
    n = sum(against[key] for key in ("both_right", "only_first", "only_second", "both_wrong"))
    rows = tuple(
        (words, f"{against[key]:,}", percent(against[key] / n))
        for key, words in (
            ("both_right", "both right"),
            ("only_first", "only this model right"),
            ("only_second", f"only {against['model']} right"),
            ("both_wrong", "both wrong"),
        )
    )
    return Table(f"Against {against['model']}", verdict(against), ("pictures", "n", "share"), rows)


def verdict(against: dict[str, Any]) -> str:
    """What McNemar's test says, in words."""
    test, differ = against["mcnemar"], against["only_first"] + against["only_second"]
    kind = "exact" if test["exact"] else f"chi-squared {test['statistic']:.2f}"
    p = "p < 0.001" if test["p_value"] < 0.001 else f"p = {test['p_value']:.3f}"
    sure = "more than" if test["p_value"] < 0.05 else "no more than"
    start = (
        f"{against['model']} is right on {percent(against['accuracy'])}; the two name the same "
        f"label on {percent(against['agreement'])} of pictures."
    )
    if not differ:
        return f"{start} Both are right on the same pictures."
    return (
        f"{start} Of the {differ:,} pictures that only one gets right, this model gets "
        f"{against['only_first']:,}. The difference is {sure} chance explains "
        f"(McNemar, {kind}, {p})."
    )


def ends(right: int, n: int) -> str:
    """Wilson's interval in percent."""
    interval = wilson(right, n)
    return f"{100 * interval.low:.1f} to {100 * interval.high:.1f}" if n else NONE


def number(value: float | None) -> str:
    """Three places, or a dash where there is none."""
    return NONE if value is None else f"{value:.3f}"
