"""`search`: looks for better widths and rates of one network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker_convert.commands.arguments import (
    add_data,
    add_labels,
    not_negative,
    positive,
    subcommand,
)

if TYPE_CHECKING:
    import argparse

    from moodspeaker_convert.commands.arguments import Subcommands

WHAT = "search widths, dropout and rate of cnn_2block by Hyperband"
SHOWN = 10


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "search", WHAT, run)
    add_data(command)
    add_labels(command, "what to learn")
    command.add_argument("--out", type=Path, required=True, help="folder of this search")
    command.add_argument("--epochs", type=positive, default=20, help="that the finalists get")
    command.add_argument("--factor", type=positive, default=3, help="keep the best of so many")
    command.add_argument("--batch", type=positive, default=64, help="pictures a step")
    command.add_argument("--seed", type=not_negative, default=1, help="of split and search")
    command.add_argument("--exclude", type=Path, help="file of row numbers never to train on")
    command.add_argument("--json", action="store_true", help="print every trial as JSON")


def run(options: argparse.Namespace) -> None:
    """Searches, and prints the trials, the best first."""
    from moodspeaker_convert.faces.data import load_data, read_row_numbers
    from moodspeaker_convert.training.search import SearchPlan, search

    data = load_data(options.data)
    excluded = read_row_numbers(options.exclude, len(data.images)) if options.exclude else None
    plan = SearchPlan(options.labels, options.epochs, options.factor, options.batch, options.seed)
    trials = search(data, plan, options.out, excluded=excluded)
    print(json.dumps(trials, indent=2) if options.json else table(trials))


def table(trials: list[dict[str, Any]]) -> str:
    """The best trials, a line each under the names of what was tried."""
    names = list(trials[0])
    lines = ["".join(f"{name:>16}" for name in names)]
    lines += ["".join(f"{trial[name]:>16}" for name in names) for trial in trials[:SHOWN]]
    return "\n".join(lines)
