"""`train`: splits, trains, leaves model and record in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker_convert.commands.arguments import (
    add_data,
    add_labels,
    not_negative,
    positive,
    share,
    subcommand,
)
from moodspeaker_convert.networks.architectures import ARCHITECTURES, Recipe

if TYPE_CHECKING:
    import argparse

    from moodspeaker_convert.commands.arguments import Subcommands
    from moodspeaker_convert.training.plan import TrainingPlan
    from moodspeaker_convert.training.teachers import Scores

# Of Recipe: what an option may replace.
RECIPE_OPTIONS = tuple(Recipe.__slots__)


def add_to(subcommands: Subcommands) -> None:
    """Declares the options."""
    command = subcommand(subcommands, "train", "train a network", run)
    add_data(command)
    known = "; ".join(f"{one.name}: {one.what}" for one in ARCHITECTURES.values())
    command.add_argument(
        "--arch", default="mood_resnet", choices=tuple(ARCHITECTURES), metavar="NAME",
        help=f"network ({known})",
    )  # fmt: skip
    add_labels(command, "what to learn")
    command.add_argument("--out", type=Path, required=True, help="folder of this training")
    command.add_argument("--seed", type=not_negative, default=1, help="of weights and order")
    command.add_argument(
        "--split-seed", type=not_negative, help="of the validation rows (default: --seed)"
    )
    command.add_argument("--exclude", type=Path, help="file of row numbers never to train on")
    command.add_argument("--resume", action="store_true", help="go on after the last whole epoch")
    command.add_argument(
        "--weights", default="none", metavar="none|imagenet|FILE", help="to start from"
    )
    command.add_argument(
        "--engine", default="keras", choices=("keras", "torch"),
        help="keras: on the backend that KERAS_BACKEND names; torch: PyTorch itself, often faster",
    )  # fmt: skip
    add_recipe(command)
    add_samples(command)


def add_recipe(command: argparse.ArgumentParser) -> None:
    """Options whose default is the network's own recipe."""
    recipe = command.add_argument_group("recipe (default: the network's own)")
    recipe.add_argument("--epochs", type=positive, help="passes over the data")
    recipe.add_argument("--batch", type=positive, help="pictures a step")
    recipe.add_argument("--optimizer", choices=("adamw", "adam", "sgd"), help="optimiser")
    recipe.add_argument("--rate", type=float, help="peak learning rate")
    recipe.add_argument("--schedule", choices=("cosine", "plateau", "constant"), help="of the rate")
    recipe.add_argument("--weight-decay", type=float, help="of adamw")
    recipe.add_argument("--label-smoothing", type=share, help="share spread over all labels")
    recipe.add_argument("--average-steps", type=not_negative, help="weights averaged over, 0 none")


def add_samples(command: argparse.ArgumentParser) -> None:
    """Options on what the network sees; all of it touches training rows only."""
    samples = command.add_argument_group("samples")
    samples.add_argument("--mixup", type=share, default=0.2, help="Beta parameter, 0 for none")
    samples.add_argument("--no-augment", action="store_true", help="show the pictures as they are")
    samples.add_argument(
        "--balance", default="none", choices=("none", "weights", "oversample"),
        help="heavier, or more often: the rare emotions",
    )  # fmt: skip
    samples.add_argument(
        "--patience", type=not_negative, default=0, help="stop after so many epochs of no gain"
    )
    samples.add_argument(
        "--teacher", type=Path, action="append", default=[], metavar="MODEL",
        help="distil from this model of the same labels and data; may be given more than once",
    )  # fmt: skip
    samples.add_argument("--teacher-share", type=share, default=0.5, help="of the targets")


def run(options: argparse.Namespace) -> None:
    """Trains, or goes on training."""
    from moodspeaker_convert.faces.data import load_data, read_row_numbers
    from moodspeaker_convert.training import trainer

    data = load_data(options.data)
    excluded = read_row_numbers(options.exclude, len(data.images)) if options.exclude else None
    record = trainer.train(
        data, plan_of(options), options.out,
        excluded=excluded, teachers=teachers_of(options), resume=options.resume,
    )  # fmt: skip
    accuracy, epoch = record.figures["val_accuracy"], record.figures["best_epoch"]
    print(f"{options.out / 'model.keras'}: validation accuracy {accuracy:.4f} (epoch {epoch})")


def plan_of(options: argparse.Namespace) -> TrainingPlan:
    """The network's recipe with what the caller asked for."""
    from moodspeaker_convert.training.augment import NOTHING, Augmentation
    from moodspeaker_convert.training.plan import TrainingPlan

    recipe = ARCHITECTURES[options.arch].recipe
    wishes: dict[str, Any] = {name: getattr(recipe, name) for name in RECIPE_OPTIONS}
    wishes |= {
        name: value
        for name in RECIPE_OPTIONS
        if (value := getattr(options, name, None)) is not None
    }
    return TrainingPlan(
        architecture=options.arch, label_set=options.labels, seed=options.seed,
        split_seed=options.split_seed, engine=options.engine,
        weights=options.weights, mixup=options.mixup, balance=options.balance,
        patience=options.patience, teachers=tuple(str(path) for path in options.teacher),
        teacher_share=options.teacher_share if options.teacher else 0.0,
        augmentation=NOTHING if options.no_augment else Augmentation(), **wishes,
    )  # fmt: skip


def teachers_of(options: argparse.Namespace) -> list[Scores]:
    """The teachers' scores. Raises ToolkitError for one with other labels or another split."""
    from moodspeaker_convert.measuring.scorers import open_keras
    from moodspeaker_convert.training.run_files import read_record
    from moodspeaker_convert.training.teachers import check_teacher, splitting_seed

    split_seed = splitting_seed(vars(options))
    for path in options.teacher:
        check_teacher(path, read_record(path), options.labels, split_seed)
    return [open_keras(path).scores for path in options.teacher]
