"""Runs one boot's steps and writes what each saw to /var/log/proof/<step>.json.

`prove.py BOOT`, started by proof.service; what the facts should be is for the tests outside.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faults
import installing
import living
import starting

if TYPE_CHECKING:
    from collections.abc import Callable

RESULTS = Path("/var/log/proof")
BOOTS: dict[str, tuple[Callable[[], dict[str, Any]], ...]] = {
    "first": (
        installing.installed,
        installing.again,
        living.plays_the_mood,
        living.reloads,
        living.doctor,
        faults.hangs,
        faults.killed,
        faults.mpd_killed,
        faults.broker_killed,
        faults.wrong_config,
        faults.stops,
    ),
    "second": (starting.everything_there,),
    "third": (
        starting.nothing_there,
        installing.upgraded,
        installing.upgrade_breaks,
        installing.rolled_back,
        living.labels,
        installing.uninstalled,
        installing.purged,
    ),
}


def main() -> None:
    """Each step is tried, whatever became of the one before."""
    for step in BOOTS[sys.argv[1]]:
        began_s = time.monotonic()
        try:
            facts = step()
        except Exception:  # noqa: BLE001 - the next steps are still to be tried
            facts = {"error": traceback.format_exc()}
        facts["took_s"] = round(time.monotonic() - began_s, 2)
        RESULTS.mkdir(parents=True, exist_ok=True)
        (RESULTS / f"{step.__name__}.json").write_text(json.dumps(facts, indent=1))


if __name__ == "__main__":
    main()
