"""What `moodspeaker doctor` finds of the unit, and of a second service."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from moodspeaker.doctor import service

CONFIG = Path("/etc/moodspeaker/moodspeaker.yaml")
WELL = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "SubState": "running",
    "UnitFileState": "enabled",
    "Result": "success",
    "ExecMainStatus": "0",
    "NRestarts": "0",
    "SupplementaryGroups": "video audio",
}
CRASHED = {
    "ActiveState": "activating",
    "SubState": "auto-restart",
    "Result": "watchdog",
    "ExecMainStatus": "6",
}
REFUSED = {"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "2"}


def systemctl(folder: Path, script: str) -> str:
    """A program in its place, below a machine on which systemd runs."""
    (folder / "run/systemd/system").mkdir(parents=True)
    path = folder / "systemctl"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_systemd_is_asked_for_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SHOW_LIMIT_S", 60.0)
    told = "\\n".join(f"{key}={value}" for key, value in WELL.items())
    asked = tmp_path / "asked"
    program = systemctl(tmp_path, f'echo "$@" > {asked}; printf "{told}\\n"')
    assert service.unit_state(program, tmp_path) == WELL
    assert asked.read_text().startswith("show moodspeaker.service --property=LoadState,")


@pytest.mark.parametrize("program", ["exec sleep 60", "exit 1"])
def test_a_systemd_that_hangs_or_fails_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(service, "SHOW_LIMIT_S", 0.2)
    assert service.unit_state(systemctl(tmp_path, program), tmp_path) == {}


def test_without_systemd_nobody_is_asked(tmp_path: Path) -> None:
    assert service.unit_state("/no/such/program", tmp_path) == {}
    assert service.examine_unit({}, CONFIG).ok


def test_a_unit_that_runs_and_starts_with_the_machine_is_fine() -> None:
    found = service.examine_unit(WELL, CONFIG)
    assert (found.name, found.ok, found.detail) == (
        "service",
        True,
        "active, starts with the machine",
    )


def test_a_unit_that_is_not_installed_is_no_fault() -> None:
    found = service.examine_unit({"LoadState": "not-found"}, CONFIG)
    assert found.ok
    assert "scripts/install" in found.detail


@pytest.mark.parametrize(
    ("changes", "says", "remedy"),
    [
        ({"ActiveState": "inactive"}, "does not run", "systemctl start"),
        (
            {"ActiveState": "inactive", "UnitFileState": "disabled"},
            "does not start with the machine",
            "enable --now",
        ),
        ({"UnitFileState": "disabled"}, "does not start with the machine", "systemctl enable"),
        ({"LoadState": "masked"}, "masked", "unmask"),
        ({"LoadState": "bad-setting"}, "damaged", "systemd-analyze verify"),
        (CRASHED, "again and again", "journalctl -u moodspeaker"),
        (
            {"ActiveState": "failed", "Result": "signal", "ExecMainStatus": "11"},
            "ended by itself (signal, status 11)",
            "journalctl -u moodspeaker",
        ),
        (REFUSED, "the config is wrong", f"moodspeaker check-config {CONFIG}"),
    ],
)
def test_a_unit_that_is_not_well_says_what_to_do(
    changes: dict[str, str], says: str, remedy: str
) -> None:
    found = service.examine_unit(WELL | changes, CONFIG)
    assert (found.name, found.ok) == ("service", False)
    assert says in found.detail
    assert remedy in found.remedy


def test_restarts_that_are_over_are_told() -> None:
    found = service.examine_unit(WELL | {"NRestarts": "7"}, CONFIG)
    assert found.ok
    assert "7 times" in found.detail


def process(root: Path, number: int, *words: str) -> None:
    """An entry of /proc."""
    folder = root / "proc" / str(number)
    folder.mkdir(parents=True)
    (folder / "cmdline").write_bytes(b"".join(os.fsencode(word) + b"\0" for word in words))


RUN = ("/opt/moodspeaker/bin/python", "/opt/moodspeaker/bin/moodspeaker", "run", "--config")


def test_two_services_of_one_config_are_one_too_many(tmp_path: Path) -> None:
    process(tmp_path, 7, *RUN, str(CONFIG))
    assert service.examine_twins(CONFIG, tmp_path) is None
    process(tmp_path, 90, "python", "-m", "moodspeaker", "run", f"--config={CONFIG}")
    found = service.examine_twins(CONFIG, tmp_path)
    assert found is not None
    assert (found.name, found.ok) == ("service", False)
    assert "kill 90" in found.remedy


def test_what_only_looks_like_a_second_service_is_none(tmp_path: Path) -> None:
    process(tmp_path, 7, *RUN, str(CONFIG))
    process(tmp_path, 8, *RUN, "/home/pi/other.yaml")
    process(tmp_path, 9, "moodspeaker", "doctor", "--config", str(CONFIG))
    process(tmp_path, 10, "nano", str(CONFIG))
    process(tmp_path, 11, "sudo", "moodspeaker", "run", "--config", str(CONFIG))
    process(tmp_path, 12)
    assert service.examine_twins(CONFIG, tmp_path) is None
