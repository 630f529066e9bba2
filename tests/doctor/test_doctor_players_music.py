"""Whether the doctor sees what is wrong with MPD's library, stickers and lists."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

import pytest

from fakes.doctor_player import (
    SONGS,
    ExaminedMpd,
    findings_on,
    write_song,
)
from moodspeaker.doctor import music_folder
from moodspeaker.doctor.accounts import service_user
from moodspeaker.doctor.examined_player import connected, settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.doctor.finding import Finding


async def test_an_empty_library_is_told_with_the_command(bench: ExaminedMpd) -> None:
    for uri in SONGS:
        (bench.music / uri).unlink()
    await bench.server.start()
    await bench.updated()
    told = await findings_on(bench.config())
    assert "mpc update" in told["mpd library"].remedy
    assert told["music folder"].ok
    assert told["mpd stickers"].ok


@pytest.mark.parametrize("by_socket", [True, False])
async def test_a_folder_that_is_not_the_players_is_told(
    running: ExaminedMpd, tmp_path: Path, by_socket: bool
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    mpd: dict[str, object] = {"host": running.socket} if by_socket else {}
    told = await findings_on(running.config(mpd, library={"music_dir": str(other)}))
    assert "0 of 2" in told["music folder"].detail
    wanted = f"library.music_dir: {running.music}" if by_socket else "grep music_directory"
    assert wanted in told["music folder"].remedy


async def test_a_folder_that_is_not_there_is_told(running: ExaminedMpd) -> None:
    told = (await findings_on(running.config(library={"music_dir": "/no/such"})))["music folder"]
    assert "/no/such is no folder" in told.detail
    assert "library.music_dir" in told.remedy


async def test_no_folder_is_a_choice(running: ExaminedMpd) -> None:
    assert (await findings_on(running.config(library={"music_dir": None})))["music folder"].ok


@pytest.mark.parametrize(("there", "ok"), [(4, False), (5, True), (6, True)])
def test_half_of_the_files_make_it_the_players_folder(
    music_folder: Path, there: int, ok: bool
) -> None:
    for number in range(there):
        write_song(music_folder / f"{number}.wav")
    uris = [f"{number}.wav" for number in range(10)]
    assert music_folder_finding(music_folder, uris).ok is ok


def test_a_file_that_the_service_may_not_read_is_told(music_folder: Path) -> None:
    if os.geteuid() == 0 and not has_user("nobody"):
        pytest.skip("there is no user nobody, and root reads everything")
    path = music_folder / "a.wav"
    write_song(path)
    path.chmod(0)
    told = music_folder_finding(music_folder, ["a.wav"], "nobody")
    assert not told.ok
    assert "chmod -R a+rX" in told.remedy


async def test_stickers_that_are_not_kept_are_told(bench: ExaminedMpd) -> None:
    bench.edit("sticker_file", "# sticker_file")
    await bench.server.start()
    told = (await findings_on(bench.config()))["mpd stickers"]
    assert "no stickers" in told.detail
    assert "sticker_file" in told.remedy
    assert "library.stickers" in told.remedy


async def test_stickers_that_nobody_wants_are_fine(bench: ExaminedMpd) -> None:
    bench.edit("sticker_file", "# sticker_file")
    await bench.server.start()
    library = {"music_dir": str(bench.music), "stickers": False}
    assert (await findings_on(bench.config(library=library)))["mpd stickers"].ok


async def test_playlists_that_are_not_kept_are_told(bench: ExaminedMpd) -> None:
    bench.edit("playlist_directory", "# playlist_directory")
    await bench.server.start()
    told = (await findings_on(bench.config()))["mpd playlists"]
    assert "playlist_directory" in told.remedy


@pytest.mark.parametrize(("name", "ok"), [("Party", True), ("Missing", False)])
async def test_a_list_that_a_mood_plays_should_be_there(
    running: ExaminedMpd, name: str, ok: bool
) -> None:
    async with connected(settings_of(running.config().mpd)) as player:
        await player.save_playlist("Party", [SONGS[0]])
    music = {"custom": {"sad": {"playlist": name}}}
    told = (await findings_on(running.config(music=music)))["mpd playlists"]
    assert told.ok is ok
    assert name in told.detail
    assert ok or "mpc lsplaylists" in told.remedy


def music_folder_finding(folder: Path, uris: list[str], user: str = "") -> Finding:
    return music_folder.compare(folder, None, uris, service_user(user))


def has_user(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())
