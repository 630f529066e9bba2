"""Children that listen to music files, and what they answer; a dead one is started again."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker.errors import LibraryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from moodspeaker.library.analysis_plan import Due

CPU_S, WALL_S = 120, 600
"""A file that takes longer is given up. Niced, beside other work, a second can become a minute."""
LEAVE_S = 1.0
# Numerical libraries would take every core, and Python its modules from the current folder.
SURROUNDINGS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
HOUSE = Path(__file__).resolve().parents[2]
AFTER_OTHERS = ("nice", "-n", "19")
IDLE_DISK = ("ionice", "-c", "3")


@dataclass(frozen=True, slots=True)
class Answer:
    """(valence, arousal, their standard deviations), or a problem; `lasting`: the file's fault."""

    place: tuple[float, float, float, float] | None = None
    problem: str = ""
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file."""

    due: Due
    answer: Answer


def child_command(model: Path) -> tuple[str, ...]:
    """How the child is started; on some kernels it reads only when nobody else wants the disk."""
    module = ("-P", "-m", "moodspeaker.library.analysis_child")
    prefix = (*AFTER_OTHERS, *(IDLE_DISK if shutil.which(IDLE_DISK[0]) else ()))
    return (*prefix, sys.executable, *module, str(model), str(CPU_S), str(WALL_S))


class Analyser:
    """One child, started when it is first needed; one file at a time.

    Every method may raise LibraryError where the child cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[str] | None = None

    def give(self, path: Path) -> None:
        """The next file; `answer` must have been taken for the one before."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = self._started()
        # One that died this moment is found out by `answer`.
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(str(path)), file=self._process.stdin, flush=True)

    def answer(self) -> Answer:
        """Waits for it. A child that dies is an answer too."""
        if self._process is None or self._process.stdout is None:
            raise LibraryError("no file was given to analyse")
        line = self._process.stdout.readline()
        return read_answer(line) if line else last_words(self._process.wait())

    def fileno(self) -> int:
        """Readable when an answer is there."""
        if self._process is None or self._process.stdout is None:
            raise LibraryError("no file was given to analyse")
        return self._process.stdout.fileno()

    def close(self) -> None:
        """Ends the child, in the middle of a file too. May be called again."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        # One that waits for a dead network disk goes when the disk comes back, or never.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LEAVE_S)
        # Closing may want to write what the child never took.
        for pipe in filter(None, (process.stdin, process.stdout)):
            with contextlib.suppress(OSError):
                pipe.close()

    def _started(self) -> subprocess.Popen[str]:
        path = os.pathsep.join(filter(None, (str(HOUSE), os.environ.get("PYTHONPATH"))))
        try:
            process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env={**os.environ, **SURROUNDINGS, "PYTHONPATH": path},
            )  # fmt: skip
        except OSError as error:
            raise LibraryError(f"{self._command[0]} does not start: {error.strerror}") from error
        self._process = process
        check_ready(process)
        return process


def check_ready(process: subprocess.Popen[str]) -> None:
    """Raises LibraryError unless the child has loaded all that it needs."""
    line = process.stdout.readline() if process.stdout else ""
    found: Any = json.loads(line) if line else {"fatal": ["it ended at once", ""]}
    if "fatal" in found:
        what, remedy = found["fatal"]
        raise LibraryError(f"audio analysis cannot begin: {what}", remedy)


def read_answer(line: str) -> Answer:
    """A line of the child's."""
    found: Any = json.loads(line)
    if "place" in found:
        valence, arousal, valence_sd, arousal_sd = map(float, found["place"])
        return Answer((valence, arousal, valence_sd, arousal_sd))
    return Answer(None, str(found["problem"]), bool(found["lasting"]))


def last_words(status: int) -> Answer:
    """Why the child is no more."""
    if status == -signal.SIGPROF:
        return Answer(None, "it takes too long: given up")
    if status == -signal.SIGALRM:
        # A disk that hangs, or a machine with too much to do.
        return Answer(None, "no answer in time: given up for now", lasting=False)
    how = signal.Signals(-status).name if status < 0 else f"exit status {status}"
    return Answer(None, f"the decoder crashed ({how})")


def outcomes(analysers: Sequence[Analyser], dues: Iterable[Due]) -> Iterator[Outcome]:
    """Of every file, as they come; each analyser has one at a time. Raises LibraryError."""
    waiting, idle = iter(dues), list(analysers)
    busy: dict[Analyser, Due] = {}
    while True:
        while idle and (due := next(waiting, None)):
            idle[-1].give(due.path)
            busy[idle.pop()] = due
        if not busy:
            return
        for analyser in select.select(tuple(busy), (), ())[0]:
            yield Outcome(busy.pop(analyser), analyser.answer())
            idle.append(analyser)
