"""`moodspeaker`: the parser, and which function does each command."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker import __version__
from moodspeaker.cli.arguments import add_config, count, positive
from moodspeaker.cli.ctl import add_control
from moodspeaker.cli.doctor import add_doctor
from moodspeaker.cli.library import add_library
from moodspeaker.errors import ConfigError, MoodspeakerError
from moodspeaker.runtime.collector import kept_for_good
from moodspeaker.runtime.core_dumps import forbid_core_dumps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moodspeaker.cli.arguments import Commands

FAILURE, CONFIG_WRONG = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 failure, 2 config or usage."""
    arguments = build_parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except ConfigError as error:
        print("\n".join(error.problems), file=sys.stderr)
        return CONFIG_WRONG
    except MoodspeakerError as error:
        print(f"moodspeaker: {error}", file=sys.stderr)
        return FAILURE
    except ImportError as error:
        # numpy's own text is a page.
        told = next(iter(str(error).strip().splitlines()), type(error).__name__)
        print(f"moodspeaker: {told} (install moodspeaker again)", file=sys.stderr)
        return FAILURE
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing more can be written there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    except KeyboardInterrupt:
        return FAILURE


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    parser = argparse.ArgumentParser(
        prog="moodspeaker", description="A smart speaker that plays to your mood."
    )
    parser.add_argument("--version", action="version", version=f"moodspeaker {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_run(commands)
    add_demo(commands)
    add_config_commands(commands)
    add_probe(commands)
    add_calibrate(commands)
    add_replay(commands)
    add_tune(commands)
    add_library(commands)
    add_control(commands)
    add_doctor(commands)
    fetch = commands.add_parser("fetch", help="bring the face detector and the demo's pictures")
    fetch.set_defaults(command=do_fetch)
    return parser


def add_run(commands: Commands[argparse.ArgumentParser]) -> None:
    """`run`."""
    run = commands.add_parser("run", help="the service")
    add_config(run, "--config")
    run.set_defaults(command=do_run)


def add_demo(commands: Commands[argparse.ArgumentParser]) -> None:
    """`demo`."""
    demo = commands.add_parser(
        "demo", help="the main job at once: private MPD and broker, a made library, a clip"
    )
    demo.add_argument("--source", metavar="S", help="file, folder or camera number")
    demo.add_argument("--seconds", type=positive, metavar="N", help="end after N seconds")
    demo.add_argument("--config", type=Path, metavar="F", help="start from this YAML file")
    demo.add_argument("--json", action="store_true", help="an event a line")
    demo.add_argument(
        "--profile",
        choices=("demo", "default"),
        default="demo",
        help="demo: short smoothing, hold and dwell; default: the product's own (default: demo)",
    )
    demo.add_argument(
        "--pace", choices=("real", "fast"), help="read a file as time passes, or as fast as it goes"
    )
    demo.set_defaults(command=do_demo)


def add_config_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """`check-config`, `show-config` and `schema`."""
    check = commands.add_parser("check-config", help="say every problem of a config file")
    add_config(check, "config", nargs="?")
    check.set_defaults(command=do_check)
    show = commands.add_parser("show-config", help="print the effective config")
    add_config(show, "config", nargs="?")
    show.set_defaults(command=do_show)
    schema = commands.add_parser("schema", help="print the JSON schema for editors")
    schema.set_defaults(command=do_schema)


def add_probe(commands: Commands[argparse.ArgumentParser]) -> None:
    """`probe`."""
    probe = commands.add_parser("probe", help="faces and emotions in a picture, video or folder")
    probe.add_argument("source", type=Path, metavar="SOURCE")
    probe.add_argument("--json", action="store_true", help="an object a frame")
    probe.add_argument("--config", type=Path, metavar="F", help="detector and model from this file")
    probe.add_argument("--annotate", type=Path, metavar="OUT", help="draw what was seen into OUT")
    probe.set_defaults(command=do_probe)


def add_calibrate(commands: Commands[argparse.ArgumentParser]) -> None:
    """`calibrate`."""
    calibrate = commands.add_parser(
        "calibrate", help="a resting face becomes the personal neutral, taken off later readings"
    )
    calibrate.add_argument(
        "--seconds", type=positive, default=10.0, metavar="N", help="how long (default: 10)"
    )
    what = calibrate.add_mutually_exclusive_group()
    what.add_argument("--show", action="store_true", help="only tell what is stored")
    what.add_argument("--remove", action="store_true", help="forget it")
    add_config(calibrate, "--config")
    calibrate.set_defaults(command=do_calibrate)


def add_replay(commands: Commands[argparse.ArgumentParser]) -> None:
    """`replay`."""
    replay = commands.add_parser("replay", help="a score log again, with other mood settings")
    add_logs(replay)
    replay.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="another mood setting, such as dwell_s=30; may be given again",
    )
    replay.add_argument("--against", type=Path, metavar="F", help="compare with this YAML file")
    replay.add_argument("--json", action="store_true", help="one object")
    replay.add_argument(
        "--plot", type=Path, metavar="OUT", help="draw it into a .png, .pdf or .svg"
    )
    replay.set_defaults(command=do_replay)


