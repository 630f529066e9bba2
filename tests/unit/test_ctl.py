"""`moodspeaker ctl` against a real socket: what it sends, prints and returns."""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from fakes.control_bench import ControlBench
from moodspeaker.cli.ctl import add_control
from moodspeaker.cli.ctl_list import accepts, listing, takes
from moodspeaker.errors import MoodspeakerError, PlayerLost
from moodspeaker.home.commands import READERS, Next, SetMood, SetNumber
from moodspeaker.runtime import control_client
from moodspeaker.runtime.control_client import NotRunning
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ControlBench:
    """A server where `ctl` looks for one; not running yet."""
    made = ControlBench(tmp_path)
    monkeypatch.setenv("MOODSPEAKER_CONTROL", str(made.path))
    return made


def run(*words: str) -> int:
    """`moodspeaker` with these words, as far as ctl and watch go."""
    parser = argparse.ArgumentParser()
    add_control(parser.add_subparsers(required=True))
    arguments = parser.parse_args(words)
    return int(arguments.command(arguments))


async def ctl(bench: ControlBench, *words: str) -> int:
    """`ctl` beside a running server."""
    async with bench.running():
        return await asyncio.to_thread(run, "ctl", *words)


async def test_a_button_needs_no_value_and_says_nothing(
    bench: ControlBench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ctl(bench, "next") == 0
    assert bench.commands == [Next()]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("mood", "happy"), SetMood(Emotion.HAPPY)),
        (("dwell_s", "30"), SetNumber("dwell_s", 30.0)),
        (("margin", "-0.5"), SetNumber("margin", -0.5)),
    ],
)
async def test_a_value_reaches_the_service(
    bench: ControlBench, words: tuple[str, ...], command: object
) -> None:
    assert await ctl(bench, *words) == 0
    assert bench.commands == [command]


async def test_a_refusal_is_told_on_stderr_and_in_the_status(
    bench: ControlBench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.refusal = PlayerLost("MPD is away", "start it")
    assert await ctl(bench, "next") == 1
    assert capsys.readouterr() == ("", "moodspeaker: MPD is away (start it)\n")


async def test_a_wrong_command_gets_the_parser_s_own_hint(
    bench: ControlBench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ctl(bench, "nxt") == 1
    assert "did you mean next?" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "status"), [(("mood", "sad"), 0), (("mood", "bad"), 1)])
async def test_with_json_the_answer_is_one_object(
    bench: ControlBench,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    status: int,
) -> None:
    assert await ctl(bench, *words, "--json") == status
    told = json.loads(capsys.readouterr().out)
    assert (told["entity"], told["ok"]) == ("mood", status == 0)


def test_without_a_value_a_command_that_needs_one_says_what_it_takes(bench: ControlBench) -> None:
    with pytest.raises(MoodspeakerError, match="mood needs a value: auto, angry"):
        run("ctl", "mood")


def test_without_a_service_the_socket_is_named(bench: ControlBench) -> None:
    with pytest.raises(NotRunning, match=f"no moodspeaker is running here .no socket {bench.path}"):
        run("ctl", "next")


def test_a_socket_that_nobody_listens_on_is_no_service(bench: ControlBench) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(bench.path))
    with pytest.raises(NotRunning, match="nobody listens on"):
        run("ctl", "next")


def test_a_service_that_says_nothing_is_told(
    bench: ControlBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_client, "ANSWER_LIMIT_S", 0.02)
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(bench.path))
        mute.listen()
        with pytest.raises(MoodspeakerError, match="does not answer"):
            run("ctl", "next")


@pytest.mark.parametrize("said", [b"hello\n", b"[]\n", b"{}\n", b"\xff\n"])
def test_a_stranger_behind_the_socket_is_told(bench: ControlBench, said: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(bench.path))
        stranger.listen()

        def speak() -> None:
            connection, _ = stranger.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(said)

        thread = threading.Thread(target=speak)
        thread.start()
        with pytest.raises(MoodspeakerError, match="does not answer as moodspeaker does"):
            run("ctl", "next")
        thread.join()


def test_neither_a_command_nor_list_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("ctl")
    assert "COMMAND" in capsys.readouterr().err


def test_the_list_has_a_line_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ctl", "--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == list(listing())
    assert [line.split()[0] for line in lines] == list(READERS)


@pytest.mark.parametrize("entity", list(READERS))
def test_every_command_is_told_apart(entity: str) -> None:
    assert takes(entity) != "a value"
    assert accepts(entity, "PRESS") or takes(entity)


@pytest.mark.parametrize("entity", [entity for entity in READERS if not takes(entity)])
def test_what_takes_no_value_is_pressed(entity: str) -> None:
    assert accepts(entity, "PRESS")
    assert not accepts(entity, "ON")
