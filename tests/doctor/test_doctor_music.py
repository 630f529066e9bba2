"""What the doctor says of the library's labels, with a real store that has the fault."""

from __future__ import annotations

import asyncio
import os
import sys
import wave
from typing import TYPE_CHECKING

import pytest

from fakes.doctor_library import config_with, execute, findings_on, snapshot, stock, stranger
from fakes.memory import in_memory
from moodspeaker.config.schema import Config
from moodspeaker.demo.servers import HOST, private_mpd
from moodspeaker.doctor.accounts import service_user
from moodspeaker.doctor.music_labels import sealed
from moodspeaker.library.records import StoredTrack
from moodspeaker.library.store import FILE_NAME, LabelStore
from moodspeaker.music.plane import CALM, EMOTION_POINTS, UPLIFTED, Point
from moodspeaker.types import Emotion

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker.doctor.finding import Finding

LIMIT_S = 60.0
HAPPY = EMOTION_POINTS[Emotion.HAPPY]
POINTS = (HAPPY, CALM, UPLIFTED)
PAGE = 4096
KEEP: dict[str, object] = {"policy": "keep"}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The state folder, without a store."""
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


@pytest.fixture
def good(state: Path) -> Path:
    """The state folder, with three labelled tracks for every mood that has music."""
    stock(state, [point for point in POINTS for _ in range(3)])
    return state


async def test_a_good_store_is_fine(good: Path) -> None:
    told = await findings_on(good)
    assert all(finding.ok for finding in told.values()), told
    assert list(told) == ["labels", "label coverage", "moods", "new music", "sound analysis"]
    assert "9 of 9 tracks have a label (user 9)" in told["label coverage"].detail
    assert "happy 6" in told["moods"].detail  # Where lifting leads is near.
    assert "not looked for" in told["new music"].detail


async def test_an_examination_changes_nothing(good: Path) -> None:
    before = snapshot(good)
    await findings_on(good)
    assert snapshot(good) == before


async def test_a_store_that_is_in_use_is_read_with_what_was_written_last(good: Path) -> None:
    store = LabelStore.open(good / FILE_NAME)
    store.put_tracks([StoredTrack("new.wav")], 2)
    told = (await findings_on(good))["label coverage"]
    store.put_tracks([StoredTrack("newer.wav")], 3)
    store.close()
    assert "9 of 10" in told.detail


async def test_no_store_at_all_is_told_with_the_command(state: Path) -> None:
    told = await findings_on(state)
    assert list(told) == ["labels"]
    assert not told["labels"].ok
    assert "moodspeaker library scan" in told["labels"].remedy
    assert not list(state.iterdir())


@pytest.mark.parametrize("shut", ["folder", "file"])
async def test_a_store_that_we_may_not_read_ourselves_is_told(
    good: Path, tmp_path: Path, shut: str
) -> None:
    with stranger(good if shut == "folder" else good / FILE_NAME, tmp_path):
        told = await findings_on(good)
    assert list(told) == ["labels"]
    assert "sudo moodspeaker doctor" in told["labels"].remedy


@pytest.mark.parametrize("place", ["start", "tracks", "history"])
async def test_a_damaged_store_is_told_and_left_as_it_is(state: Path, place: str) -> None:
    stock(state, POINTS, [f"{n:04d}" * 50 for n in range(500)])
    execute(
        state,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
        " INSERT INTO history SELECT i, hex(randomblob(20)), '', i, 'sad', '' FROM n",
    )
    path = state / FILE_NAME
    data = bytearray(path.read_bytes())
    begin = {"start": 0, "tracks": 10 * PAGE, "history": len(data) - 10 * PAGE}[place]
    data[begin : begin + 5 * PAGE] = bytes(5 * PAGE)
    path.write_bytes(data)
    before = path.read_bytes()
    told = await findings_on(state)
    assert list(told) == ["labels"]
    assert "damaged" in told["labels"].detail
    assert "systemctl restart moodspeaker" in told["labels"].remedy
    assert path.read_bytes() == before


async def test_a_store_of_a_newer_program_is_told(good: Path) -> None:
    execute(good, "PRAGMA user_version = 99")
    told = (await findings_on(good))["labels"]
    assert "schema 99" in told.detail
    assert "update moodspeaker" in told.remedy


async def test_a_store_that_was_only_begun_is_empty(state: Path) -> None:
    (state / FILE_NAME).touch()
    told = await findings_on(state)
    assert told["labels"].ok
    assert "mpc update" in told["label coverage"].remedy


async def test_a_store_that_is_a_folder_is_told(state: Path) -> None:
    (state / FILE_NAME).mkdir()
    assert not (await findings_on(state))["labels"].ok


def test_a_store_that_the_service_may_not_read_is_told(good: Path) -> None:
    service = service_user("nobody")
    if os.geteuid() != 0 or service is None:
        pytest.skip("only root can look with another user's eyes")
    told = sealed(good / FILE_NAME, service)
    assert told is not None
    assert "chown nobody:" in told.remedy


async def test_an_empty_library_is_told_with_both_commands(state: Path) -> None:
    stock(state, [])
    told = (await findings_on(state))["label coverage"]
    assert "mpc update" in told.remedy
    assert "moodspeaker library scan" in told.remedy


async def test_tracks_that_have_gone_do_not_count(good: Path) -> None:
    execute(good, "UPDATE tracks SET gone_since = 1")
    assert "knows no track" in (await findings_on(good))["label coverage"].detail


async def test_no_label_at_all_is_told_with_the_command(state: Path) -> None:
    stock(state, [], ["a.ogg", "b.ogg"])
    told = (await findings_on(state))["label coverage"]
    assert "0 of 2" in told.detail
    assert "moodspeaker library label" in told.remedy


@pytest.mark.parametrize(("bare", "ok"), [(8, True), (9, True), (10, False)])
async def test_half_of_the_library_should_have_labels(state: Path, bare: int, ok: bool) -> None:
    stock(state, POINTS * 3, [f"bare{n}.ogg" for n in range(bare)])
    told = (await findings_on(state))["label coverage"]
    assert told.ok is ok
    assert ok or "moodspeaker library label" in told.remedy


@pytest.mark.parametrize(("calm", "ok"), [(0, False), (2, False), (3, True)])
async def test_a_mood_needs_three_tracks(state: Path, calm: int, ok: bool) -> None:
    stock(state, [HAPPY] * 3 + [UPLIFTED] * 3 + [CALM] * calm)
    told = (await findings_on(state))["moods"]
    assert told.ok is ok
    if not ok:
        assert f"angry ({calm}), fear ({calm})" in told.detail
        assert "happy" not in told.detail
        assert "moodspeaker library label" in told.remedy
        assert "moodspeaker library report" in told.remedy


async def test_moods_are_counted_where_the_config_sends_them(state: Path) -> None:
    stock(state, [Point(-0.8, -0.8)] * 4)
    own = {mood: {"point": [-0.8, -0.8]} for mood in ("angry", "fear", "happy")}
    music = {"policies": {"sad": "keep"}, "custom": own}
    told = (await findings_on(state, config_with(music)))["moods"]
    assert told.ok
    assert "angry 4" in told.detail


async def test_a_speaker_that_keeps_the_music_needs_none(state: Path) -> None:
    stock(state, [Point(-0.8, -0.8)])
    assert (await findings_on(state, config_with(KEEP)))["moods"].ok


async def test_a_word_without_a_place_is_told_by_its_key(good: Path) -> None:
    music = {"custom": {"sad": {"moods": ["flumph"]}}}
    told = (await findings_on(good, config_with(music)))["mood words"]
    assert "music.custom.sad.moods: 'flumph'" in told.detail


# Music that came after the last scan


@pytest.mark.parametrize(("new", "ok"), [(0, True), (1, True), (2, False)])
async def test_music_that_no_scan_has_seen_is_told(
    good: Path, tmp_path: Path, music_folder: Path, new: int, ok: bool
) -> None:
    for number in range(9 + new):
        with wave.open(str(music_folder / f"{number}.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(16_000))
    server = private_mpd(in_memory(tmp_path / "mpd"), music_folder)
    await server.start()
    config = config_with(mpd={"host": HOST, "port": server.port})
    async with asyncio.timeout(LIMIT_S):
        while f" of {9 + new} songs" not in (told := await news(good, config)).detail:
            await asyncio.sleep(0.1)
    await server.stop()
    assert told.ok is ok
    assert ok or "moodspeaker library scan" in told.remedy


# Listening to what has no label


async def test_a_library_of_python_that_is_missing_is_told(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(state, POINTS * 3, ["bare.ogg"])
    monkeypatch.setitem(sys.modules, "soundfile", None)
    told = (await findings_on(state))["sound analysis"]
    assert "soundfile" in told.detail
    assert "pip install 'moodspeaker[library]'" in told.remedy


@pytest.mark.parametrize(("name", "ok"), [("bare.ogg", True), ("bare.m4a", False)])
async def test_ffmpeg_is_missed_only_where_a_file_needs_it(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, ok: bool
) -> None:
    for module in ("scipy.fft", "soundfile", "soxr"):
        monkeypatch.setitem(sys.modules, module, sys)
    stock(state, POINTS * 3, [name])
    monkeypatch.setenv("PATH", str(tmp_path))
    told = (await findings_on(state))["sound analysis"]
    assert told.ok is ok
    assert ok or told.remedy == "sudo apt install ffmpeg"


async def test_without_a_music_folder_nothing_can_be_listened_to(state: Path) -> None:
    stock(state, POINTS * 3, ["bare.ogg"])
    told = (await findings_on(state, config_with(library={"music_dir": None})))["sound analysis"]
    assert told.ok
    assert "library.music_dir" in told.detail


async def news(state: Path, config: Config) -> Finding:
    return (await findings_on(state, config))["new music"]
