"""The systemd unit, and how many services run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.doctor.finding import fine, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.doctor.finding import Finding

UNIT = "moodspeaker.service"
SHOWN = (
    "LoadState,ActiveState,SubState,UnitFileState,Result,ExecMainStatus,NRestarts,"
    "SupplementaryGroups"
)
SHOW_LIMIT_S = 8.0
CONFIG_STATUS = "2"
LOG = "journalctl -u moodspeaker -n 30"


def unit_state(systemctl: str = "systemctl", root: Path = Path("/")) -> dict[str, str]:
    """What systemd says of the unit; empty where systemd does not run or does not answer."""
    if not (root / "run/systemd/system").is_dir():
        return {}
    try:
        done = subprocess.run(
            [systemctl, "show", UNIT, f"--property={SHOWN}"],
            capture_output=True,
            text=True,
            timeout=SHOW_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    pairs = (line.partition("=") for line in done.stdout.splitlines())
    return {key: value for key, _, value in pairs}


def groups_given(unit: Mapping[str, str]) -> frozenset[str]:
    """Groups that the unit adds to those of its user."""
    return frozenset(unit.get("SupplementaryGroups", "").split())


def examine_unit(unit: Mapping[str, str], config: Path) -> Finding:
    """`unit` as `unit_state` gives it."""
    if not unit:
        return fine("service", "no systemd that answers: this command is all that is known of it")
    if unit.get("LoadState") == "not-found":
        return fine("service", "not installed as a unit (sudo scripts/install does that)")
    if unit.get("LoadState") == "masked":
        return wrong("service", "it is masked", "sudo systemctl unmask moodspeaker")
    if unit.get("LoadState") != "loaded":
        return wrong(
            "service", "its unit file is damaged", "systemd-analyze verify moodspeaker.service"
        )
    if unit.get("Result", "success") != "success" and unit.get("ActiveState") != "active":
        return failed(unit, config)
    return loaded(unit)


def loaded(unit: Mapping[str, str]) -> Finding:
    """A unit that has not failed."""
    starts = unit.get("UnitFileState", "").startswith("enabled")
    state = unit.get("ActiveState")
    if state not in ("active", "reloading", "activating"):
        if starts:
            return wrong("service", "it does not run", "sudo systemctl start moodspeaker")
        return wrong(
            "service",
            "it does not run, and does not start with the machine",
            "sudo systemctl enable --now moodspeaker",
        )
    if not starts:
        return wrong(
            "service",
            "it runs, and does not start with the machine",
            "sudo systemctl enable moodspeaker",
        )
    again = unit.get("NRestarts", "0")
    often = f", was started again {again} times since ({LOG})" if again not in ("", "0") else ""
    return fine("service", f"{state}, starts with the machine{often}")


def failed(unit: Mapping[str, str], config: Path) -> Finding:
    """It ended by itself."""
    status = unit.get("ExecMainStatus", "")
    if unit.get("Result") == "exit-code" and status == CONFIG_STATUS:
        return wrong(
            "service",
            "it has stopped: the config is wrong",
            f"moodspeaker check-config {config}; then: sudo systemctl restart moodspeaker",
        )
    tries = ", and is tried again and again" if unit.get("SubState") == "auto-restart" else ""
    return wrong(
        "service",
        f"it ended by itself ({unit.get('Result')}, status {status}){tries}",
        f"{LOG} says why; then: sudo systemctl restart moodspeaker",
    )


def examine_twins(config: Path, root: Path = Path("/")) -> Finding | None:
    """Two services of one config queue on one MPD and send in one name; None for none or one."""
    found = [pid for pid, words in processes(root) if is_service(words, config)]
    if len(found) < 2:
        return None
    return wrong(
        "service",
        f"{len(found)} of them run with {config} (processes {', '.join(map(str, found))})",
        f"keep the one of systemd; end the other: kill {found[-1]}",
    )


def processes(root: Path) -> list[tuple[int, list[str]]]:
    """(number, words) of every process that may be looked at, by number."""
    found = []
    for folder in (root / "proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")[:-1]
        except OSError:
            continue
        found.append((int(folder.name), [os.fsdecode(word) for word in words]))
    return sorted(found)


def is_service(words: list[str], config: Path) -> bool:
    """Whether these are the words of a `moodspeaker run` with that file."""
    if not words or not Path(words[0]).name.startswith(("python", "moodspeaker")):
        return False  # Such as sudo or timeout, whose child it is.
    named = any(Path(word).name == "moodspeaker" for word in words[:3])
    return named and "run" in words and str(config) in words[-1].split("=")
