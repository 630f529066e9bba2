"""`train`: splits, trains, leaves model and record in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker_convert.commands.arguments import (
    add_data,
    add_labels,
    not_negative,
    positive,
    subcommand,
)
from moodspeaker_convert.networks.architectures import ARCHITECTURES

if TYPE_CHECKING:
    import argparse

    from moodspeaker_convert.commands.arguments import Subcommands


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "train", "train a network", run)
    add_data(command)
    command.add_argument(
        "--arch", default="compact_resnet", choices=sorted(ARCHITECTURES), help="network"
    )
    add_labels(command, "what to learn")
    command.add_argument("--out", type=Path, required=True, help="folder of this training")
    command.add_argument("--epochs", type=positive, default=60, help="passes over the data")
    command.add_argument("--batch", type=positive, default=64, help="pictures a step")
    command.add_argument("--seed", type=not_negative, default=1, help="of split, weights and order")
    command.add_argument("--exclude", type=Path, help="file of row numbers never to train on")
    command.add_argument("--resume", action="store_true", help="go on after the last whole epoch")


def run(options: argparse.Namespace) -> None:
    """Trains, or goes on training."""
    from moodspeaker_convert.faces.data import load_data, read_row_numbers
    from moodspeaker_convert.training import trainer

    data = load_data(options.data)
    excluded = read_row_numbers(options.exclude, len(data.images)) if options.exclude else None
    plan = trainer.TrainingPlan(
        options.arch, options.labels, options.epochs, options.batch, options.seed
    )
    record = trainer.train(data, plan, options.out, excluded=excluded, resume=options.resume)
    accuracy, epoch = record.figures["val_accuracy"], record.figures["best_epoch"]
    print(f"{options.out / 'model.keras'}: validation accuracy {accuracy:.4f} (epoch {epoch})")
