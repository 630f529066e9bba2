"""`moodspeaker library label`: what the music itself sounds like, for tracks without labels."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.app.factories import music_dir
from moodspeaker.app.vitals import temperature_c
from moodspeaker.cli.library_scan import scan
from moodspeaker.cli.library_store import config_at, opened, shown
from moodspeaker.errors import LibraryError
from moodspeaker.library.analysers import Analyser, child_command
from moodspeaker.library.analysis_plan import model_version, planned
from moodspeaker.library.heat import Heat
from moodspeaker.library.labelling import Labeller
from moodspeaker.library.store import FILE_NAME
from moodspeaker.runtime.assets import model_folder
from moodspeaker.runtime.only_one import only_one
from moodspeaker.runtime.state_folder import state_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from moodspeaker.config.schema import Config
    from moodspeaker.library.analysis_plan import Plan
    from moodspeaker.library.labelling import LabelReport
    from moodspeaker.library.store import LabelStore

MODEL = "audio.json"
LOCK = "label.lock"
NAMED = 5
TERMINAL_EVERY_S, PLAIN_EVERY_S = 1.0, 60.0
MINUTE_S, HOUR_S = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class LabelOptions:
    """`again`: what failed before too. `scan`: look for new music first.

    `with_stdin`: end when standard input ends.
    """

    config: Path
    again: bool = False
    scan: bool = False
    limit: int | None = None
    jobs: int = 1
    as_json: bool = False
    with_stdin: bool = False


def label(options: LabelOptions) -> int:
    """Raises MoodspeakerError: no store or one that cannot be written, no music, no soundfile."""
    config = config_at(options.config)
    folder = music_dir(config.library)
    if folder is None or not folder.is_dir():
        raise LibraryError(f"no folder {folder}", "set library.music_dir to MPD's music_directory")
    if options.with_stdin:
        threading.Thread(target=end_with_stdin, daemon=True).start()
    with only_one(state_dir() / LOCK, "`moodspeaker library label`"):
        check_writable(state_dir() / FILE_NAME)
        if options.scan:
            scan(options.config)
        with opened() as store:
            # Removes nothing, and fails now, not after the first batch, where nothing can be kept.
            store.remove_estimates(("",), ("",))
            return label_all(options, store, folder, heat_of(config))


def check_writable(path: Path) -> None:
    """Raises LibraryError. A store that cannot be written is still opened, for reading."""
    if path.exists() and not os.access(path, os.W_OK):
        raise LibraryError(
            f"{path}: the label store cannot be written", "make it writable for this user"
        )


def label_all(options: LabelOptions, store: LabelStore, folder: Path, heat: Heat) -> int:
    """The run itself, and its report."""
    model = model_folder() / MODEL
    version = model_version(model)
    plan = planned(store, folder, version, again=options.again)
    dues = plan.due if options.limit is None else plan.due[: options.limit]
    labeller = Labeller(store, folder, version, heat)
    began = time.monotonic()
    with analysers_of(model, options.jobs) as analysers, terminated_as_interrupted():
        try:
            labeller.run(dues, analysers, teller())
        except KeyboardInterrupt:
            done, total = labeller.report.done, len(dues)
            say(f"stopped after {done} of {total}: the next run goes on there")
            raise
    seconds = time.monotonic() - began
    if options.as_json:
        print(json.dumps(as_object(labeller.report, plan, seconds)))
    else:
        print("\n".join(lines_of(labeller.report, plan, seconds)))
    return 0


def heat_of(config: Config) -> Heat:
    """Hot is what is hot for the camera."""
    thermal = Path(config.camera.thermal_file)
    return Heat(config.camera.hot_c, lambda: temperature_c(thermal), say)


@contextmanager
def analysers_of(model: Path, jobs: int) -> Iterator[tuple[Analyser, ...]]:
    """So many, gone afterwards."""
    analysers = tuple(Analyser(child_command(model)) for _ in range(jobs))
    try:
        yield analysers
    finally:
        for analyser in analysers:
            analyser.close()


@contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """SIGTERM is as good a reason to store what there is as Ctrl-C."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def end_with_stdin() -> None:
    """Whoever started us holds the other end, and is gone when it closes."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def teller(clock: Callable[[], float] = time.monotonic) -> Callable[[int, int], None]:
    """Progress on stderr: one line over and over on a terminal, else a line now and then."""
    terminal = sys.stderr.isatty()
    began = last = clock()

    def tell(done: int, total: int) -> None:
        nonlocal last
        now, ended = clock(), done >= total
        if ended or now - last >= (TERMINAL_EVERY_S if terminal else PLAIN_EVERY_S):
            last = now
            start = "\r\x1b[K" if terminal else ""
            end = "" if terminal and not ended else "\n"
            print(start + progress_line(done, total, now - began), end=end, file=sys.stderr)
            sys.stderr.flush()

    return tell


def progress_line(done: int, total: int, seconds: float) -> str:
    """How far, how fast, and how long it will take."""
    left_s = seconds / max(done, 1) * (total - done)
    pace = done / max(seconds, 1e-3) * MINUTE_S
    left = f", {duration(left_s)} left" if done < total else ""
    return f"{done} of {total} tracks, {pace:.0f} a minute{left}"


def duration(seconds: float) -> str:
    """`40 s`, `3 min` or `2.5 h`."""
    if seconds < MINUTE_S:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE_S:.0f} min" if seconds < HOUR_S else f"{seconds / HOUR_S:.1f} h"


def say(line: str) -> None:
    """Beside the progress."""
    print(("\n" if sys.stderr.isatty() else "") + line, file=sys.stderr, flush=True)


def lines_of(report: LabelReport, plan: Plan, seconds: float) -> Iterator[str]:
    """What was done, and what could not be."""
    yield (
        f"{report.analysed} tracks analysed in {duration(seconds)}, {plan.done} were known,"
        f" {plan.streams} streams left out"
    )
    if plan.missing:
        some = ", ".join(map(shown, plan.missing[:NAMED]))
        yield f"not in the music folder: {len(plan.missing)} ({some}{more(plan.missing)})"
    if report.changed:
        yield f"changed or removed meanwhile: {report.changed}, the next run looks again"
    if report.problems:
        yield f"not analysed: {len(report.problems)}; --again tries them once more"
    for uri, problem in report.problems[:NAMED]:
        yield f"  {shown(uri)}: {shown(problem)}"
    if more(report.problems):
        yield "  ..."


def more(what: list[str] | list[tuple[str, str]]) -> str:
    """Whether there are more than are named."""
    return ", ..." if len(what) > NAMED else ""


def as_object(report: LabelReport, plan: Plan, seconds: float) -> dict[str, object]:
    """For `--json`."""
    return {
        "analysed": report.analysed,
        "known": plan.done,
        "streams": plan.streams,
        "missing": len(plan.missing),
        "changed": report.changed,
        "problems": [{"uri": uri, "problem": problem} for uri, problem in report.problems],
        "seconds": round(seconds, 1),
    }
