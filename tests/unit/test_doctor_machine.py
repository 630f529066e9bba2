"""What `moodspeaker doctor` finds of the machine: system, clock, power and memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from moodspeaker.doctor import machine

if TYPE_CHECKING:
    from pathlib import Path

RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"


def put(root: Path, name: str, text: str) -> Path:
    """A file below `root`; `root`."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("kernel", "says"),
    [
        ("armv7l", "32-bit system (armv7l)"),
        ("armv6l", "32-bit system (armv6l)"),
        ("aarch64", "64-bit kernel with 32-bit programs (aarch64)"),
    ],
)
def test_a_32_bit_system_is_sent_to_the_64_bit_one(kernel: str, says: str) -> None:
    found = machine.examine_system(bits=32, machine=kernel)
    assert (found.name, found.ok) == ("system", False)
    assert found.detail.startswith(says)
    assert "64-bit Raspberry Pi OS" in found.remedy


@pytest.mark.parametrize(("python", "fine"), [((3, 10, 9), False), ((3, 11, 0), True)])
def test_python_is_new_enough_from_3_11_on(python: tuple[int, ...], fine: bool) -> None:
    found = machine.examine_system(bits=64, machine="aarch64", python=python)
    assert found.ok is fine
    assert fine or "scripts/install" in found.remedy


def test_the_board_is_named_where_the_kernel_tells(tmp_path: Path) -> None:
    put(tmp_path, "proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0")
    found = machine.examine_system(64, "aarch64", (3, 11, 2), tmp_path)
    assert found.detail == "Raspberry Pi 4 Model B Rev 1.4, 64-bit, Python 3.11.2"


def test_this_machine_is_fine_as_these_tests_run_on_it() -> None:
    assert machine.examine_system().ok


@pytest.mark.parametrize(
    ("now", "fine"), [(RELEASED - SECOND, False), (RELEASED, True), (RELEASED + SECOND, True)]
)
def test_a_time_before_the_program_was_installed_is_wrong(now: datetime, fine: bool) -> None:
    found = machine.examine_clock(now, RELEASED, synchronised=True)
    assert (found.name, found.ok) == ("clock", fine)
    assert fine or "timedatectl set-ntp true" in found.remedy


@pytest.mark.parametrize(("moment", "fine"), [(-SECOND, False), (0 * SECOND, True)])
def test_a_clock_before_2025_is_wrong_even_if_files_are_as_old(
    moment: timedelta, fine: bool
) -> None:
    old = datetime(1970, 1, 1, tzinfo=UTC)
    found = machine.examine_clock(machine.EARLIEST + moment, old, synchronised=False)
    assert found.ok is fine


def test_a_clock_that_nobody_has_set_is_fine_and_says_so() -> None:
    found = machine.examine_clock(RELEASED, RELEASED, synchronised=False)
    assert found.ok
    assert "no time server" in found.detail


def test_timesyncd_tells_by_a_file_that_the_time_is_set(tmp_path: Path) -> None:
    put(tmp_path, "run/systemd/timesync/synchronized", "")
    assert machine.time_is_set(tmp_path)


@pytest.mark.parametrize(("state", "is_set"), [(-1, False), (0, True), (4, True), (5, False)])
def test_the_kernel_tells_it_of_every_other_time_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: int, is_set: bool
) -> None:
    class Libc:
        """With the one call."""

        @staticmethod
        def adjtimex(_: object) -> int:
            """The state of the clock."""
            return state

    monkeypatch.setattr(machine.ctypes, "CDLL", lambda _: Libc)
    assert machine.time_is_set(tmp_path) is is_set


@pytest.mark.parametrize(
    ("text", "says"),
    [("1", "now"), ("50005", "now"), ("10000", "since it was started"), ("50000", "since")],
)
def test_too_little_voltage_is_a_matter_of_the_supply(tmp_path: Path, text: str, says: str) -> None:
    found = machine.examine_power(put(tmp_path, THROTTLED, f"{text}\n"))
    assert found is not None
    assert (found.name, found.ok) == ("power", False)
    assert says in found.detail
    assert "power supply" in found.remedy


def test_the_supply_is_found_by_a_name_with_an_address_too(tmp_path: Path) -> None:
    name = "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled"
    found = machine.examine_power(put(tmp_path, name, "1\n"))
    assert found is not None
    assert not found.ok


@pytest.mark.parametrize("text", ["2", "4", "8", "e000e"])
def test_a_hot_board_is_to_be_cooled(tmp_path: Path, text: str) -> None:
    found = machine.examine_power(put(tmp_path, THROTTLED, text))
    assert found is not None
    assert not found.ok
    assert "camera.hot_c" in found.remedy


@pytest.mark.parametrize(("text", "says"), [("0", "enough"), ("80000", "was too hot for a while")])
def test_power_that_is_fine_now_is_fine(tmp_path: Path, text: str, says: str) -> None:
    found = machine.examine_power(put(tmp_path, THROTTLED, text))
    assert found is not None
    assert (found.ok, found.detail) == (True, says)


def test_a_machine_without_that_sensor_has_nothing_to_say(tmp_path: Path) -> None:
    assert machine.examine_power(tmp_path) is None


def test_limits_of_memory_are_kept_where_the_controller_is_on(tmp_path: Path) -> None:
    put(tmp_path, "sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n")
    assert machine.examine_memory(tmp_path).detail == "limits are kept"


def test_limits_of_memory_are_kept_by_the_older_hierarchy_too(tmp_path: Path) -> None:
    (tmp_path / "sys/fs/cgroup/memory").mkdir(parents=True)
    put(tmp_path, "proc/cgroups", "#subsys_name\thierarchy\nmemory\t6\t61\t1\n")
    assert machine.examine_memory(tmp_path).detail == "limits are kept"


@pytest.mark.parametrize("controllers", ["", "cpuset cpu io pids\n"])
def test_without_the_controller_all_is_fine_and_a_hint_says_how(
    tmp_path: Path, controllers: str
) -> None:
    put(tmp_path, "sys/fs/cgroup/cgroup.controllers", controllers)
    put(tmp_path, "proc/cgroups", "#subsys_name\thierarchy\nmemory\t0\t61\t0\n")
    found = machine.examine_memory(tmp_path)
    assert found.ok
    assert "cgroup_enable=memory" in found.detail
