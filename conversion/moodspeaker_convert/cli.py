"""`moodspeaker-convert`: the command line and its exit codes.

0 done, 1 failed, 2 wrong usage, 3 a converted model did not pass verification.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError
from moodspeaker_convert.commands import (
    compare,
    convert,
    evaluate,
    explain,
    inspect,
    robustness,
    search,
    train,
    train_music,
)
from moodspeaker_convert.commands.arguments import EXIT_CODES
from moodspeaker_convert.errors import VerificationFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTION = "Trains the speaker's models, and turns emotion models into int8 TFLite files."
COMMANDS = (train, search, convert, evaluate, compare, robustness, inspect, explain, train_music)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand; the exit code."""
    options = parser().parse_args(arguments)
    # Before anything imports TensorFlow, whose C++ side greets with a page of notes.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        options.run(options)
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
    for command in COMMANDS:
        command.add_to(subcommands)
    return whole
