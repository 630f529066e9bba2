"""What soundfile does not read, read by ffmpeg as a child that never stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from moodspeaker.errors import LibraryError
from moodspeaker.library.decoding import read_middle

pytest.importorskip("soundfile", reason="soundfile is not installed (the library extra)")

LIMIT_S = 30.0
CODECS = {"m4a": "aac", "wma": "wmav2", "mka": "flac"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed: nothing to decode with")
    folder = tmp_path_factory.mktemp("music")
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=440:duration=9:sample_rate=48000"]
    for ending, codec in CODECS.items():
        argv += ["-c:a", codec, str(folder / f"a.{ending}")]
    subprocess.run(argv, check=True, timeout=60)
    return folder


@pytest.mark.parametrize("ending", CODECS)
def test_formats_that_soundfile_does_not_read(files, ending):
    sound = read_middle(files / f"a.{ending}", seconds=4)
    assert sound.rate == 48_000
    assert len(sound.samples) == pytest.approx(4 * 48_000, rel=0.01)
    crossings = np.count_nonzero(np.diff(np.signbit(sound.samples)))
    assert crossings == pytest.approx(2 * 440 * 4, rel=0.02)


def test_the_middle_is_meant(files, tmp_path):
    levels = "aevalsrc='if(between(t,4,8),0.3,0)':d=12:s=8000"
    path = tmp_path / "a.m4a"
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", levels, "-c:a", "alac", str(path)]
    subprocess.run(argv, check=True, timeout=60)
    sound = read_middle(path, seconds=4)
    assert np.mean(np.abs(sound.samples) > 0.2) > 0.95


def test_a_wrong_suffix_does_not_matter(files, tmp_path):
    shutil.copy(files / "a.m4a", tmp_path / "a.mp3")
    assert len(read_middle(tmp_path / "a.mp3").samples) > 8 * 48_000


def test_a_name_that_looks_like_an_option_or_a_protocol(files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("-i.m4a", "concat:b.m4a"):
        path = tmp_path / name
        shutil.copy(files / "a.m4a", path)
        assert len(read_middle(path.relative_to(tmp_path)).samples) > 8 * 48_000


def test_a_file_without_audio_is_refused(files, tmp_path):
    path = tmp_path / "a.mp4"
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=size=32x32:duration=4"]
    subprocess.run([*argv, "-c:v", "mpeg4", str(path)], check=True, timeout=60)
    with pytest.raises(LibraryError, match="no audio in it"):
        read_middle(path)


@pytest.mark.parametrize("name", ["a.m4a", "a.mp3"])
def test_a_damaged_file_is_one_line(files, name, tmp_path):
    path = tmp_path / name
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(LibraryError, match="is the file damaged") as caught:
        read_middle(path)
    assert "\n" not in str(caught.value)


def test_a_child_that_hangs_is_ended_with_its_own_children(tmp_path, monkeypatch):
    pid, timeout_s = tmp_path / "pid", 0.5
    pid.touch()
    # Its own child holds no pipe of ours, or we would wait for its end in any case.
    begun = f"sleep 60 >{os.devnull} 2>&1 &\necho $! > {pid}\nwait\n"
    (tmp_path / "ffprobe").write_text(f"#!/bin/sh\n{begun}")
    (tmp_path / "ffprobe").chmod(0o755)
    (tmp_path / "a.m4a").write_bytes(b"x")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    # On a busy machine it may be ended before it has begun.
    while not pid.read_text():
        timeout_s *= 2
        with pytest.raises(LibraryError, match="not decoded within"):
            read_middle(tmp_path / "a.m4a", timeout_s=timeout_s)
    assert ends(int(pid.read_text()))


def ends(pid):
    """Whether the process goes away, or is left as a zombie of init's."""
    latest_s = time.monotonic() + LIMIT_S
    while time.monotonic() < latest_s:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            if state == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False
