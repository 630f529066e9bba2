"""`evaluate`: every figure of a model on a split."""

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


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "evaluate", "measure a model on a split", run)
    command.add_argument("--model", type=Path, required=True, help=".tflite or .keras file")
    add_data(command)
    add_split(command)
    add_labels(command, "what to measure against")
    add_runtime(command)
    command.add_argument("--json", action="store_true", help="print every figure as JSON")


def run(options: argparse.Namespace) -> None:
    """Measures and prints."""
    from moodspeaker_convert.faces.data import load_data
    from moodspeaker_convert.measuring import evaluation, scorers

    data = load_data(options.data)
    rows = data.rows(options.split)
    scorer = scorers.open_scorer(options.model, options.runtime)
    result = evaluation.evaluate(scorer, data, options.labels, rows)
    print(json.dumps(result, indent=2) if options.json else table(result))
    if options.split == "Training":
        print("a model knows these pictures from its training", file=sys.stderr)


def table(result: dict[str, Any]) -> str:
    """The figures for people, a line a class."""
    lines = [
        f"{result['protocol']}: accuracy {result['accuracy']:.4f}, "
        f"macro-F1 {result['macro_f1']:.4f}, {result['n']} pictures, {result['runtime']}"
    ]
    for name in ("plain_vote", "without_contempt"):
        if name in result:
            one = result[name]
            lines.append(f"{name}: accuracy {one['accuracy']:.4f}, {one['n']} pictures")
    for label, one in result["per_class"].items():
        lines.append(
            f"{label:<10}recall {one['recall']:.3f}  precision {one['precision']:.3f}  "
            f"{one['n']:>5} pictures"
        )
    return "\n".join(lines)
