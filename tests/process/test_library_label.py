"""`moodspeaker library label` as a process: real files, good and bad, and every way of ending."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import wave
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import mutagen.id3
import numpy as np
import pytest

from fakes.memory import in_memory
from fakes.sounds import RATE, bass, chord, music
from moodspeaker.errors import LibraryError
from moodspeaker.library.analysers import Analyser, Answer, child_command
from moodspeaker.library.records import StoredTrack
from moodspeaker.library.store import LabelStore
from moodspeaker.runtime.assets import model_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moodspeaker.library.records import Analysis, Estimate

soundfile = pytest.importorskip("soundfile", reason="soundfile is not installed (library extra)")

ODD = "qu'o\"te\n$(x); ü.ogg"
LIMIT_S = 180
HOURS_S = 3 * 3600
MANY = 100
ARGUMENTS = ("library", "label", "--config")
# The real child over a decoder that does as the file's name says.
SPOILT = """
import ctypes, sys, time
from moodspeaker.library import analysis_child, decoding
real = decoding.read_middle
def read_middle(path, timeout_s):
    if "crash" in path.name: ctypes.string_at(0)
    if "hang" in path.name: time.sleep(60)
    while "loop" in path.name: pass
    if "slow" in path.name: time.monotonic = lambda now=time.monotonic: now() + 31
    if "raise" in path.name: raise RuntimeError(path.name)
    return real(path, timeout_s=timeout_s)
