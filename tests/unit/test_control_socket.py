"""The control socket: where it is, what it answers, whom it turns away, how it ends."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fakes.broker import A_STATE
from fakes.control_bench import ControlBench
from fakes.metronome import Stopwatch
from moodspeaker.app.control import answer
from moodspeaker.errors import MoodspeakerError, PlayerLost
from moodspeaker.home import obeying, payloads
from moodspeaker.home.commands import Next, SetMood
from moodspeaker.runtime import control_socket
from moodspeaker.runtime.control_place import (
    LONGEST_BYTES,
    check_length,
    client_socket,
    service_socket,
)
from moodspeaker.runtime.control_socket import LONGEST_LINE_BYTES, MOST_CLIENTS
from moodspeaker.types import Emotion, NowPlaying, Track

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from moodspeaker.runtime.control_socket import Told

HAPPY = {"entity": "mood", "payload": "happy"}
DONE = {"entity": "mood", "ok": True, "error": None}
STOP_LIMIT_S = 0.5


@pytest.fixture
def bench(tmp_path: Path) -> ControlBench:
    """A server on a socket of its own."""
    return ControlBench(tmp_path)


# Where it is.


def test_the_environment_says_where_before_anything_else(tmp_path: Path) -> None:
    environment = {"MOODSPEAKER_CONTROL": "/a/b", "RUNTIME_DIRECTORY": "/run/x"}
    assert service_socket(environment, tmp_path, tmp_path) == Path("/a/b")
    assert client_socket(environment, tmp_path, tmp_path) == Path("/a/b")


def test_the_first_folder_of_systemd_comes_next(tmp_path: Path) -> None:
    environment = {"RUNTIME_DIRECTORY": "/run/x:/run/y"}
    assert service_socket(environment, tmp_path, tmp_path) == Path("/run/x/control.sock")


def test_then_the_system_s_folder_where_it_is_there(tmp_path: Path) -> None:
    system = tmp_path / "run"
    assert service_socket({}, tmp_path, system) == tmp_path / "control.sock"
    system.mkdir()
    assert service_socket({}, tmp_path, system) == system / "control.sock"


def test_a_client_finds_the_system_s_socket_in_a_folder_that_it_may_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    system = tmp_path / "run"
    system.mkdir()
    assert client_socket({}, tmp_path, system) == tmp_path / "control.sock"
    (system / "control.sock").touch()
    assert client_socket({}, tmp_path, system) == system / "control.sock"
    assert service_socket({}, tmp_path, system) == tmp_path / "control.sock"


@pytest.mark.parametrize(("length", "fits"), [(106, True), (107, True), (108, False)])
def test_a_path_that_no_socket_can_have_is_told(length: int, fits: bool) -> None:
    path = Path("/" + "x" * (length - 1))
    if fits:
        check_length(path)
        return
    with pytest.raises(MoodspeakerError, match=f"{LONGEST_BYTES} are allowed"):
        check_length(path)


# How it is made.


async def test_owner_and_group_may_use_it_and_nobody_else(bench: ControlBench) -> None:
    async with bench.running():
        assert stat.S_IMODE(bench.path.stat().st_mode) == 0o660


async def test_its_folder_is_made(tmp_path: Path) -> None:
    bench = ControlBench(tmp_path / "not" / "there")
    async with bench.running(), bench.client() as client:
        assert await client.ask(HAPPY) == DONE


async def test_what_a_dead_service_left_is_taken_away(bench: ControlBench) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(bench.path))
    async with bench.running(), bench.client() as client:
        assert await client.ask(HAPPY) == DONE


async def test_a_live_service_keeps_its_socket_and_the_second_goes_on_without(
    bench: ControlBench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with bench.running():
        await ControlBench(tmp_path).server.run()
        assert f"another moodspeaker listens on {bench.path}" in caplog.text
        async with bench.client() as client:
            assert await client.ask(HAPPY) == DONE


async def test_a_file_that_is_no_socket_is_told_and_left(
    bench: ControlBench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.path.write_text("mine")
    await bench.server.run()
    assert "is no socket (remove it)" in caplog.text
    assert bench.path.read_text() == "mine"


async def test_a_place_that_cannot_be_written_is_told_once_and_no_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    await ControlBench(tmp_path / "file").server.run()
    warnings = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert "MOODSPEAKER_CONTROL" in caplog.text


async def test_another_s_socket_in_the_same_place_is_not_taken_away(bench: ControlBench) -> None:
    async with bench.running():
        bench.path.unlink()
        bench.path.touch()
    assert bench.path.exists()


# Commands.


async def test_a_command_is_done_and_answered_as_over_mqtt(bench: ControlBench) -> None:
    async with bench.running(), bench.client() as client:
        assert await client.ask(HAPPY) == DONE
    assert bench.commands == [SetMood(Emotion.HAPPY)]


async def test_commands_of_one_client_are_answered_in_order(bench: ControlBench) -> None:
    async with bench.running(), bench.client() as client:
        client.say(b'{"entity":"next","payload":"PRESS"}\n{"entity":"mood","payload":"sad"}\n')
        told = [await client.hear(), await client.hear()]
    assert [line["entity"] for line in told] == ["next", "mood"]
    assert bench.commands == [Next(), SetMood(Emotion.SAD)]


async def test_the_parser_s_refusal_is_the_answer_and_the_client_stays(bench: ControlBench) -> None:
    async with bench.running(), bench.client() as client:
        told = await client.ask({"entity": "mood", "payload": "hapy"})
        assert told == {
            "entity": "mood",
            "ok": False,
            "error": "mood: 'hapy' is no mood (did you mean happy?)",
        }
        assert await client.ask(HAPPY) == DONE


async def test_the_service_s_refusal_is_the_answer(bench: ControlBench) -> None:
    bench.refusal = PlayerLost("MPD is away", "start it")
    async with bench.running(), bench.client() as client:
        told = await client.ask({"entity": "next", "payload": "PRESS"})
    assert told == {"entity": "next", "ok": False, "error": "MPD is away (start it)"}


async def test_a_command_that_hangs_is_told_after_its_limit(
    bench: ControlBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(obeying, "COMMAND_LIMIT_S", 0.01)
    bench.gate.clear()
    told = json.loads(await answer(bench.handle, "next", b"PRESS"))
    assert told == {"entity": "next", "ok": False, "error": "next was not done within 0.01 s"}


async def test_two_clients_do_not_wait_for_one_another(bench: ControlBench) -> None:
    bench.gate.clear()
    async with bench.running(), bench.client() as slow, bench.client() as quick:
        slow.say(json.dumps(HAPPY).encode() + b"\n")
        await bench.busy.wait()
        told = await quick.ask({"entity": "no such", "payload": ""})
        assert not told["ok"]
        bench.gate.set()
        assert await slow.hear() == DONE


# What is turned away.


HOSTILE = {
    "no JSON": b"next\n",
    "no UTF-8": b'{"entity":"mood","payload":"\xff\xfe"}\n',
    "deep JSON": b"[" * 60_000 + b"\n",
    "not a number": b'{"entity":"dwell_s","payload":NaN}\n',
    "a number": b'{"entity":"dwell_s","payload":30}\n',
    "a list": b"[]\n",
    "an empty line": b"\n",
    "half a character": b'{"entity":"mood","payload":"\\ud800"}\n',
    "half a character in the name": b'{"entity":"\\udfff","payload":"x"}\n',
    "a key too many": b'{"entity":"mood","payload":"happy","more":1}\n',
    "no payload": b'{"entity":"mood"}\n',
    "a watch that is none": b'{"watch":false}\n',
}


@pytest.mark.parametrize("kind", list(HOSTILE))
async def test_what_is_no_request_is_told_in_one_line_and_hung_up_on(
    bench: ControlBench, kind: str
) -> None:
    async with bench.running():
        async with bench.client() as client:
            client.say(HOSTILE[kind])
            told = await client.hear()
            assert (told["entity"], told["ok"]) == (None, False)
            assert '{"watch": true}' in told["error"] or "surrogate" in told["error"]
            assert await client.hear() is None
        async with bench.client() as client:
            assert await client.ask(HAPPY) == DONE


async def test_ten_megabytes_without_an_end_are_refused(bench: ControlBench) -> None:
    async with bench.running(), bench.client() as client:
        client.say(b"x" * 10_000_000)
        told = await client.hear()
        assert str(LONGEST_LINE_BYTES) in told["error"]
        assert await client.hear() is None


@pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
async def test_a_line_may_be_so_long_and_no_longer(
    bench: ControlBench, more: int, fits: bool
) -> None:
    frame = len(json.dumps({"entity": "mood", "payload": ""}))
    line = json.dumps({"entity": "mood", "payload": "x" * (LONGEST_LINE_BYTES + more - frame)})
    async with bench.running(), bench.client() as client:
        client.say(line.encode() + b"\n")
        told = await client.hear()
    assert told["entity"] == ("mood" if fits else None)


async def test_so_many_clients_and_no_more_until_one_leaves(bench: ControlBench) -> None:
    async with bench.running():
        first = bench.client()
        await first.__aenter__()
        others = [bench.client() for _ in range(MOST_CLIENTS - 1)]
        last = [await other.__aenter__() for other in others][-1]
        assert await last.ask(HAPPY) == DONE
        async with bench.client() as client:
            assert str(MOST_CLIENTS) in (await client.hear())["error"]
        await first.__aexit__(None, None, None)
        async with bench.client() as client:
            assert await client.ask(HAPPY) == DONE
        for other in others:
            await other.__aexit__(None, None, None)


async def test_who_says_nothing_does_not_hold_a_place_for_ever(
    bench: ControlBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_socket, "IDLE_LIMIT_S", 0.01)
    async with bench.running(), bench.client() as client:
        assert await client.hear() is None


# Watching.


async def test_a_watcher_is_told_everything_at_once_and_then_each_change(
    bench: ControlBench,
) -> None:
    bench.board.update(A_STATE)
    async with bench.running(), bench.client() as client:
        client.say(b'{"watch": true}\n')
        told = {**await client.hear(), **await client.hear()}
        assert told["track"]["uri"] is None
        assert told["state"] == json.loads(payloads.state_payload(A_STATE))
        bench.board.playing(NowPlaying(Track("a.ogg")))
        assert (await client.hear())["track"]["uri"] == "a.ogg"


async def test_all_that_is_known_is_sent_in_one_piece(
    bench: ControlBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    async def noted(writer: asyncio.StreamWriter, content: bytes) -> None:
        sent.append(content)
        await send(writer, content)

    send = control_socket.send
    monkeypatch.setattr(control_socket, "send", noted)
    bench.board.update(A_STATE)
    async with bench.running(), bench.client() as client:
        client.say(b'{"watch": true}\n')
        told = [*await client.hear(), *await client.hear()]
    assert told == ["track", "state"]
    assert len(sent) == 1


async def test_a_watcher_that_leaves_is_forgotten(bench: ControlBench) -> None:
    async with bench.running():
        async with bench.client() as client:
            client.say(b'{"watch": true}\n')
            await client.hear()
            assert len(bench.board._onlookers) == 1
        while bench.board._onlookers:
            await asyncio.sleep(0)


async def test_a_watcher_that_does_not_read_is_dropped(
    bench: ControlBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_socket, "UNREAD_LIMIT_S", 0.02)
    monkeypatch.setattr(control_socket, "FAREWELL_LIMIT_S", 0.02)
    dropped = asyncio.Event()

    async def flood() -> AsyncGenerator[Told, None]:
        try:
            while True:
                yield (("state", b'"%s"' % (b"x" * 100_000)),)
        finally:
            dropped.set()

    monkeypatch.setattr(bench.board, "subscribe", flood)
    reader = socket.socket(socket.AF_UNIX)
    async with bench.running():
        reader.connect(str(bench.path))
        reader.send(b'{"watch": true}\n')
        await dropped.wait()
        async with bench.client() as client:
            assert await client.ask(HAPPY) == DONE
    reader.close()


# The end.


async def test_it_ends_soon_with_watchers_and_a_command_under_way(bench: ControlBench) -> None:
    bench.gate.clear()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        task = group.create_task(bench.server.run())
        while not bench.path.exists():
            await asyncio.sleep(0)
        async with bench.client() as busy, bench.client() as watcher, bench.client():
            busy.say(json.dumps(HAPPY).encode() + b"\n")
            watcher.say(b'{"watch": true}\n')
            await bench.busy.wait()
            await watcher.hear()
            watch = Stopwatch()
            task.cancel()
            await asyncio.wait({task})
            assert watch.fair_s < STOP_LIMIT_S
            assert await watcher.hear() is None
    assert not bench.path.exists()


# Not 1: asyncio of Python 3.11 then accepts for a server that has closed, and drops it itself.
@pytest.mark.parametrize("turns", [0, 2, 3, 4])
async def test_whoever_connects_while_it_ends_is_hung_up_on(
    bench: ControlBench, turns: int, recwarn: pytest.WarningsRecorder
) -> None:
    wrong: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: wrong.append(what))
    late = socket.socket(socket.AF_UNIX)
    async with bench.running():
        async with bench.client() as client:
            await client.ask(HAPPY)
        late.connect(str(bench.path))
        for _ in range(turns):
            await asyncio.sleep(0)
    late.setblocking(False)
    with suppress(ConnectionError):
        async with asyncio.timeout(30):
            assert await asyncio.get_running_loop().sock_recv(late, 1) == b""
    late.close()
    assert (wrong, [str(warning.message) for warning in recwarn]) == ([], [])
