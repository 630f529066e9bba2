"""`evaluate`: every figure of a model on a split, and a report of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker_convert.commands.arguments import (
    add_data,
    add_labels,
    add_runtime,
    add_split,
    subcommand,
)

if TYPE_CHECKING:
    import argparse

    from moodspeaker_convert.commands.arguments import Subcommands
    from moodspeaker_convert.measuring.evaluation import Measurement
    from moodspeaker_convert.measuring.history import History
    from moodspeaker_convert.measuring.scorers import Scorer

# Written out because the module that knows them imports numpy.
PROTOCOLS = ("fer2013_7", "ferplus_majority", "ferplus_plain_vote")


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "evaluate", "measure a model on a split", run)
    subject = command.add_mutually_exclusive_group(required=True)
    subject.add_argument("--model", type=Path, help=".tflite or .keras file")
    subject.add_argument(
        "--ensemble",
        metavar="M1:W1,M2:W2",
        help="weighted mean of several models' probabilities; a weight left out is 1",
    )
    add_data(command)
    add_split(command)
    add_labels(command, "what to measure against")
    command.add_argument(
        "--protocol", choices=PROTOCOLS, help="which truth of --labels; by default its first"
    )
    add_runtime(command)
    command.add_argument("--against", type=Path, metavar="M2", help="model to compare with")
    command.add_argument("--report", type=Path, metavar="OUT", help="write an .html or .pdf file")
    command.add_argument("--json", action="store_true", help="print every figure as JSON")


def run(options: argparse.Namespace) -> None:
    """Measures, prints, and writes the report."""
    from moodspeaker_convert.faces.data import load_data
    from moodspeaker_convert.measuring import evaluation

    check_options(options)
    data = load_data(options.data)
    rows = data.rows(options.split)
    scorer, history = subject(options)
    other = opened(options.against, options.runtime) if options.against else None
    for one in filter(None, (scorer, other)):
        evaluation.check(one, data, options.labels, rows)
    what = (data, options.labels, rows, options.protocol or "")
    measurement = evaluation.measure(scorer, *what)
    result = evaluation.figures_of(measurement)
    if other is not None:
        result["against"] = versus(options, measurement, evaluation.measure(other, *what))
    if options.report:
        write_report(options, data.sha256, measurement, result, history)
    print(json.dumps(result, indent=2) if options.json else table(result))
    if options.split == "Training":
        print("a model knows these pictures from its training", file=sys.stderr)


def check_options(options: argparse.Namespace) -> None:
    """Refuses what cannot end well before anything is read. Raises ToolkitError."""
    from moodspeaker_convert.measuring import evaluation, report

    evaluation.chosen(options.labels, options.protocol or "")
    if options.report:
        report.check_target(options.report)


def subject(options: argparse.Namespace) -> tuple[Scorer, History]:
    """What is to be measured, with the epochs of its training. Raises MoodspeakerError."""
    from moodspeaker_convert.measuring import ensemble
    from moodspeaker_convert.measuring.history import find_history

    if options.ensemble is not None:
        members = ensemble.parse_members(options.ensemble)
        return ensemble.open_ensemble(members, options.runtime), []
    scorer = opened(options.model, options.runtime)
    return scorer, find_history(options.model) if options.report else []


def opened(path: Path, runtime: str) -> Scorer:
    """The model at `path`. Raises MoodspeakerError."""
    from moodspeaker_convert.measuring.scorers import open_scorer

    return open_scorer(path, runtime)


def versus(options: argparse.Namespace, first: Measurement, second: Measurement) -> dict[str, Any]:
    """The figures of the second model beside the first."""
    from moodspeaker_convert.measuring.mcnemar import pair

    found = pair(first.measured, second.measured)
    return {"model": str(options.against), **found.as_json()}


def write_report(
    options: argparse.Namespace,
    sha256: str,
    measurement: Measurement,
    result: dict[str, Any],
    history: History,
) -> None:
    """Writes the report, and says so."""
    from moodspeaker_convert.measuring import report
    from moodspeaker_convert.measuring.report_content import Setting, document

    name = options.model.name if options.model else "Ensemble"
    source = str(options.model or options.ensemble)
    setting = Setting(name, source, options.data.resolve().name, options.split, sha256)
    report.write(document(setting, measurement, result, history), options.report)
    print(f"wrote {options.report}", file=sys.stderr)


def table(result: dict[str, Any]) -> str:
    """The figures for people, a line a class."""
    lines = [
        f"{result['protocol']}: accuracy {result['accuracy']:.4f}, "
        f"macro-F1 {result['macro_f1']:.4f}, {result['n']} pictures, {result['runtime']}"
    ]
    for name in ("plain_vote", "without_contempt", "five_class"):
        if name in result:
            one = result[name]
            lines.append(f"{name}: accuracy {one['accuracy']:.4f}, {one['n']} pictures")
    lines.append(
        f"top two {result['top2_accuracy']:.4f}, calibration error {result['ece']:.4f}, "
        f"negative log likelihood {result['nll']:.4f}"
    )
    lines += [class_line(label, one) for label, one in result["per_class"].items()]
    if "against" in result:
        lines.append(against_line(result["against"]))
    return "\n".join(lines)


def class_line(label: str, one: dict[str, Any]) -> str:
    """A label's figures."""
    auc = "    -" if one["auc"] is None else f"{one['auc']:.3f}"
    return (
        f"{label:<10}recall {one['recall']:.3f}  precision {one['precision']:.3f}  AUC {auc}  "
        f"{one['n']:>5} pictures"
    )


def against_line(one: dict[str, Any]) -> str:
    """The second model's figures."""
    return (
        f"against {one['model']}: its accuracy {one['accuracy']:.4f}, agreement "
        f"{one['agreement']:.4f}, only the first right {one['only_first']}, only the second "
        f"{one['only_second']}, McNemar p {one['mcnemar']['p_value']:.4g}"
    )
