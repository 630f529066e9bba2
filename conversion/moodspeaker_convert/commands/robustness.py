"""`robustness`: what a model loses in bad light, at an angle, or half covered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker_convert.commands.arguments import (
    add_data,
    add_labels,
    add_runtime,
    add_split,
    not_negative,
    positive,
    subcommand,
)
from moodspeaker_convert.errors import ToolkitError

if TYPE_CHECKING:
    import argparse

    from moodspeaker_convert.commands.arguments import Subcommands
    from moodspeaker_convert.measuring.robustness import Robustness


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "robustness", "measure a model on disturbed faces", run)
    command.add_argument("--model", type=Path, required=True, help=".tflite or .keras file")
    add_data(command)
    add_split(command)
    add_labels(command, "what to measure against")
    add_runtime(command)
    command.add_argument("--limit", type=positive, help="at most so many faces, drawn by --seed")
    command.add_argument("--seed", type=not_negative, default=1, help="of draw, noise and shifts")
    command.add_argument("--plot", type=Path, help="PNG file to write, over any that stands there")
    command.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(options: argparse.Namespace) -> None:
    """Measures, prints, and draws if asked to."""
    from moodspeaker_convert.faces import label_sets, truths
    from moodspeaker_convert.faces.data import load_data
    from moodspeaker_convert.measuring import robustness, scorers
    from moodspeaker_convert.measuring.shares import sampled

    refuse_plot(options.plot)
    data = load_data(options.data)
    truth, rows = truths.classes(data, options.labels), data.rows(options.split)
    rows = sampled(rows[truth[rows] >= 0], options.limit, options.seed)
    scorer = scorers.open_scorer(options.model, options.runtime)
    names = label_sets.names_of(options.labels)
    found = robustness.measure(scorer, data.images[rows], truth[rows], names, seed=options.seed)
    heads = {"split": options.split, "labels": options.labels, "seed": options.seed}
    print(json.dumps(heads | found.as_json(), indent=2) if options.json else table(found))
    if options.plot:
        draw(found, options)


def refuse_plot(plot: Path | None) -> None:
    """Raises ToolkitError before the work rather than after it."""
    if plot and (plot.is_dir() or not plot.resolve().parent.is_dir()):
        raise ToolkitError(f"{plot} cannot be written", "name a PNG file in a folder that exists")


def draw(found: Robustness, options: argparse.Namespace) -> None:
    """Writes the chart."""
    from moodspeaker_convert.measuring import charts

    title = f"{options.model.name} on {found.n} faces of {options.split} ({options.labels})"
    charts.save(charts.robustness_chart(found, title), options.plot)


def table(found: Robustness) -> str:
    """The figures for people, a line a disturbance, and what was made up."""
    lines = [
        f"clean: accuracy {found.clean:.4f}, {found.n} faces, {found.runtime}",
        f"{'':<22}{'accuracy':>9}{'drop':>8}{'agreement':>11}",
        *(
            f"{one.name:<22}{one.accuracy:>9.4f}{one.drop:>8.2f}{one.agreement:>11.4f}"
            f"{'  *' if one.note else ''}"
            for one in found.outcomes
        ),
        f"{'mean':<22}{'':>9}{found.mean_drop:>8.2f}",
    ]
    for note in dict.fromkeys(one.note for one in found.outcomes if one.note):
        lines.append(
            f"* {', '.join(one.name for one in found.outcomes if one.note == note)}: {note}"
        )
    return "\n".join(lines)