decoding.read_middle = read_middle
sys.exit(analysis_child.main())
"""


class Home:
    """A music folder, a state folder, and a config."""

    def __init__(self, folder: Path) -> None:
        # Two programs share the store there, and neither waits for ever while the other syncs.
        self.folder = in_memory(folder / "state")
        self.music = folder / "music"
        self.music.mkdir()
        self.config = folder / "c.yaml"
        thermal = self.folder / "temp"
        thermal.write_text("40000\n")
        self.config.write_text(
            f"library:\n  music_dir: {self.music}\ncamera:\n  thermal_file: {thermal}\n"
        )
        # On a busy machine a niced child may need minutes for a second's work.
        (folder / "nice").write_text('#!/bin/sh\nshift 2\nexec "$@"\n')
        (folder / "nice").chmod(0o755)
        path = f"{folder}{os.pathsep}{os.environ['PATH']}"
        self.env = {**os.environ, "MOODSPEAKER_STATE_DIR": str(self.folder), "PATH": path}

    def add(self, uri: str, samples: object = None) -> Path:
        """A sound, or a path for a test to fill."""
        path = self.music / uri
        if samples is not None:
            soundfile.write(path, samples, RATE)
        self.know(uri)
        return path

    def know(self, *uris: str) -> None:
        store = LabelStore.open(self.folder / "labels.db")
        store.put_tracks([StoredTrack(uri) for uri in uris], 1)
        store.close()

    def command(self, *more: str) -> list[str]:
        return [sys.executable, "-m", "moodspeaker", *ARGUMENTS, str(self.config), *more]

    def label(self, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*more),
            env=self.env,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    def begin(self, *more: str, **options: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*more),
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def audio(self) -> dict[str, Estimate]:
        store = LabelStore.open(self.folder / "labels.db")
        found = {one.uri: one for one in store.estimates() if one.source == "audio"}
        store.close()
        return found

    def analyses(self) -> dict[str, Analysis]:
        store = LabelStore.open(self.folder / "labels.db")
        found = store.analyses()
        store.close()
        return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def spoilt() -> Iterator[Analyser]:
    with analyser_of("1", "60") as made:
        yield made


@contextmanager
def analyser_of(cpu_s: str, wall_s: str) -> Iterator[Analyser]:
    """One that may take so long of the processor, and of the clock on the wall."""
    model = str(model_folder() / "audio.json")
    made = Analyser((sys.executable, "-P", "-c", SPOILT, model, cpu_s, wall_s))
    try:
        yield made
    finally:
        made.close()


def clear_line(done: subprocess.CompletedProcess[str], status: int = 1) -> str:
    """The only line of stderr."""
    assert done.returncode == status, done
    (line,) = done.stderr.splitlines()
    return line


def waited_for(condition: Callable[[], object]) -> None:
    ends_at = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < ends_at
        time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    return [int(x) for x in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_good_and_bad_files_each_get_their_line(home: Home) -> None:
    home.add(ODD, music(5))
    home.add("deep.flac", bass(5))
    home.add("zero.mp3").touch()
    home.add("corrupt.mp3").write_bytes(bytes(range(256)) * 40)
    home.add("short.wav", chord(2))
    home.add("silent.flac", np.zeros(4 * RATE))
    tagged = home.add("tagged.mp3", chord(5))
    tags = mutagen.id3.ID3()
    tags.add(mutagen.id3.TIT2(encoding=0, text="x"))
    tags.save(tagged)
    # A title that says it is UTF-16 and is Shift-JIS.
    tagged.write_bytes(tagged.read_bytes().replace(b"\0x\0", b"\1\x83\x7f", 1))
    home.know("gone.ogg", "http://radio/stream")
    done = home.label("--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert sorted(home.audio()) == sorted([ODD, "deep.flac", "tagged.mp3"])
    lines = done.stdout.splitlines()
    lines[3:] = sorted(lines[3:])
    assert lines[0].startswith("3 tracks analysed in")
    assert lines[0].endswith("0 were known, 1 streams left out")
    assert lines[1:3] == [
        "not in the music folder: 1 (gone.ogg)",
        "not analysed: 4; --again tries them once more",
    ]
    assert [line.split(": ")[0].strip() for line in lines[3:]] == [
        "corrupt.mp3",
        "short.wav",
        "silent.flac",
        "zero.mp3",
    ]
    assert "cannot be decoded" in lines[3]
    assert "shorter than 3 s" in lines[4]
    assert "silen" in lines[5]
    assert "the file is empty" in lines[6]
    assert done.stderr.splitlines()[-1].startswith("7 of 7 tracks")
    again = json.loads(home.label("--json").stdout)
    lasting = 7 if shutil.which("ffmpeg") else 3
    assert (again["analysed"], again["known"], again["streams"]) == (0, lasting, 1)


def test_a_mix_of_three_hours_takes_no_longer_than_a_song(home: Home) -> None:
    home.add("song.wav", music(60))
    song_s = json.loads(home.label("--json").stdout)["seconds"]
    path = home.add("mix.wav")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.setnframes(HOURS_S * RATE)
        file.writeframesraw(b"")
        file._nframeswritten = HOURS_S * RATE  # type: ignore[attr-defined]
        file._datawritten = 2 * HOURS_S * RATE  # type: ignore[attr-defined]
    middle = (0.5 * 32767 * music(60)).astype("<i2").tobytes()
    with path.open("r+b") as raw:
        raw.truncate(44 + 2 * HOURS_S * RATE)
        raw.seek(44 + HOURS_S * RATE - len(middle) // 2)
        raw.write(middle)
    done = home.label("--json")
    assert "mix.wav" in home.audio(), done
    told = json.loads(done.stdout)
    assert told["analysed"] == 1
    assert told["seconds"] < max(20, 5 * song_s)


def test_a_niced_child_with_one_thread_listens(home: Home) -> None:
    many(home)
    home.env["PATH"] = os.environ["PATH"]
    process = home.begin()
    waited_for(lambda: children_of(process.pid))
    (child,) = children_of(process.pid)
    waited_for(lambda: niceness(child) == 19)
    process.kill()
    process.communicate()


def niceness(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[16])


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def test_a_run_that_is_terminated_stores_what_it_has_and_the_next_goes_on(home: Home) -> None:
    many(home)
    process = home.begin()
    waited_for(home.analyses)
    (child,) = children_of(process.pid)
    assert threads(child) == 1
    assert "another `moodspeaker library label` is at work" in clear_line(home.label())
    process.terminate()
    _, told = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 1
    assert told.splitlines()[-1].startswith("stopped after ")
    waited_for(lambda: not alive(child))
    stored = len(home.analyses())
    assert 0 < stored < MANY
    rest = json.loads(home.label("--json", "--limit", "2").stdout)
    assert (rest["known"], rest["analysed"]) == (stored, 2)


def many(home: Home) -> None:
    """So many that no run is through before a test has seen what it wants."""
    home.add("0.flac", music(60))
    home.know(*(f"{n}.flac" for n in range(1, MANY)))
    for n in range(1, MANY):
        os.link(home.music / "0.flac", home.music / f"{n}.flac")


@pytest.mark.parametrize("how", ["interrupted", "killed", "stdin closed"])
def test_however_it_ends_its_child_ends_too(home: Home, how: str) -> None:
    many(home)
    process = home.begin("--with-stdin", stdin=subprocess.PIPE)
    waited_for(home.analyses)
    (child,) = children_of(process.pid)
    if how == "stdin closed":
        assert process.stdin
        process.stdin.close()
    else:
        process.send_signal(signal.SIGKILL if how == "killed" else signal.SIGINT)
    process.wait(timeout=LIMIT_S)
    waited_for(lambda: not alive(child))
    assert 0 < len(home.analyses()) < MANY
    for pipe in (process.stdin, process.stdout, process.stderr):
        assert pipe
        pipe.close()


def test_heat_pauses_it_and_that_is_told(home: Home) -> None:
    home.add("a.flac", music(5))
    (home.folder / "temp").write_text("90000\n")
    process = home.begin()
    assert process.stderr
    assert "90 °C: paused until it is 75 °C" in process.stderr.readline()
    (home.folder / "temp").write_text("60000\n")
    out, _ = process.communicate(timeout=LIMIT_S)
    assert out.startswith("1 tracks analysed")


def test_without_a_store_a_scan_comes_first(home: Home) -> None:
    assert "run `moodspeaker library scan` first" in clear_line(home.label())


@pytest.mark.parametrize("disk", ["full", "read-only"])
def test_a_store_that_cannot_be_written_is_one_clear_line(home: Home, disk: str) -> None:
    home.add("a.flac", music(5))
    small, state = home.folder / "small", home.folder / "labels.db"
    small.mkdir()
    then = "mount -o remount,ro none ." if disk == "read-only" else "cat /dev/zero >filler"
    script = (
        f"mount -t tmpfs -o size=4m none {small} && cp {state} {small}/ && cd {small} &&"
        f" {{ : >label.lock; {then} 2>{home.folder}/log; MOODSPEAKER_STATE_DIR={small}"
        ' exec "$@"; }'
    )
    apart = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
    probe = subprocess.run([*apart, f"mount -t tmpfs none {small}"], check=False, timeout=LIMIT_S)
    if probe.returncode:
        pytest.skip("no user namespaces here: no disk of our own can be mounted")
    done = subprocess.run(
        [*apart, script, "sh", *home.command()],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    wanted = "Read-only file system" if disk == "read-only" else "No space left on device"
    assert f"label.lock cannot be written: {wanted}" in clear_line(done)


def test_a_decoder_that_crashes_ends_its_own_file_only(spoilt: Analyser, tmp_path: Path) -> None:
    good = tmp_path / "good.flac"
    soundfile.write(good, music(4), RATE)
    answers = {}
    for name in ("crash.mp3", "loop.mp3", "raise.mp3", "good.flac"):
        spoilt.give(tmp_path / name)
        answers[name] = spoilt.answer()
    assert answers["crash.mp3"] == Answer(None, "the decoder crashed (SIGSEGV)")
    assert answers["loop.mp3"] == Answer(None, "it takes too long: given up")
    assert answers["raise.mp3"] == Answer(None, "the decoder crashed (exit status 1)")
    assert answers["good.flac"].place is not None


def test_a_decoder_that_hangs_is_given_up_for_now(tmp_path: Path) -> None:
    with analyser_of("1", "2") as impatient:
        impatient.give(tmp_path / "hang.mp3")
        told = Answer(None, "no answer in time: given up for now", False)
        assert impatient.answer() == told


def test_a_file_that_fails_slowly_may_do_another_time(tmp_path: Path) -> None:
    (tmp_path / "slow.mp3").touch()
    with analyser_of("1", "60") as analyser:
        analyser.give(tmp_path / "slow.mp3")
        assert analyser.answer() == Answer(None, "the file is empty (get it anew)", False)


def test_a_file_that_has_gone_is_not_its_own_fault(spoilt: Analyser, tmp_path: Path) -> None:
    spoilt.give(tmp_path / "gone.ogg")
    assert spoilt.answer() == Answer(None, "no such file (look for the music again)", False)


def test_a_model_that_is_damaged_ends_the_run_and_blames_no_file(tmp_path: Path) -> None:
    (tmp_path / "audio.json").write_text("{")
    analyser = Analyser(child_command(tmp_path / "audio.json"))
    with pytest.raises(LibraryError, match=r"cannot begin: .*audio\.json is damaged"):
        analyser.give(tmp_path / "a.ogg")
    analyser.close()


def test_without_soundfile_it_is_told_what_to_install(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['soundfile'] = None\n" + SPOILT
    analyser = Analyser((sys.executable, "-P", "-c", hidden, "none", "1", "3"))
    with pytest.raises(LibraryError, match=r"soundfile .* \(pip install 'moodspeaker\[library\]'"):
        analyser.give(tmp_path / "a.ogg")
    analyser.close()
