"""Whether the doctor sees why MPD cannot be reached or does not let us in."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest

from fakes.doctor_player import (
    ANSWER_S,
    LIMIT_S,
    ExaminedMpd,
    findings_on,
)
from moodspeaker.demo.servers import HOST, free_port
from moodspeaker.doctor import players_reach
from moodspeaker.doctor.examined_player import ExaminedPlayer, connected, settings_of
from moodspeaker.doctor.players import examine_players

if TYPE_CHECKING:
    from pathlib import Path


GRANTED = 'password "secret@read,add,control,admin"\ndefault_permissions ""\n'
READ_ONLY = 'password "secret@read"\ndefault_permissions ""\n'
NOTHING = 'password "secret@read,add,control,admin"\npassword "less@add"\ndefault_permissions ""\n'


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An MPD at another place is given time to answer."""
    monkeypatch.setattr(players_reach, "LOOK_LIMIT_S", ANSWER_S)


async def test_a_good_player_is_fine(running: ExaminedMpd) -> None:
    told = await findings_on(running.config())
    assert all(finding.ok for finding in told.values()), told
    names = ["mpd", "mpd rights", "mpd output", "mpd volume", "mpd playback", "mpd library"]
    assert list(told) == [*names, "music folder", "mpd stickers", "mpd playlists"]
    assert "0.2" in told["mpd"].detail
    assert "(pipe)" in told["mpd output"].detail
    assert "100 %" in told["mpd volume"].detail
    assert "2 songs" in told["mpd library"].detail
    assert "2 of 2" in told["music folder"].detail


async def test_an_examination_leaves_no_sticker_and_no_song_behind(running: ExaminedMpd) -> None:
    await findings_on(running.config())
    async with connected(settings_of(running.config().mpd)) as player:
        assert (await player.status()).queue == ()
        assert await player.stickers("moodspeaker_doctor") == {}


async def test_a_player_that_is_down_is_told_with_how_to_start_it(bench: ExaminedMpd) -> None:
    told = (await findings_on(bench.config()))["mpd"]
    assert not told.ok
    assert told.detail == f"no MPD at {HOST}:{bench.server.port}: nobody listens there"
    assert "systemctl start mpd" in told.remedy


async def test_an_unknown_host_is_told_by_name(bench: ExaminedMpd) -> None:
    told = (await findings_on(bench.config({"host": "no-such-host.invalid"})))["mpd"]
    assert "mpd.host" in told.remedy
    assert "no-such-host.invalid" in told.remedy


@pytest.mark.usefixtures("patient")
async def test_a_player_on_a_unix_socket_alone_is_found_there(running: ExaminedMpd) -> None:
    told = (await findings_on(running.config({"port": free_port()}), ("/no/such", running.socket)))[
        "mpd"
    ]
    assert not told.ok
    assert told.remedy.startswith(f"mpd.host: {running.socket} ")


@pytest.mark.usefixtures("patient")
async def test_a_player_that_wants_a_password_is_found_on_its_socket_too(
    bench: ExaminedMpd,
) -> None:
    bench.add(GRANTED)
    await bench.server.start()
    told = (await findings_on(bench.config({"port": free_port()}), (bench.socket,)))["mpd"]
    assert told.remedy.startswith(f"mpd.host: {bench.socket} ")


@pytest.mark.usefixtures("patient")
async def test_a_player_on_tcp_alone_is_found_there(running: ExaminedMpd) -> None:
    told = (await findings_on(running.config({"host": "/no/such/socket"})))["mpd"]
    assert not told.ok
    assert told.remedy.startswith(f"mpd.host: {HOST} ")


async def test_a_socket_that_is_not_there_is_told(bench: ExaminedMpd) -> None:
    told = (await findings_on(bench.config({"host": bench.socket})))["mpd"]
    assert "bind_to_address" in told.remedy


@pytest.mark.parametrize(
    ("greeting", "timeout_s", "seen"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", ANSWER_S, "SSH-2.0-OpenSSH_9.2"),
        (b"", 0.5, "no answer in 0.5 s"),
        (b"\xff\xfe\n", ANSWER_S, "something else answers"),
    ],
)
async def test_a_port_that_another_program_holds_is_told(
    bench: ExaminedMpd, greeting: bytes, timeout_s: float, seen: str
) -> None:
    async with stranger(greeting) as port:
        told = (await findings_on(bench.config({"port": port, "timeout_s": timeout_s})))["mpd"]
    assert not told.ok
    assert seen in told.detail
    assert "mpd.port" in told.remedy
    assert "ss -ltnp" in told.remedy


