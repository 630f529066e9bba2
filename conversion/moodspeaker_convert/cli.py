"""`moodspeaker-convert`: the command line and its exit codes.

0 done, 1 failed, 2 wrong usage, 3 a converted model did not pass verification.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError
from moodspeaker_convert.errors import VerificationFailed
from moodspeaker_convert.faces.label_sets import LABEL_SETS
from moodspeaker_convert.networks.architectures import ARCHITECTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTION = "Trains emotion models and turns them into int8 TFLite files for the speaker."
EXIT_CODES = "exit codes: 0 done, 1 failed, 2 wrong usage, 3 verification failed"
# Written out because the module that knows them imports OpenCV.
RUNTIMES = ("auto", "ai-edge-litert", "tflite-runtime")
DATA_HELP = "npz file with the fields images, label, usage and, for FER+, ferplus_votes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand; the exit code."""
    options = parser().parse_args(arguments)
    # Before anything imports TensorFlow, whose C++ side greets with a page of notes.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        # Late, so that --help need not wait for numpy and OpenCV.
        commands = importlib.import_module("moodspeaker_convert.commands")
        getattr(commands, options.run)(options)
    except VerificationFailed as error:
        return told(error, 3)
    except (MoodspeakerError, OSError) as error:
        return told(error, 1)
    except KeyboardInterrupt:
        return told("stopped; a training goes on with --resume", 1)
    return 0


def told(error: object, code: int) -> int:
    """Prints one line; the code."""
    print(f"moodspeaker-convert: {' '.join(str(error).split())}", file=sys.stderr)
    return code


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(
        prog="moodspeaker-convert", description=DESCRIPTION, epilog=EXIT_CODES
    )
    subcommands = whole.add_subparsers(required=True, metavar="COMMAND")
    add_train(subcommands)
    add_convert(subcommands)
    add_evaluate(subcommands)
    return whole


def add_train(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`train`."""
    command = subcommand(subcommands, "train", "train a network")
    command.add_argument("--data", type=Path, required=True, help=DATA_HELP)
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


def add_convert(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`convert`."""
    command = subcommand(subcommands, "convert", "make and verify an int8 TFLite file")
    command.add_argument("model", type=Path, help=".keras file beside its training.json")
    command.add_argument("--data", type=Path, required=True, help="the npz file of the training")
    command.add_argument(
        "--calibration",
        type=Path,
        help="index of Training rows, or a manifest that holds one (default: the training's own)",
    )
    command.add_argument("--out", type=Path, default=Path("models"), help="folder to write into")
    command.add_argument("--name", default="emotion", type=plain_name, help="of the two files")
    command.add_argument("--force", action="store_true", help="overwrite")
    command.add_argument("--json", action="store_true", help="print the manifest")


def add_evaluate(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`evaluate`."""
    command = subcommand(subcommands, "evaluate", "measure a model on a split")
    command.add_argument("--model", type=Path, required=True, help=".tflite or .keras file")
    command.add_argument("--data", type=Path, required=True, help=DATA_HELP)
    command.add_argument(
        "--split",
        default="PublicTest",
        choices=("Training", "PublicTest", "PrivateTest"),
        help="rows to measure on",
    )
    add_labels(command, "what to measure against")
    command.add_argument("--runtime", default="auto", choices=RUNTIMES, help="TFLite runtime")
    command.add_argument("--json", action="store_true", help="print every figure as JSON")


class Help(argparse.ArgumentDefaultsHelpFormatter):
    """Shows the defaults that say something."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default else action.help


def subcommand(
    subcommands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    what: str,
) -> argparse.ArgumentParser:
    """A subcommand whose help shows defaults."""
    command = subcommands.add_parser(
        name,
        help=what,
        description=what,
        epilog=EXIT_CODES,
        formatter_class=Help,
    )
    command.set_defaults(run=name)
    return command


def add_labels(command: argparse.ArgumentParser, what: str) -> None:
    """The --labels option."""
    command.add_argument("--labels", default="fer", choices=LABEL_SETS, help=what)


def positive(text: str) -> int:
    """A whole number above 0."""
    return at_least(text, 1)


def not_negative(text: str) -> int:
    """A whole number from 0."""
    return at_least(text, 0)


def at_least(text: str, least: int) -> int:
    """A whole number from `least`. Raises ArgumentTypeError."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least}")
    return number


def plain_name(text: str) -> str:
    """A file name without its suffix. Raises ArgumentTypeError."""
    if not text or text != Path(text).name or text.startswith("."):
        raise argparse.ArgumentTypeError(f"{text!r} is no plain file name")
    return text
