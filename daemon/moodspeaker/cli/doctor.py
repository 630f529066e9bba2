"""`moodspeaker doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING

from moodspeaker.cli.arguments import add_config
from moodspeaker.runtime.core_dumps import forbid_core_dumps

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from moodspeaker.cli.arguments import Commands
    from moodspeaker.doctor.finding import Finding

FAULTS = 1
LATEST_S = 3.0
"""After the last finding: a name that is still looked up keeps its thread for minutes."""
NAME_WIDTH = 16
INDENT = " " * 6


def add_doctor(commands: Commands[argparse.ArgumentParser]) -> None:
    """`doctor`."""
    doctor = commands.add_parser("doctor", help="what is wrong here, and what to do about it")
    add_config(doctor, "--config")
    doctor.add_argument("--json", action="store_true", help="one object")
    doctor.set_defaults(command=do_doctor)


def do_doctor(arguments: argparse.Namespace) -> int:
    """0 all fine, 1 something is wrong."""
    # Imported when it is run, as every command.
    from moodspeaker.runtime.state_folder import state_dir  # noqa: PLC0415

    forbid_core_dumps()
    # Findings say it all: what adapters and libcamera log in between would only confuse.
    logging.getLogger().addHandler(logging.NullHandler())
    os.environ.setdefault("LIBCAMERA_LOG_LEVELS", "*:ERROR")
    with asyncio.Runner() as runner:
        status = runner.run(told(arguments.config, state_dir(), as_json=arguments.json))
        latest = threading.Timer(LATEST_S, os._exit, (status,))
        latest.daemon = True
        latest.start()
    latest.cancel()
    return status


async def told(config_path: Path, state_dir: Path, *, as_json: bool) -> int:
    """Prints each finding as it is found, or all at the end as one object; the exit status."""
    from moodspeaker.doctor.examination import examine  # noqa: PLC0415

    found = []
    async for finding in examine(config_path, state_dir):
        found.append(finding)
        if not as_json:
            print(in_words(finding), flush=True)
    status = 0 if all(finding.ok for finding in found) else FAULTS
    if as_json:
        checks = [asdict(finding) for finding in found]
        print(json.dumps({"checks": checks, "ok": status == 0}, indent=2), flush=True)
    else:
        print(summary(found), flush=True)
    return status


def in_words(finding: Finding) -> str:
    """One line; where something is wrong the remedy on the next."""
    line = f"{'ok   ' if finding.ok else 'WRONG'} {finding.name:<{NAME_WIDTH}} {finding.detail}"
    return line if finding.ok else f"{line}\n{INDENT}{finding.remedy}"


def summary(found: list[Finding]) -> str:
    """The last line."""
    faults = sum(not finding.ok for finding in found)
    if not faults:
        return "nothing is wrong"
    return f"{faults} wrong: begin with the first, it may explain the others"
