"""What the parsers of several commands share."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

DEFAULT_CONFIG = "/etc/moodspeaker/moodspeaker.yaml"

Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives it no public name


def add_config(parser: argparse.ArgumentParser, name: str, nargs: str | None = None) -> None:
    """The config file: an option or an argument, with the environment's as default."""
    default = Path(os.environ.get("MOODSPEAKER_CONFIG", DEFAULT_CONFIG))
    parser.add_argument(
        name, nargs=nargs, type=Path, default=default, metavar="F", help=f"default: {default}"
    )


def positive(text: str) -> float:
    """A number above 0, for argparse."""
    value = float(text)
    if not value > 0:
        raise ValueError
    return value


def count(text: str) -> int:
    """A whole number above 0, for argparse."""
    return int(positive(str(int(text))))
