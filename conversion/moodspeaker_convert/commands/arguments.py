"""What the subcommands' options share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from moodspeaker_convert.faces.label_sets import LABEL_SETS

if TYPE_CHECKING:
    from collections.abc import Callable


# argparse has no public name for what add_subparsers gives.
Subcommands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001

EXIT_CODES = "exit codes: 0 done, 1 failed, 2 wrong usage, 3 verification failed"
DATA_HELP = "npz file, fer2013.csv or a folder of class folders: see models/README.md, Data"
# Written out because the module that knows them imports OpenCV.
RUNTIMES = ("auto", "ai-edge-litert", "tflite-runtime")
SPLITS = ("Training", "PublicTest", "PrivateTest")


class Help(argparse.ArgumentDefaultsHelpFormatter):
    """Shows the defaults that say something."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default else action.help


def subcommand(
    subcommands: Subcommands, name: str, what: str, run: Callable[[argparse.Namespace], None]
) -> argparse.ArgumentParser:
    """A subcommand whose help shows defaults; `run` does it."""
    command = subcommands.add_parser(
        name, help=what, description=what, epilog=EXIT_CODES, formatter_class=Help
    )
    command.set_defaults(run=run)
    return command


def add_data(command: argparse.ArgumentParser) -> None:
    """The --data option."""
    command.add_argument("--data", type=Path, required=True, help=DATA_HELP)


def add_labels(command: argparse._ActionsContainer, what: str) -> None:
    """The --labels option."""
    command.add_argument("--labels", default="fer", choices=LABEL_SETS, help=what)


def add_split(command: argparse.ArgumentParser) -> None:
    """The --split option."""
    command.add_argument("--split", default="PublicTest", choices=SPLITS, help="rows to measure on")


def add_runtime(command: argparse.ArgumentParser) -> None:
    """The --runtime option."""
    command.add_argument("--runtime", default="auto", choices=RUNTIMES, help="TFLite runtime")


def positive(text: str) -> int:
    """A whole number above 0."""
    return at_least(text, 1)


def not_negative(text: str) -> int:
    """A whole number from 0."""
    return at_least(text, 0)


def names(text: str) -> tuple[str, ...]:
    """Names with commas between them. Raises ArgumentTypeError."""
    found = tuple(name.strip() for name in text.split(","))
    if not all(found) or len(set(found)) != len(found):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of different names: a,b,c")
    return found


def share(text: str) -> float:
    """A number from 0 to 1. Raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 1")
    return number


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
