"""One subcommand by itself: its own options and its own work, errors as they are raised."""

from __future__ import annotations

import argparse


def run(command, *arguments):
    """Runs the subcommand module with the words that follow its name."""
    parser = argparse.ArgumentParser()
    command.add_to(parser.add_subparsers())
    name = command.__name__.rsplit(".", 1)[-1]
    options = parser.parse_args([name, *map(str, arguments)])
    options.run(options)