async def test_a_frozen_player_is_told_in_time(running: ExaminedMpd) -> None:
    assert running.server.process is not None
    running.server.process.send_signal(signal.SIGSTOP)
    told = (await findings_on(running.config({"timeout_s": 0.5})))["mpd"]
    running.server.process.send_signal(signal.SIGCONT)
    assert "no answer in 0.5 s" in told.detail
    assert "systemctl restart mpd" in told.remedy


async def test_a_port_that_hangs_up_is_told(bench: ExaminedMpd) -> None:
    async with stranger(b"", hangs_up=True) as port:
        told = (await findings_on(bench.config({"port": port})))["mpd"]
    assert not told.ok
    assert "mpd.port" in told.remedy


@pytest.mark.parametrize(("version", "ok"), [("0.20.9", False), ("0.21.0", True), ("1.0", True)])
async def test_an_old_player_is_told(bench: ExaminedMpd, version: str, ok: bool) -> None:
    async with stranger(f"OK MPD {version}\n".encode(), b"OK\n") as port:
        told = (await findings_on(bench.config({"port": port})))["mpd"]
    assert told.ok is ok
    assert version in told.detail
    assert ok or "apt install mpd" in told.remedy


async def test_a_password_that_is_missing_is_told_with_its_key(bench: ExaminedMpd) -> None:
    bench.add(GRANTED)
    await bench.server.start()
    told = (await findings_on(bench.config()))["mpd"]
    assert "wants a password" in told.detail
    assert "mpd.password_file" in told.remedy


async def test_a_wrong_password_is_told(bench: ExaminedMpd, tmp_path: Path) -> None:
    bench.add(GRANTED)
    await bench.server.start()
    told = (await findings_on(bench.config({"password_file": secret(tmp_path, "wrong")})))["mpd"]
    assert "does not know the password" in told.detail
    assert "/etc/mpd.conf" in told.remedy


async def test_a_password_without_reading_is_told_as_that(
    bench: ExaminedMpd, tmp_path: Path
) -> None:
    bench.add(NOTHING)
    await bench.server.start()
    told = (await findings_on(bench.config({"password_file": secret(tmp_path, "less")})))["mpd"]
    assert "denies reading" in told.detail
    assert "@read,add,control" in told.remedy


async def test_a_password_file_that_is_not_there_is_told(bench: ExaminedMpd) -> None:
    told = (await findings_on(bench.config({"password_file": "/no/such/file"})))["mpd"]
    assert "mpd.password_file /no/such/file" in told.detail
    assert "chown" in told.remedy


async def test_a_password_that_only_reads_is_told(bench: ExaminedMpd, tmp_path: Path) -> None:
    bench.add(READ_ONLY)
    await bench.server.start()
    told = await findings_on(bench.config({"password_file": secret(tmp_path, "secret")}))
    assert list(told) == ["mpd", "mpd rights"]
    assert "addid" in told["mpd rights"].detail
    assert 'password "...@read,add,control' in told["mpd rights"].remedy


async def test_the_right_password_is_fine(bench: ExaminedMpd, tmp_path: Path) -> None:
    bench.add(GRANTED)
    await bench.server.start()
    told = await findings_on(bench.config({"password_file": secret(tmp_path, "secret")}))
    assert told["mpd rights"].ok
    assert told["mpd stickers"].ok


async def test_a_partition_that_is_not_there_is_told(running: ExaminedMpd) -> None:
    told = (await findings_on(running.config({"partition": "kids"})))["mpd"]
    assert "no partition 'kids'" in told.detail
    assert "newpartition kids" in told.remedy


async def test_a_player_that_freezes_midway_is_told(
    running: ExaminedMpd, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def frozen(player: ExaminedPlayer) -> frozenset[str]:
        player._client.disconnect()
        await player.row("status")
        return frozenset()

    monkeypatch.setattr(ExaminedPlayer, "permitted", frozen)
    async with asyncio.timeout(LIMIT_S):
        findings = [finding async for finding in examine_players(running.config(), ())]
    assert [finding.ok for finding in findings] == [True, False]


class stranger:  # noqa: N801 - a context manager
    """Something on a port that says this, `answers` to every line, or hangs up."""

    def __init__(self, greeting: bytes, answer: bytes = b"", *, hangs_up: bool = False) -> None:
        self._greeting, self._answer, self._hangs_up = greeting, answer, hangs_up

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._greeting)
        while not self._hangs_up and await reader.readline():
            writer.write(self._answer)
        writer.close()


def secret(folder: Path, text: str) -> str:
    path = folder / "password"
    path.write_text(f"{text}\n")
    return str(path)