def add_tune(commands: Commands[argparse.ArgumentParser]) -> None:
    """`tune`."""
    tune = commands.add_parser("tune", help="search the mood settings that fit a score log")
    add_logs(tune)
    tune.add_argument(
        "--delay",
        type=positive,
        default=30.0,
        metavar="SECONDS",
        help="how late a mood may be named, median (default: 30)",
    )
    tune.add_argument(
        "--trials", type=count, default=200, metavar="N", help="settings to try (default: 200)"
    )
    tune.add_argument("--seed", type=int, default=1, metavar="N", help="of the search (default: 1)")
    tune.add_argument("--json", action="store_true", help="one object")
    tune.set_defaults(command=do_tune)


def add_logs(parser: argparse.ArgumentParser) -> None:
    """The logs of `replay` and `tune`, and where their settings begin."""
    parser.add_argument(
        "logs", nargs="+", metavar="LOG", help="score log or output of probe --json; - is stdin"
    )
    parser.add_argument("--config", type=Path, metavar="F", help="mood settings from this file")


# Each command is imported when it is run, so that --help and check-config stay quick.


def do_run(arguments: argparse.Namespace) -> int:
    """The service, until SIGTERM or SIGINT."""
    # The modules stay for good: a search through them for rubbish would hold everything up.
    with kept_for_good():
        from moodspeaker.cli.run import run_service  # noqa: PLC0415

    return run_service(arguments.config)


def do_demo(arguments: argparse.Namespace) -> int:
    """The demonstration."""
    forbid_core_dumps()
    from moodspeaker.demo.options import DemoOptions  # noqa: PLC0415
    from moodspeaker.demo.run import run_demo  # noqa: PLC0415

    return run_demo(
        DemoOptions(
            source=arguments.source,
            seconds=arguments.seconds,
            config=arguments.config,
            as_json=arguments.json,
            profile=arguments.profile,
            pace=arguments.pace,
        )
    )


def do_check(arguments: argparse.Namespace) -> int:
    """Every problem of a file."""
    from moodspeaker.cli import configuration  # noqa: PLC0415

    return configuration.check(arguments.config)


def do_show(arguments: argparse.Namespace) -> int:
    """A file with its defaults."""
    from moodspeaker.cli import configuration  # noqa: PLC0415

    return configuration.show(arguments.config)


def do_schema(_: argparse.Namespace) -> int:
    """For editors."""
    from moodspeaker.cli import configuration  # noqa: PLC0415

    return configuration.schema()


def do_probe(arguments: argparse.Namespace) -> int:
    """One line a frame, or one JSON object a frame."""
    forbid_core_dumps()
    from moodspeaker.cli.probe import probe  # noqa: PLC0415

    return probe(
        arguments.source, arguments.config, as_json=arguments.json, annotate=arguments.annotate
    )


def do_calibrate(arguments: argparse.Namespace) -> int:
    """Takes, shows or removes the personal neutral."""
    forbid_core_dumps()
    from moodspeaker.cli import calibrate  # noqa: PLC0415

    if arguments.show:
        return calibrate.show()
    if arguments.remove:
        return calibrate.remove()
    return calibrate.calibrate(arguments.config, arguments.seconds)


def do_replay(arguments: argparse.Namespace) -> int:
    """The engine once more over a log."""
    from moodspeaker.cli.replay import ReplayOptions, replay  # noqa: PLC0415

    options = ReplayOptions(
        arguments.config, tuple(arguments.set), arguments.against, arguments.json, arguments.plot
    )
    return replay(arguments.logs, options)


def do_tune(arguments: argparse.Namespace) -> int:
    """Settings that fit a log."""
    from moodspeaker.cli.tune import TuneOptions, tune  # noqa: PLC0415

    options = TuneOptions(
        arguments.config, arguments.delay, arguments.trials, arguments.seed, arguments.json
    )
    return tune(arguments.logs, options)


def do_fetch(_: argparse.Namespace) -> int:
    """Everything that others publish and we may not ship."""
    from moodspeaker.runtime.assets import ASSETS, asset_path, fetch  # noqa: PLC0415

    for asset in ASSETS:
        news = "fetched" if fetch(asset) else "there already"
        print(f"{asset_path(asset)}: {news} ({asset.terms})", file=sys.stderr)
    return 0
