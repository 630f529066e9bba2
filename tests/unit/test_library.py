"""Mood tags of real files in every format, and the catalogue's thread."""

from __future__ import annotations

import shutil
import subprocess
import threading
from typing import TYPE_CHECKING

import mutagen
import mutagen.id3
import mutagen.mp4
import pytest

from moodspeaker.errors import LibraryError
from moodspeaker.library.catalogue import Catalogue
from moodspeaker.library.places import by_point, by_sticker
from moodspeaker.library.store import LabelStore
from moodspeaker.library.tags import read_moods
from moodspeaker.library.worker import LibraryWorker
from moodspeaker.types import Track

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = {"ogg": "libvorbis", "flac": "flac", "mp3": "libmp3lame", "m4a": "aac", "opus": "libopus"}


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One short untagged tone in each format."""
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed: no music files to tag")
    folder = tmp_path_factory.mktemp("tones")
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=0.2:sample_rate=48000"]
    for ending, codec in FORMATS.items():
        argv += ["-c:a", codec, str(folder / f"tone.{ending}")]
    subprocess.run(argv, check=True, timeout=60)
    return folder


@pytest.fixture
def tone(tones: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of the tone in the format that the test asks for."""
    path = tmp_path / f"tone.{request.param}"
    shutil.copy(tones / path.name, path)
    return path


@pytest.mark.parametrize("tone", ["ogg", "flac", "opus"], indirect=True)
def test_vorbis_comments_may_hold_several_moods(tone: Path) -> None:
    file = mutagen.File(tone)
    file["MOOD"] = ["Happy", "energetic; Party"]
    file.save()
    assert read_moods(tone) == ("happy", "energetic", "party")


@pytest.mark.parametrize("tone", ["mp3"], indirect=True)
@pytest.mark.parametrize(
    "frame", [mutagen.id3.TMOO(text="Sad/calm"), mutagen.id3.TXXX(desc="Mood", text="Sad/calm")]
)
def test_id3_has_two_places_for_it(tone: Path, frame: mutagen.id3.Frame) -> None:
    file = mutagen.File(tone)
    file.tags.add(frame)
    file.save()
    assert read_moods(tone) == ("sad", "calm")


@pytest.mark.parametrize("tone", ["m4a"], indirect=True)
def test_mp4_keeps_it_in_a_freeform_atom(tone: Path) -> None:
    file = mutagen.File(tone)
    file["----:com.apple.iTunes:MOOD"] = [mutagen.mp4.MP4FreeForm("Glücklich, happy".encode())]
    file.save()
    assert read_moods(tone) == ("glücklich", "happy")


@pytest.mark.parametrize("tone", list(FORMATS), indirect=True)
def test_a_file_without_a_mood_has_none(tone: Path) -> None:
    assert read_moods(tone) == ()


def test_files_that_are_no_music_have_none_and_broken_ones_say_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words")
    assert read_moods(tmp_path / "notes.txt") == ()
    (tmp_path / "broken.flac").write_bytes(b"fLaC" + bytes(4))
    for name in ("broken.flac", "missing.ogg"):
        with pytest.raises(LibraryError):
            read_moods(tmp_path / name)


@pytest.mark.parametrize("tone", ["ogg"], indirect=True)
async def test_the_catalogue_reads_files_in_its_own_thread_and_stickers_win(
    tone: Path, worker: LibraryWorker
) -> None:
    file = mutagen.File(tone)
    file["MOOD"] = "happy"
    file.save()
    catalogue = Catalogue(tone.parent, worker)
    tracks = (
        Track(tone.name),
        Track(tone.name, moods=("sad",)),
        Track("gone.ogg"),
        Track("http://x"),
    )
    labelled = await catalogue.labelled(tracks)
    assert [t.moods for t in labelled] == [("happy",), ("sad",), (), ()]
    assert any(t.name.startswith("library") for t in threading.enumerate())
    file["MOOD"] = "sad and blue"
    file.save()
    (again,) = await catalogue.labelled((Track(tone.name),))
    assert again.moods == ("sad and blue",)


async def test_without_a_music_folder_only_the_player_is_asked(worker: LibraryWorker) -> None:
    catalogue = Catalogue(None, worker)
    tracks = (Track("a", moods=("happy",)), Track("b"))
    assert await catalogue.labelled(tracks) == tracks


async def test_a_music_folder_that_is_not_there_is_told_and_harms_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, worker: LibraryWorker
) -> None:
    catalogue = Catalogue(tmp_path / "none", worker)
    assert await catalogue.labelled((Track("a"),)) == (Track("a"),)
    assert "library.music_dir" in caplog.text


async def test_the_label_store_says_where_tracks_are(tmp_path: Path, worker: LibraryWorker) -> None:
    path = tmp_path / "labels.db"
    store = LabelStore.open(path)
    store.put_estimates([by_point("a", -0.7, -0.4)])
    store.close()
    catalogue = Catalogue(None, worker, path)
    placed, other = await catalogue.labelled((Track("a", moods=("happy",)), Track("b")))
    assert placed.place is not None
    assert at(placed)[0] == pytest.approx(-0.65, abs=0.06)
    assert other.place is None


async def test_a_store_that_cannot_be_read_is_told_and_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, worker: LibraryWorker
) -> None:
    path = tmp_path / "labels.db"
    path.mkdir()
    catalogue = Catalogue(None, worker, path)
    tracks = (Track("a", moods=("happy",)),)
    assert await catalogue.labelled(tracks) == tracks
    assert "labels are not used" in caplog.text


async def test_without_a_store_none_is_made(tmp_path: Path, worker: LibraryWorker) -> None:
    catalogue = Catalogue(None, worker, tmp_path / "labels.db")
    await catalogue.labelled((Track("a"),))
    assert list(tmp_path.iterdir()) == []


async def test_a_sticker_that_is_newer_than_the_scan_counts(
    tmp_path: Path, worker: LibraryWorker
) -> None:
    path = tmp_path / "labels.db"
    store = LabelStore.open(path)
    said = [one for one in (by_sticker("a", ("sad",)), by_point("b", 0.5, 0.5)) if one]
    store.put_estimates(said)
    store.close()
    catalogue = Catalogue(None, worker, path)
    happy, by_hand = await catalogue.labelled(
        (Track("a", moods=("happy",)), Track("b", moods=("sad",)))
    )
    (none,) = await catalogue.labelled((Track("a"),))
    assert at(happy)[0] > 0.7
    assert at(by_hand)[0] > 0.4
    assert none.place is None


def at(track: Track) -> tuple[float, ...]:
    """Its place."""
    assert track.place is not None
    return track.place
