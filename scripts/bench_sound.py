"""Processor seconds and memory of sound analysis beside librosa's, and where the music lands.

    bench_sound.py [--music FOLDER] [--librosa PYTHON]

The music is that of Debian's hyperrogue-music and singularity-music, unpacked into a folder of
its own; nothing is installed. librosa goes into a virtual environment there, unless PYTHON has it.
All take turns at each track, a process each on one core; the first track warms them up. The two
slow ways have only every fourth: the whole track by what is usually asked of librosa (spectral
statistics, MFCC, chroma, beat, at its own rate), and all statistics that the model's data hold.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker.library.audio_features import features_of
from moodspeaker.library.audio_model import read_audio_model
from moodspeaker.library.decoding import read_middle
from moodspeaker.runtime.assets import model_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PACKAGES = ("hyperrogue-music", "singularity-music")
LIBROSA = "librosa==0.11.0"
RIVAL = Path(__file__).with_name("librosa_features.py")
OURS = "ours"
RIVALS = {
    "librosa, one spectrogram": "shared",
    "librosa, function by function": "plain",
    "librosa, whole track, the usual": "usual",
    "librosa, all of the data's table": "table",
}
SLOW = ("librosa, whole track, the usual", "librosa, all of the data's table")
SLOW_EVERY = 4
ONE_CORE = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMBA")}
NAME_WIDTH = 34


def main() -> int:
    """Prints costs, then the tracks from the most to the least aroused."""
    options = arguments()
    if options.answer:
        return answer()
    with tempfile.TemporaryDirectory(prefix="moodspeaker-bench-") as work:
        tracks = sorted(options.music.rglob("*.ogg") if options.music else debian(Path(work)))
        if not tracks:
            print("sound: left out, no music: give --music FOLDER")
            return 0
        python = options.librosa or python_with_librosa(Path(work))
        answers = measured(tracks, commands(python))
    print_costs(answers)
    print_places(tracks, answers[OURS])
    return 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Sound analysis beside librosa's.")
    parser.add_argument("--music", type=Path, help="a folder with .ogg files, instead of Debian's")
    parser.add_argument("--librosa", type=Path, help="a Python that has librosa")
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def debian(folder: Path) -> Iterable[Path]:
    """The packages' music without their noises; the machine's own packages are left alone."""
    try:
        # As root, apt would warn that its own user cannot write there.
        run("apt-get", "-o", "APT::Sandbox::User=root", "download", *PACKAGES, cwd=folder)
        for package in folder.glob("*.deb"):
            run("dpkg-deb", "-x", str(package), str(folder / "unpacked"), cwd=folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Debian's music cannot be had: {error}")
    return folder.glob("unpacked/**/music/**/*.ogg")


def python_with_librosa(folder: Path) -> Path | None:
    """A new environment's; None where there is no librosa to be had."""
    try:
        venv.create(folder / "librosa", with_pip=True)
        python = folder / "librosa" / "bin" / "python"
        run(str(python), "-m", "pip", "install", "--quiet", LIBROSA, cwd=folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"librosa left out: {error}")
        return None
    return python


def run(*argv: str, cwd: Path) -> None:
    """Raises OSError and CalledProcessError."""
    subprocess.run(argv, cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def commands(python: Path | None) -> dict[str, tuple[str, ...]]:
    """Who takes part, by name."""
    ours = {OURS: (sys.executable, __file__, "--answer")}
    if python is None:
        return ours
    return ours | {name: (str(python), str(RIVAL), how) for name, how in RIVALS.items()}


def answer() -> int:
    """Our side: paths in, places and costs out."""
    model = read_audio_model(model_folder() / "audio.json")
    for line in sys.stdin:
        began = time.process_time()
        sound = read_middle(Path(json.loads(line)))
        decoded = time.process_time()
        place = model.place(features_of(sound.samples, sound.rate))
        found = {
            "decode_s": decoded - began,
            "cpu_s": time.process_time() - began,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "place": place,
        }
        print(json.dumps(found), flush=True)
    return 0


class Rival:
    """A process that answers a line for each path."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, track: Path) -> dict[str, Any]:
        """What it says of a track."""
        print(json.dumps(str(track)), file=self._process.stdin, flush=True)
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


Answers = dict[int, dict[str, Any]]
"""By the number of the track."""


def measured(tracks: Sequence[Path], argvs: dict[str, tuple[str, ...]]) -> dict[str, Answers]:
    """By who answers."""
    answers: dict[str, Answers] = {name: {} for name in argvs}
    with ExitStack() as stack:
        rivals = {name: Rival(stack.enter_context(started(argv))) for name, argv in argvs.items()}
        for rival in rivals.values():
            rival.ask(tracks[0])
        for number, track in enumerate(tracks):
            for name, rival in rivals.items():
                if name not in SLOW or number % SLOW_EVERY == 0:
                    answers[name][number] = rival.ask(track)
    return answers


def started(argv: Sequence[str]) -> subprocess.Popen[str]:
    """On one core; it ends when it is left."""
    return subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, **ONE_CORE},
    )  # fmt: skip


def print_costs(answers: dict[str, Answers]) -> None:
    """A line each: medians, and beside ours."""
    print("the middle minute of each track, or all of it; processor seconds, medians")
    heads = ("tracks", "decoding", "figures", "both", "x ours", "peak MB")
    print(" " * NAME_WIDTH + "".join(f"{head:>9}" for head in heads))
    for name, theirs in answers.items():
        found = list(theirs.values())
        pairs = [(one, answers[OURS][number]) for number, one in theirs.items()]
        cells = (
            f"{len(found)}",
            f"{statistics.median(one['decode_s'] for one in found):.3f}",
            f"{statistics.median(map(figures_s, found)):.3f}",
            f"{statistics.median(one['cpu_s'] for one in found):.3f}",
            f"{statistics.median(one['cpu_s'] / own['cpu_s'] for one, own in pairs):.1f}",
            f"{max(one['peak_mb'] for one in found):.0f}",
        )
        alone = statistics.median(figures_s(one) / figures_s(own) for one, own in pairs)
        line = "".join(f"{cell:>9}" for cell in cells)
        print(f"{name:<{NAME_WIDTH}}{line}   (figures alone x {alone:.1f})")


def figures_s(answer: dict[str, Any]) -> float:
    """What the statistics alone took."""
    return float(answer["cpu_s"] - answer["decode_s"])


def print_places(tracks: Sequence[Path], answers: Answers) -> None:
    """The most aroused first."""
    places = [found["place"] for found in answers.values()]
    print(f"\n{'track, by arousal':<{NAME_WIDTH}}{'valence':>8}{'arousal':>8}")
    for name, (valence, arousal) in in_order(zip(tracks, places, strict=True)):
        print(f"{name:<{NAME_WIDTH}}{valence:>8.2f}{arousal:>8.2f}")


def in_order(
    placed: Iterable[tuple[Path, list[float]]],
) -> Iterator[tuple[str, tuple[float, float]]]:
    """(name, place), arousal descending."""
    for track, place in sorted(placed, key=lambda pair: -pair[1][1]):
        yield track.stem[: NAME_WIDTH - 1], (place[0], place[1])


if __name__ == "__main__":
    sys.exit(main())
