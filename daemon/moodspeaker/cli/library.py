"""`moodspeaker library`: its parser, and which function does each of its commands."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.cli.main import add_config, positive

if TYPE_CHECKING:
    from moodspeaker.cli.main import Commands

TRACK_MINUTES = 3.5


def add_library(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library` and what follows it."""
    library = commands.add_parser("library", help="what is known of the moods of your music")
    parts = library.add_subparsers(required=True, metavar="COMMAND")
    add_scan(parts)
    add_report(parts)
    add_show(parts)
    add_labels(parts)
    add_files(parts)


def add_scan(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library scan`."""
    scan = commands.add_parser("scan", help="read the tags of what is new or has changed")
    add_config(scan, "--config")
    scan.set_defaults(command=do_scan)


def add_report(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library report`."""
    report = commands.add_parser("report", help="tracks by source, mood and decade; what is thin")
    report.add_argument("--json", action="store_true", help="one object")
    report.add_argument(
        "--minutes",
        type=positive,
        default=TRACK_MINUTES,
        metavar="N",
        help=f"length of a track (default: {TRACK_MINUTES:g})",
    )
    report.set_defaults(command=do_report)


def add_show(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library show`."""
    show = commands.add_parser("show", help="all that is known of one track")
    show.add_argument("uri", metavar="URI", help="its path below MPD's music_directory")
    show.add_argument("--link", action="store_true", help="add a web search for it")
    show.set_defaults(command=do_show)


def add_labels(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library set` and `library unset`."""
    put = commands.add_parser("set", help="say yourself what a track is")
    put.add_argument("uri", metavar="URI")
    put.add_argument("mood", metavar="MOOD|V,A", help="a word, or valence,arousal from -1 to 1")
    # Without this, argparse takes -0.5,0.3 for an option; it knows plain negative numbers alone.
    put._negative_number_matcher = re.compile(r"-[\d.]")  # noqa: SLF001
    put.set_defaults(command=do_set)
    unset = commands.add_parser("unset", help="take back what you said")
    unset.add_argument("uri", metavar="URI")
    unset.set_defaults(command=do_unset)


def add_files(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library import` and `library export`."""
    take = commands.add_parser("import", help="your own labels from a file")
    take.add_argument(
        "file",
        metavar="FILE",
        help="CSV (uri,mood or uri,valence,arousal) or an export; - is stdin",
    )
    take.set_defaults(command=do_import)
    give = commands.add_parser("export", help="every track's place as JSON lines")
    give.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: stdout")
    give.set_defaults(command=do_export)


# As in `main`, each command is imported when it is run.


def do_scan(arguments: argparse.Namespace) -> int:
    """Files into the label store."""
    from moodspeaker.cli.library_scan import scan  # noqa: PLC0415

    return scan(arguments.config)


def do_report(arguments: argparse.Namespace) -> int:
    """What the store holds, counted."""
    from moodspeaker.cli.library_report import report  # noqa: PLC0415

    return report(arguments.minutes, as_json=arguments.json)


def do_show(arguments: argparse.Namespace) -> int:
    """One track."""
    from moodspeaker.cli.library_show import show  # noqa: PLC0415

    return show(arguments.uri, link=arguments.link)


def do_set(arguments: argparse.Namespace) -> int:
    """A label of the user's own."""
    from moodspeaker.cli.library_labels import set_label  # noqa: PLC0415

    return set_label(arguments.uri, arguments.mood)


def do_unset(arguments: argparse.Namespace) -> int:
    """None any more."""
    from moodspeaker.cli.library_labels import unset_label  # noqa: PLC0415

    return unset_label(arguments.uri)


def do_import(arguments: argparse.Namespace) -> int:
    """Many labels at once."""
    from moodspeaker.cli.library_labels import import_labels  # noqa: PLC0415

    return import_labels(arguments.file)


def do_export(arguments: argparse.Namespace) -> int:
    """All of it."""
    from moodspeaker.cli.library_labels import export_labels  # noqa: PLC0415

    return export_labels(arguments.file)
