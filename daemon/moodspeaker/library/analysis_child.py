"""The child that listens to music files: a decoder that crashes takes nothing else with it.

    python -m moodspeaker.library.analysis_child MODEL CPU_S WALL_S

Lines of JSON: a path comes in, `{"place": [valence, arousal, and their deviations]}` or
`{"problem": text, "lasting": whether it is the file's fault}` goes out. The first line out is
`{}` once all is loaded, `{"fatal": [what, remedy]}` where it cannot be. A file that takes more of
the processor than CPU_S ends the process by SIGPROF, one that takes longer than WALL_S by SIGALRM,
and the end of its input ends it too.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from moodspeaker.errors import LibraryError, MoodspeakerError
from moodspeaker.library.optional import optional

if TYPE_CHECKING:
    from collections.abc import Callable

FFMPEG_SHARE = 0.5
"""Of WALL_S: ffmpeg is ended before this process would be."""
WANTED = ("numpy", "scipy.fft", "soundfile", "soxr")
FFMPEG = ("ffmpeg", "ffprobe")

Answer = dict[str, object]


def main() -> int:
    """Answers until its input ends: 0; 1 when it cannot begin."""
    leave_signals_to_the_parent()
    out = take_stdout()
    cpu_s, wall_s = float(sys.argv[2]), float(sys.argv[3])
    try:
        listen = listener(Path(sys.argv[1]), FFMPEG_SHARE * wall_s)
    except MoodspeakerError as error:
        write(out, {"fatal": [error.what, error.remedy]})
        return 1
    write(out, {})
    # Decoders complain there about every odd frame.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for line in sys.stdin:
        # Without a handler these end the process, whatever C code it is in.
        limit(cpu_s, wall_s)
        began_s = time.monotonic()
        answer = answered(listen, Path(json.loads(line)))
        if time.monotonic() - began_s > FFMPEG_SHARE * wall_s:
            # That says more of the machine than of the file.
            answer["lasting"] = False
        limit(0, 0)
        write(out, answer)
    return 0


def limit(cpu_s: float, wall_s: float) -> None:
    """From now on; 0 is none."""
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    signal.setitimer(signal.ITIMER_REAL, wall_s)


def leave_signals_to_the_parent() -> None:
    """It decides when this process ends; a terminal's Ctrl-C reaches both."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def take_stdout() -> IO[str]:
    """Where the answers go; what a library prints goes nowhere."""
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return out


def listener(model_path: Path, ffmpeg_s: float) -> Callable[[Path], tuple[float, ...]]:
    """From a file to its place. Raises LibraryError and ModelError: a library, or the model."""
    for name in WANTED:
        optional(name)
    from moodspeaker.library import audio_features, audio_model, decoding  # noqa: PLC0415 - numpy

    model = audio_model.read_audio_model(model_path)

    def listen(path: Path) -> tuple[float, ...]:
        sound = decoding.read_middle(path, timeout_s=ffmpeg_s)
        return model.place(audio_features.features_of(sound.samples, sound.rate))

    return listen


def answered(listen: Callable[[Path], tuple[float, ...]], path: Path) -> Answer:
    """The file's place, or what is wrong with it."""
    try:
        return {"place": listen(path)}
    except LibraryError as error:
        # A file that has gone, or that ffmpeg could read if it were there, may do another time.
        lasting = os.access(path, os.R_OK) and all(map(shutil.which, FFMPEG))
        return {"problem": str(error).removeprefix(f"{path}: "), "lasting": lasting}
    except MemoryError:
        return {"problem": "it needs more memory than there is", "lasting": True}


def write(out: IO[str], answer: Answer) -> None:
    """One line."""
    out.write(json.dumps(answer) + "\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
