"""How `moodspeaker doctor` goes through its checks, and how it tells what it finds."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING

import pytest

from moodspeaker.cli import doctor as command
from moodspeaker.cli.main import build_parser
from moodspeaker.doctor import examination
from moodspeaker.doctor.finding import fine, wrong
from moodspeaker.doctor.limits import Step, in_thread, taken
from moodspeaker.doctor.running import Answer
from moodspeaker.errors import CameraStalled
from moodspeaker.runtime import switches

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from moodspeaker.doctor.finding import Finding

GOOD, BAD = fine("camera", "imx708"), wrong("mpd", "no MPD here", "sudo systemctl start mpd")


async def results(check: AsyncIterator[Finding], limit_s: float = 30.0) -> list[Finding]:
    """What a step gives."""
    return [finding async for finding in taken(Step("step", limit_s, check))]


async def giving(*findings: Finding, then: Exception | None = None) -> AsyncIterator[Finding]:
    """These, and then perhaps an error."""
    for finding in findings:
        yield finding
    if then is not None:
        raise then


async def test_a_step_gives_its_findings_in_their_order() -> None:
    assert await results(giving(GOOD, BAD)) == [GOOD, BAD]


async def test_a_step_that_hangs_is_ended_and_becomes_a_finding() -> None:
    async def hanging() -> AsyncIterator[Finding]:
        yield GOOD
        await asyncio.Event().wait()

    first, last = await results(hanging(), limit_s=0.05)
    assert first == GOOD
    assert (last.name, last.ok, last.detail) == ("step", False, "gave no answer within 0.05 s")
    assert "journalctl" in last.remedy


async def test_a_thread_that_hangs_holds_nobody_up() -> None:
    gate = threading.Event()

    async def hanging() -> AsyncIterator[Finding]:
        await in_thread(gate.wait)
        yield GOOD

    (found,) = await results(hanging(), limit_s=0.05)
    gate.set()
    assert not found.ok


@pytest.mark.parametrize(
    ("error", "says", "remedy"),
    [
        (CameraStalled("no frame", "push it in"), "no frame", "push it in"),
        (CameraStalled("no frame"), "no frame", "journalctl"),
        (OSError(5, "Input/output error"), "Input/output error", "sudo"),
    ],
)
async def test_an_error_ends_its_step_as_a_finding(
    error: Exception, says: str, remedy: str
) -> None:
    first, last = await results(giving(GOOD, then=error))
    assert first == GOOD
    assert not last.ok
    assert says in last.detail
    assert remedy in last.remedy


async def test_a_check_that_is_broken_itself_says_so() -> None:
    def broken() -> None:
        raise KeyError("x")

    async def checking() -> AsyncIterator[Finding]:
        await in_thread(broken)
        yield GOOD

    (found,) = await results(checking())
    assert "itself failed: KeyError" in found.detail


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command ends this whole process where its threads take too long to end."""
    monkeypatch.setattr(command, "LATEST_S", 60.0)


def doctor(config: Path, *options: str) -> int:
    """`moodspeaker doctor` in this process."""
    arguments = build_parser().parse_args(["doctor", "--config", str(config), *options])
    return command.do_doctor(arguments)


def test_each_finding_is_told_before_the_next_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []

    async def watched(*_: object) -> AsyncIterator[Finding]:
        yield GOOD
        told.append(capsys.readouterr().out)
        yield BAD

    monkeypatch.setattr(examination, "examine", watched)
    doctor(tmp_path)
    assert told == ["ok    camera           imx708\n"]


def test_a_thread_that_hangs_does_not_keep_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, left = threading.Event(), list[int]()

    def leave(status: int) -> None:
        left.append(status)
        gate.set()

    async def hanging(*_: object) -> AsyncIterator[Finding]:
        yield BAD
        asyncio.get_running_loop().run_in_executor(None, gate.wait)

    monkeypatch.setattr(examination, "examine", hanging)
    monkeypatch.setattr(command, "LATEST_S", 0.05)
    monkeypatch.setattr(command.os, "_exit", leave)
    doctor(tmp_path)
    assert left == [1]


@pytest.fixture
def finding_only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts these in the place of a real examination."""

    def put(*findings: Finding) -> None:
        monkeypatch.setattr(examination, "examine", lambda *_: giving(*findings))

    return put


def test_all_fine_ends_with_0(
    tmp_path: Path, finding_only: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    finding_only(GOOD)
    assert doctor(tmp_path) == 0
    assert capsys.readouterr().out == "ok    camera           imx708\nnothing is wrong\n"


def test_a_fault_ends_with_1_and_its_remedy_stands_below(
    tmp_path: Path, finding_only: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    finding_only(GOOD, BAD)
    assert doctor(tmp_path) == 1
    assert capsys.readouterr().out.splitlines()[1:3] == [
        "WRONG mpd              no MPD here",
        "      sudo systemctl start mpd",
    ]


def test_json_is_one_object(
    tmp_path: Path, finding_only: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    finding_only(GOOD, BAD)
    assert doctor(tmp_path, "--json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "checks": [
            {"name": "camera", "ok": True, "detail": "imx708", "remedy": ""},
            {
                "name": "mpd",
                "ok": False,
                "detail": "no MPD here",
                "remedy": "sudo systemctl start mpd",
            },
        ],
        "ok": False,
    }


async def test_a_config_on_a_disk_that_hangs_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(examination, "FILES_LIMIT_S", 0.05)
    monkeypatch.setattr(examination, "examine_config", lambda _: gate.wait())
    first = await anext(examination.examine(tmp_path / "speaker.yaml", tmp_path))
    gate.set()
    assert (first.name, first.ok) == ("config", False)
    assert "dmesg" in first.remedy


@pytest.mark.parametrize(
    ("stored", "switched_on"),
    [(None, True), ('{"camera": false}', False), ('{"camera": true}', True), ("{", True)],
)
def test_the_camera_s_switch_is_read_as_the_service_reads_it(
    tmp_path: Path, stored: str | None, switched_on: bool
) -> None:
    if stored is not None:
        (tmp_path / switches.FILE_NAME).write_text(stored)
    assert examination.camera_switch(tmp_path) is switched_on


def test_a_switch_that_may_not_be_read_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(type(tmp_path), "open", refuse)
    assert examination.camera_switch(tmp_path) is None


async def test_a_camera_that_a_silent_service_may_have_is_left_alone(tmp_path: Path) -> None:
    answer = Answer(BAD, None, occupied=True)
    config, _ = examination.examine_config(tmp_path / "none.yaml")
    (found,) = [f async for f in examination.examine_camera(config, tmp_path, answer)]
    assert found.ok
    assert "not opened" in found.detail
