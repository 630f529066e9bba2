"""Backoff, supervision, switches, sd_notify and the device id."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from moodspeaker.errors import BrokerDenied, BrokerLost
from moodspeaker.runtime.backoff import DENIED_S, JITTER_S, ExponentialBackoff
from moodspeaker.runtime.identity import device_id
from moodspeaker.runtime.notify import Notifier, watchdog_period_s
from moodspeaker.runtime.supervisor import Supervisor
from moodspeaker.runtime.switches import Switches, SwitchFile

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_S = 30.0


class Recorder(ExponentialBackoff):
    """Waits for nothing, and remembers how long it would have waited."""

    def __init__(self) -> None:
        super().__init__(4.0, Random(1))
        self.waits: list[float] = []

    def failed(self, *, denied: bool = False) -> float:
        self.waits.append(super().failed(denied=denied))
        return 0.0


def test_waits_double_up_to_the_longest_and_start_again_after_success() -> None:
    backoff = ExponentialBackoff(4.0, Random(1))
    waits = [backoff.failed() for _ in range(5)]
    for wait, base in zip(waits, (1, 2, 4, 4, 4), strict=True):
        assert base - JITTER_S <= wait <= base
    backoff.succeeded()
    assert backoff.failed() <= 1


def test_refused_credentials_wait_a_minute_at_once() -> None:
    wait = ExponentialBackoff(4.0, Random(1)).failed(denied=True)
    assert DENIED_S - JITTER_S <= wait <= DENIED_S


class Flaky:
    """An attempt that follows a script of errors, then stays up for ever."""

    def __init__(self, *script: Exception | None) -> None:
        self.script = list(script)
        self.settled = asyncio.Event()
        self.tries = 0

    async def attempt(self, up: Callable[[], None]) -> None:
        self.tries += 1
        outcome = self.script.pop(0) if self.script else None
        if outcome:
            raise outcome
        up()
        if not self.script:
            self.settled.set()
            await asyncio.Event().wait()


async def supervised(flaky: Flaky) -> tuple[list[tuple[str, str]], list[float]]:
    """(health told, waits) until the attempt stays up."""
    told: list[tuple[str, str]] = []
    backoff = Recorder()
    supervisor = Supervisor("mqtt", flaky.attempt, backoff, lambda p, t: told.append((p, t)))
    task = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(LIMIT_S):
        await flaky.settled.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return told, backoff.waits


async def test_a_lost_connection_is_told_and_tried_again_until_it_is_up() -> None:
    told, waits = await supervised(Flaky(BrokerLost("gone"), BrokerLost("gone"), None))
    assert told == [("mqtt", "gone"), ("mqtt", "gone"), ("mqtt", "ok")]
    assert len(waits) == 2


async def test_wrong_credentials_go_to_the_longest_wait() -> None:
    _, waits = await supervised(Flaky(BrokerDenied("wrong password")))
    assert waits[0] >= DENIED_S - JITTER_S


async def test_a_wait_can_be_cut_short() -> None:
    flaky = Flaky(BrokerDenied("wrong password"), None)
    supervisor = Supervisor(
        "mqtt", flaky.attempt, ExponentialBackoff(4.0, Random(1)), lambda *_: None
    )
    task = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(LIMIT_S):
        while not flaky.tries:
            await asyncio.sleep(0)
        supervisor.retry_now()
        await flaky.settled.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_attempt_that_just_ends_counts_as_lost() -> None:
    told, _ = await supervised(Flaky(None, None))
    assert told[:2] == [("mqtt", "ok"), ("mqtt", "mqtt: the connection ended")]


async def test_the_first_failure_is_a_warning_and_repeats_are_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    await supervised(Flaky(BrokerLost("gone"), BrokerLost("gone"), None))
    assert [r.levelname for r in caplog.records if r.name.endswith("supervisor")] == [
        "WARNING",
        "DEBUG",
        "INFO",
    ]


async def test_a_mistake_of_ours_is_not_swallowed() -> None:
    supervisor = Supervisor("x", Flaky(ZeroDivisionError()).attempt, Recorder(), lambda *_: None)
    with pytest.raises(ZeroDivisionError):
        await supervisor.run()


def test_switches_come_back_as_they_were_saved(tmp_path: Path) -> None:
    file = SwitchFile(tmp_path / "state" / "switches.json")
    assert file.load() == Switches(following=True, camera=True)
    file.save(Switches(following=False, camera=False))
    assert SwitchFile(tmp_path / "state" / "switches.json").load() == Switches(False, False)
    assert [p.name for p in (tmp_path / "state").iterdir()] == ["switches.json"]


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "3", '{"other": 1}'])
def test_a_damaged_switch_file_means_the_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "switches.json"
    path.write_text(text)
    assert SwitchFile(path).load() == Switches()


def test_switches_that_cannot_be_written_are_told_and_harm_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    SwitchFile(tmp_path / "file" / "switches.json").save(Switches())
    assert "cannot be written" in caplog.text


def test_systemd_gets_its_lines_and_a_full_socket_does_not_stall(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(address)
        notifier = Notifier(address)
        assert notifier.send("READY=1", "STATUS=up")
        assert receiver.recv(100) == b"READY=1\nSTATUS=up"
        sent = sum(notifier.send("WATCHDOG=1") for _ in range(5000))
        assert sent < 5000
        notifier.close()


def test_without_systemd_nothing_is_sent() -> None:
    assert not Notifier(None).send("READY=1")


@pytest.mark.parametrize(
    ("value", "period"), [("30000000", 15.0), ("", None), ("0", None), ("soon", None)]
)
def test_the_watchdog_is_fed_at_half_its_time(
    monkeypatch: pytest.MonkeyPatch, value: str, period: float | None
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", value)
    assert watchdog_period_s() == period


def test_the_device_id_is_steady_and_hides_the_machine_id(tmp_path: Path) -> None:
    path = tmp_path / "machine-id"
    path.write_text("0123456789abcdef0123456789abcdef\n")
    first = device_id(path)
    assert first == device_id(path)
    assert len(first) == 8
    assert first not in path.read_text()
    path.write_text("1123456789abcdef0123456789abcdef\n")
    assert device_id(path) != first
    assert device_id(tmp_path / "none")
