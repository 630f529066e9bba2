"""The unit files: what systemd itself says of them, and what must stand in them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from moodspeaker.cli.arguments import DEFAULT_CONFIG
from moodspeaker.cli.main import build_parser
from moodspeaker.runtime.control_place import SYSTEM_FOLDER
from moodspeaker.runtime.state_folder import DEFAULT_STATE_DIR

SYSTEMD = Path(__file__).resolve().parents[2] / "systemd"
PROGRAM = "/opt/moodspeaker/bin/moodspeaker"
SERVICES = ("moodspeaker.service", "moodspeaker-label.service")
UNITS = (*SERVICES, "moodspeaker-label.timer")
EXAMPLES = tuple(sorted(path.relative_to(SYSTEMD) for path in SYSTEMD.glob("*.d/*.example")))
MOST_EXPOSED = 2.5
LIMIT_S = 180

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze here (package systemd)"
)


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """systemd-analyze, which needs no systemd that runs."""
    return subprocess.run(
        ["systemd-analyze", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def complaints(folder: Path, unit: str) -> list[str]:
    """What `systemd-analyze verify` has against one unit of a folder with its drop-ins.

    What it says of this machine's own units is not ours.
    """
    done = analyze("verify", "--man=no", "--recursive-errors=no", folder / unit)
    own = [line for line in done.stderr.splitlines() if "moodspeaker" in line or unit in line]
    return own or ([done.stderr] if done.returncode else [])


@pytest.fixture
def laid(tmp_path: Path) -> Path:
    """A folder with the units, which start a program that every machine has."""
    for name in UNITS:
        text = (SYSTEMD / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(PROGRAM, "/bin/true"), encoding="utf-8")
    return tmp_path


def settings(name: str) -> dict[str, list[str]]:
    """Every setting of a unit with all its values, in order."""
    found: dict[str, list[str]] = {}
    for line in (SYSTEMD / name).read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@needs_systemd
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_has_nothing_against_a_unit(laid: Path, unit: str) -> None:
    assert complaints(laid, unit) == []


@needs_systemd
def test_systemd_would_tell_of_a_setting_that_it_does_not_know(laid: Path) -> None:
    path = laid / "moodspeaker.service"
    path.write_text(path.read_text(encoding="utf-8").replace("UMask=", "Umaks="), encoding="utf-8")
    assert complaints(laid, path.name)


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_exposed_no_more_than_was_promised(laid: Path, unit: str) -> None:
    done = analyze("security", "--offline=true", "--no-pager", laid / unit)
    found = re.search(r"Overall exposure level .*: ([0-9.]+)", done.stdout)
    assert found, done.stderr
    assert float(found.group(1)) <= MOST_EXPOSED


@needs_systemd
def test_the_timer_has_a_next_time() -> None:
    (calendar,) = settings("moodspeaker-label.timer")["OnCalendar"]
    done = analyze("calendar", calendar)
    assert done.returncode == 0, done.stderr
    assert "03:30:00" in done.stdout


@needs_systemd
@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_of_a_drop_in_is_understood(laid: Path, example: Path) -> None:
    unit = example.parent.name.removesuffix(".d")
    if not (laid / unit).exists():
        (laid / unit).write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    (laid / example.parent).mkdir()
    shutil.copyfile(SYSTEMD / example, laid / example.parent / example.stem)
    assert complaints(laid, unit) == []


def test_there_are_examples_for_mpd_and_for_credentials() -> None:
    assert {"restart.conf.example", "music-mount.conf.example", "credentials.conf.example"} <= {
        path.name for path in EXAMPLES
    }


@pytest.mark.parametrize(
    "expected",
    [
        "Type=notify",
        "NotifyAccess=main",
        "WatchdogSec=30",
        "Restart=on-failure",
        "RestartSec=5",
        "StartLimitIntervalSec=0",
        "RestartPreventExitStatus=2",
        "RuntimeDirectory=moodspeaker",
        "StateDirectory=moodspeaker",
        "User=moodspeaker",
        "SupplementaryGroups=video audio",
        "UMask=0027",
        "LimitCORE=0",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "MemoryDenyWriteExecute=yes",
        "CapabilityBoundingSet=",
        "AmbientCapabilities=",
        "DevicePolicy=closed",
        "DeviceAllow=char-video4linux rw",
        "DeviceAllow=char-media rw",
        "DeviceAllow=char-dma_heap rw",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
        "SystemCallFilter=@system-service",
        "SystemCallErrorNumber=EPERM",
        "MemoryMax=400M",
        "OOMPolicy=continue",
    ],
)
def test_the_speaker_has(expected: str) -> None:
    key, _, value = expected.partition("=")
    assert value in settings("moodspeaker.service")[key]


@pytest.mark.parametrize("key", ["PrivateDevices", "PrivateNetwork", "PrivateUsers", "ProcSubset"])
def test_the_speaker_is_not_cut_off_from_camera_network_and_processor(key: str) -> None:
    assert key not in settings("moodspeaker.service")


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_waits_for_nothing_and_pulls_nothing_in(unit: str) -> None:
    found = settings(unit)
    assert not {"Wants", "Requires", "BindsTo", "PartOf"} & set(found)
    (after,) = found["After"]
    assert "network-online.target" not in after.split()
    assert "mpd.service" in after.split()


@pytest.mark.parametrize("unit", SERVICES)
def test_a_credential_that_is_not_there_does_not_keep_a_service_from_starting(unit: str) -> None:
    for value in settings(unit)["LoadCredential"]:
        name, _, source = value.partition(":")
        assert source == f"moodspeaker.{name}"
        assert "/" not in source


@pytest.mark.parametrize("unit", SERVICES)
def test_every_command_line_of_a_service_is_one_that_we_understand(unit: str) -> None:
    found = settings(unit)
    lines = [*found["ExecStart"], *found.get("ExecStartPost", [])]
    for line in lines:
        program, *words = line.removeprefix("-").split()
        assert program == PROGRAM
        build_parser().parse_args(words)


def test_the_units_name_the_places_that_the_program_expects() -> None:
    found = settings("moodspeaker.service")
    assert found["ExecStart"] == [f"{PROGRAM} run --config {DEFAULT_CONFIG}"]
    assert f"/var/lib/{found['StateDirectory'][0]}" == DEFAULT_STATE_DIR
    assert Path("/run") / found["RuntimeDirectory"][0] == SYSTEM_FOLDER


def test_labelling_gives_way_to_everything_else_and_comes_every_night() -> None:
    service, timer = settings("moodspeaker-label.service"), settings("moodspeaker-label.timer")
    assert service["Type"] == ["oneshot"]
    assert service["User"] == ["moodspeaker"]
    assert service["Nice"] == ["19"]
    assert service["IOSchedulingClass"] == ["idle"]
    assert timer["Persistent"] == ["true"]
    assert timer["RandomizedDelaySec"]
    # The folder with the control socket belongs to the speaker alone, and goes when it stops.
    assert "RuntimeDirectory" not in service
