"""`moodspeaker ctl` and `moodspeaker watch`: their parsers, and `ctl` itself."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from moodspeaker.errors import MoodspeakerError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from moodspeaker.cli.arguments import Commands

PRESS = "PRESS"
REFUSED = 1


def add_control(commands: Commands[argparse.ArgumentParser]) -> None:
    """`ctl` and `watch`."""
    ctl = commands.add_parser("ctl", help="a command to the running service, without a broker")
    what = ctl.add_mutually_exclusive_group(required=True)
    what.add_argument("entity", nargs="?", metavar="COMMAND", help="such as next, mood or dwell_s")
    what.add_argument("--list", action="store_true", help="every command and what it takes")
    ctl.add_argument("value", nargs="?", metavar="VALUE", help="nothing for a button")
    ctl.add_argument("--json", action="store_true", help="the answer as one object")
    ctl.set_defaults(command=do_ctl)
    watch = commands.add_parser("watch", help="a live view of the running service")
    watch.add_argument("--once", action="store_true", help="one look, and end")
    watch.add_argument("--json", action="store_true", help="an object a change")
    watch.set_defaults(command=do_watch)


def do_ctl(arguments: argparse.Namespace) -> int:
    """0 done, 1 refused. Raises MoodspeakerError where no service answers."""
    if arguments.list:
        from moodspeaker.cli.ctl_list import listing  # noqa: PLC0415 - as in `main`

        print("\n".join(listing()))
        return 0
    return ctl(arguments.entity, arguments.value, as_json=arguments.json)


def do_watch(arguments: argparse.Namespace) -> int:
    """Until it is interrupted."""
    from moodspeaker.cli.watch import watch  # noqa: PLC0415

    return watch(control_socket(), once=arguments.once, as_json=arguments.json)


def ctl(entity: str, value: str | None, *, as_json: bool = False) -> int:
    """Sends one command, and says only what is wrong. Raises MoodspeakerError."""
    from moodspeaker.runtime.control_client import ask  # noqa: PLC0415

    reply = ask(control_socket(), entity, pressed(entity) if value is None else value)
    if as_json:
        print(reply.text)
    elif not reply.ok:
        print(f"moodspeaker: {reply.error}", file=sys.stderr)
    return 0 if reply.ok else REFUSED


def pressed(entity: str) -> str:
    """The payload of a button. Raises MoodspeakerError for a command that needs a value."""
    from moodspeaker.cli.ctl_list import takes  # noqa: PLC0415
    from moodspeaker.home.commands import READERS  # noqa: PLC0415

    if entity in READERS and takes(entity):
        raise MoodspeakerError(f"{entity} needs a value: {takes(entity)}")
    return PRESS


def control_socket() -> Path:
    """Where a service on this machine listens."""
    from moodspeaker.runtime.control_place import client_socket  # noqa: PLC0415
    from moodspeaker.runtime.state_folder import state_dir  # noqa: PLC0415

    return client_socket(os.environ, state_dir())
