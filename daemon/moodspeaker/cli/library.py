"""`moodspeaker library`: its parser, and which function does each of its commands."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.cli.arguments import add_config, count, positive

if TYPE_CHECKING:
    from moodspeaker.cli.arguments import Commands

TRACK_MINUTES = 3.5
KINDS = ("labels", "features", "beets")


def add_library(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library` and what follows it."""
    library = commands.add_parser("library", help="what is known of the moods of your music")
    parts = library.add_subparsers(required=True, metavar="COMMAND")
    add_scan(parts)
    add_label(parts)
    add_report(parts)
    add_show(parts)
    add_labels(parts)
    add_feedback(parts)
    add_files(parts)


def add_scan(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library scan`."""
    scan = commands.add_parser("scan", help="read the tags of what is new or has changed")
    add_config(scan, "--config")
    scan.set_defaults(command=do_scan)


def add_label(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library label`."""
    label = commands.add_parser(
        "label", help="place tracks by their sound, those without labels first"
    )
    add_config(label, "--config")
    label.add_argument("--scan", action="store_true", help="look for new music first")
    label.add_argument("--again", action="store_true", help="what could not be analysed too")
    label.add_argument("--limit", type=count, metavar="N", help="so many tracks at most")
    label.add_argument(
        "--jobs", type=count, default=1, metavar="N", help="so many at a time (default: 1)"
    )
    label.add_argument("--json", action="store_true", help="one object")
    label.add_argument("--with-stdin", action="store_true", help="end when standard input ends")
    label.set_defaults(command=do_label)


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
    report.add_argument(
        "--plot", type=Path, metavar="FILE", help="and a picture of the plane: .png, .pdf or .svg"
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


def add_feedback(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library like`, `dislike`, `wrong` and `undo`."""
    for name, text in LIKINGS.items():
        give = commands.add_parser(name, help=text)
        give.add_argument("uri", metavar="URI")
        give.add_argument("mood", metavar="MOOD", help="the mood for which it counts")
        give.set_defaults(command=do_feedback, liking=name)
    undo = commands.add_parser("undo", help="take back the latest like, dislike, wrong or skip")
    undo.add_argument("uri", metavar="URI")
    undo.add_argument("--all", action="store_true", help="all of this track's, not the latest")
    undo.set_defaults(command=do_undo)


LIKINGS = {
    "like": "you want a track more often in a mood",
    "dislike": "you want it less often in a mood",
    "wrong": "it does not fit that mood",
}


def add_files(commands: Commands[argparse.ArgumentParser]) -> None:
    """`library import` and `library export`."""
    take = commands.add_parser("import", help="labels, features or beets' moods from a file")
    take.add_argument(
        "file",
        metavar="FILE",
        help="your labels (CSV: uri,mood or uri,valence,arousal; or an export), a CSV with"
        " Spotify-like features, or beets' library.db; - is stdin",
    )
    take.add_argument("--kind", choices=KINDS, help="default: told from the file")
    add_config(take, "--config")
    take.set_defaults(command=do_import)
    give = commands.add_parser("export", help="every track's place as JSON lines")
    give.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: stdout")
    give.set_defaults(command=do_export)


# As in `main`, each command is imported when it is run.


def do_scan(arguments: argparse.Namespace) -> int:
    """Files into the label store."""
    from moodspeaker.cli.library_scan import scan  # noqa: PLC0415

    return scan(arguments.config)


def do_label(arguments: argparse.Namespace) -> int:
    """Sounds into the label store."""
    from moodspeaker.cli.library_label import LabelOptions, label  # noqa: PLC0415

    return label(
        LabelOptions(
            config=arguments.config,
            again=arguments.again,
            scan=arguments.scan,
            limit=arguments.limit,
            jobs=arguments.jobs,
            as_json=arguments.json,
            with_stdin=arguments.with_stdin,
        )
    )


def do_report(arguments: argparse.Namespace) -> int:
    """What the store holds, counted."""
    from moodspeaker.cli.library_report import report  # noqa: PLC0415

    return report(arguments.minutes, as_json=arguments.json, plot=arguments.plot)


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


def do_feedback(arguments: argparse.Namespace) -> int:
    """A like, a dislike, or that the mood is wrong."""
    from moodspeaker.cli.library_feedback import give  # noqa: PLC0415
    from moodspeaker.library.records import Liking  # noqa: PLC0415

    return give(Liking(arguments.liking), arguments.uri, arguments.mood)


def do_undo(arguments: argparse.Namespace) -> int:
    """Nothing said any more."""
    from moodspeaker.cli.library_feedback import undo  # noqa: PLC0415

    return undo(arguments.uri, everything=arguments.all)


def do_import(arguments: argparse.Namespace) -> int:
    """What others know, for many tracks at once."""
    from moodspeaker.cli.library_import import Kind, import_file  # noqa: PLC0415

    kind = Kind(arguments.kind) if arguments.kind else None
    return import_file(arguments.file, kind, arguments.config)


def do_export(arguments: argparse.Namespace) -> int:
    """All of it."""
    from moodspeaker.cli.library_labels import export_labels  # noqa: PLC0415

    return export_labels(arguments.file)
