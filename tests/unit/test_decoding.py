"""Music files as samples, and what is said of those that give none."""

from __future__ import annotations

import os

import numpy as np
import pytest

from fakes.sounds import RATE, chord, music
from moodspeaker.errors import LibraryError
from moodspeaker.library.decoding import read_middle

soundfile = pytest.importorskip("soundfile", reason="soundfile is not installed (library extra)")

FORMATS = {"wav": None, "flac": None, "ogg": "VORBIS", "opus": "OPUS", "mp3": None}


@pytest.fixture
def no_ffmpeg(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


def write(path, samples, rate=RATE, subtype=None):
    container = "OGG" if path.suffix == ".opus" else None
    soundfile.write(path, samples, rate, subtype=subtype, format=container)
    return path


@pytest.mark.parametrize("ending", FORMATS)
def test_every_common_format_is_read_without_ffmpeg(ending, tmp_path, no_ffmpeg):
    path = write(tmp_path / f"a.{ending}", chord(3.5, 48_000), 48_000, FORMATS[ending])
    sound = read_middle(path)
    assert sound.rate == 48_000
    assert sound.samples.dtype == np.float32
    assert len(sound.samples) == pytest.approx(3.5 * 48_000, rel=0.03)
    assert sound.samples.std() == pytest.approx(chord(3.5).std(), rel=0.05)


def test_only_the_middle_is_read(tmp_path):
    samples = np.repeat(np.float32([0.1, 0.2, 0.3]), 4 * RATE)
    sound = read_middle(write(tmp_path / "a.wav", samples), seconds=4)
    assert len(sound.samples) == 4 * RATE
    assert np.allclose(sound.samples, 0.2, atol=1e-4)


def test_where_the_middle_is_silent_the_beginning_is_read(tmp_path):
    samples = np.repeat(np.float32([0.1, 0.0, 0.3]), 4 * RATE)
    sound = read_middle(write(tmp_path / "a.wav", samples), seconds=4)
    assert np.allclose(sound.samples, 0.1, atol=1e-4)


def test_a_cut_mp3_gives_what_is_left_of_it(tmp_path, no_ffmpeg):
    path = write(tmp_path / "a.mp3", chord(20))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    sound = read_middle(path, seconds=4)
    assert sound.samples.std() == pytest.approx(chord(20).std(), rel=0.2)


def test_nothing_but_silence_is_said_so(tmp_path, no_ffmpeg):
    with pytest.raises(LibraryError, match="nothing but silence"):
        read_middle(write(tmp_path / "a.flac", np.zeros(4 * RATE)))


def test_channels_are_averaged(tmp_path):
    left, right = np.full(4 * RATE, 0.1), np.full(4 * RATE, 0.3)
    sound = read_middle(write(tmp_path / "a.wav", np.c_[left, right]))
    assert sound.samples.shape == (4 * RATE,)
    assert np.allclose(sound.samples, 0.2, atol=1e-4)


@pytest.mark.parametrize(("extra", "enough"), [(-1, False), (0, True), (1, True)])
def test_less_than_three_seconds_are_too_short(extra, enough, tmp_path):
    path = write(tmp_path / "a.wav", music(4)[: 3 * RATE + extra])
    if enough:
        assert len(read_middle(path).samples) == 3 * RATE + extra
        return
    with pytest.raises(LibraryError, match="shorter than 3 s"):
        read_middle(path)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "a.mp3"
    path.touch()
    with pytest.raises(LibraryError, match="the file is empty"):
        read_middle(path)


@pytest.mark.parametrize("name", ["missing.mp3", "folder"])
def test_what_is_no_file_is_refused(name, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(LibraryError, match="no such file"):
        read_middle(tmp_path / name)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp3")
    with pytest.raises(LibraryError, match="no such file"):
        read_middle(tmp_path / "pipe.mp3")


@pytest.mark.parametrize("name", ["a.mp3", "a.flac", "a.ogg", "a.wav"])
def test_a_damaged_file_is_one_line(name, tmp_path, no_ffmpeg):
    path = tmp_path / name
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(LibraryError, match=f"{name}: cannot be decoded.*is the file damaged") as it:
        read_middle(path)
    assert "\n" not in str(it.value)


def test_a_format_that_only_ffmpeg_reads_asks_for_ffmpeg(tmp_path, no_ffmpeg):
    (tmp_path / "a.m4a").write_bytes(b"x")
    with pytest.raises(LibraryError, match="install ffmpeg"):
        read_middle(tmp_path / "a.m4a")


def test_a_folder_whose_name_is_no_text_does_no_harm(tmp_path, no_ffmpeg):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    plain = write(tmp_path / "a.wav", chord(3.5))
    assert len(read_middle(plain.rename(folder / "a.wav")).samples) > 3 * RATE
