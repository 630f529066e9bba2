"""`moodspeaker-convert`: the subcommands and their exit codes.

0 done, 1 failed, 2 wrong usage, 3 a converted model did not pass verification.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError
from moodspeaker_convert.errors import VerificationFailed

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand; the exit code."""
    options = parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        return int(options.run(options))
    except VerificationFailed as error:
        return told(error, 3)
    except MoodspeakerError as error:
        return told(error, 1)
    except OSError as error:
        return told(error, 1)


def told(error: Exception, code: int) -> int:
    """Prints one line; the code."""
    print(f"moodspeaker-convert: {' '.join(str(error).split())}", file=sys.stderr)
    return code


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(prog="moodspeaker-convert", description=__doc__)
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    add_train(commands)
    return whole


def add_train(commands: argparse._SubParsersAction) -> None:
    p = commands.add_parser("train")
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--arch", required=True)
    p.add_argument("--labels", default="fer")
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--epochs", type=int, default=60)
    p.add_argument("--exclude", type=Path)
    p.add_argument("--resume", action="store_true")
    p.set_defaults(run=run_train)


def run_train(o: argparse.Namespace) -> int:
    from moodspeaker_convert.data import load_data, read_row_numbers
    from moodspeaker_convert.training import TrainingPlan, train
    d = load_data(o.data)
    ex = read_row_numbers(o.exclude, len(d.images)) if o.exclude else None
    train(d, TrainingPlan(o.arch, o.labels, epochs=o.epochs), o.out, excluded=ex, resume=o.resume)
    return 0
