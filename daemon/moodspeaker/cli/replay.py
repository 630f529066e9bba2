"""`moodspeaker replay`: a score log once more through the mood engine, with other settings."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moodspeaker.app.factories import mood_settings
from moodspeaker.cli.mood_changes import changed_config
from moodspeaker.cli.mood_plot import check_plot, draw
from moodspeaker.cli.mood_trace import Trace
from moodspeaker.cli.replay_figures import as_object, clock, figure_texts, moment
from moodspeaker.config.load import load_config
from moodspeaker.errors import MoodspeakerError
from moodspeaker.mood.replaying import Replay
from moodspeaker.mood.score_lines import in_time_order, read_lines
from moodspeaker.types import Mood

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moodspeaker.mood.replaying import Outcome
    from moodspeaker.mood.score_lines import LoggedFrame
    from moodspeaker.mood.settings import MoodSettings

STDIN = "-"


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What the command line asks for; `changes` are KEY=VALUE, `plot` the picture's place."""

    config: Path | None = None
    changes: tuple[str, ...] = ()
    against: Path | None = None
    as_json: bool = False
    plot: Path | None = None


class Run:
    """One engine's way through the log; `trace` keeps what is drawn."""

    def __init__(self, name: str, settings: MoodSettings, drawn: bool) -> None:
        self.name = name
        self.settings = settings
        self.trace = Trace() if drawn else None
        self._replay = Replay(settings)

    def add(self, frame: LoggedFrame) -> None:
        """One more frame."""
        decision = self._replay.add(frame)
        if self.trace is not None:
            self.trace.add(frame.observation.time_s, decision, frame.truth)

    def outcome(self) -> Outcome:
        """Up to the last frame."""
        return self._replay.outcome()


def replay(logs: Sequence[str], options: ReplayOptions) -> int:
    """Tells what the engine makes of the logs, as one in the order of time.

    Raises ConfigError, LogDamaged, and MoodspeakerError for a log that cannot be read or is
    empty, and for a picture that cannot be drawn.
    """
    runs = [made_run(options)]
    if options.against:
        settings = mood_settings(load_config(options.against).mood)
        runs.append(Run(str(options.against), settings, options.plot is not None))
    if options.plot:
        check_plot(options.plot, logs)
    begin_s, frames = None, 0
    for frame in frames_of(logs):
        begin_s = frame.observation.time_s if begin_s is None else begin_s
        frames += 1
        for run in runs:
            run.add(frame)
    if begin_s is None:
        raise no_frames(logs)
    outcomes = [run.outcome() for run in runs]
    if options.as_json:
        print(json.dumps(as_object(outcomes)))
    else:
        begun = f", begun {moment(begin_s)}" if moment(begin_s) else ""
        print(f"{', '.join(logs)}: {clock(outcomes[0].seconds)}, {frames:,} frames{begun}")
        tell(runs, outcomes, begin_s)
    if options.plot:
        drawn = [(run.name, run.settings, run.trace) for run in runs if run.trace]
        draw(options.plot, drawn, moment(begin_s) or "the beginning")
        print(f"drawn: {options.plot}", file=sys.stderr)
    return 0


def made_run(options: ReplayOptions) -> Run:
    """With the config of the command line and its changes."""
    name = " ".join([str(options.config or "defaults"), *options.changes])
    settings = mood_settings(changed_config(options.config, options.changes).mood)
    return Run(name, settings, options.plot is not None)


def frames_of(logs: Sequence[str]) -> Iterator[LoggedFrame]:
    """Every frame of all files, in the order of time; `-` is standard input."""
    return in_time_order([read_lines(lines_of(name), name) for name in logs])


def lines_of(name: str) -> Iterator[str]:
    """Raises MoodspeakerError where the file cannot be read."""
    try:
        source = sys.stdin.fileno() if name == STDIN else name
        # What is no UTF-8 is no line either, and is told as such.
        with open(source, encoding="utf-8", errors="replace", closefd=name != STDIN) as file:
            yield from file
    except OSError as error:
        raise MoodspeakerError(
            f"{name} cannot be read: {error.strerror}",
            "give a score log, or what probe --json printed",
        ) from error


def no_frames(logs: Sequence[str]) -> MoodspeakerError:
    """For logs without a line."""
    return MoodspeakerError(
        f"{', '.join(logs)}: no frames", "give a score log, or what probe --json printed"
    )


def tell(runs: Sequence[Run], outcomes: Sequence[Outcome], begin_s: float) -> None:
    """Changes and figures for a person; those of two runs side by side."""
    for run, outcome in zip(runs, outcomes, strict=True):
        print(f"\n{run.name}:" if len(runs) > 1 else "")
        for change in outcome.changes:
            moods = f"{change.before} -> {change.after}"
            print(f"  {clock(change.time_s - begin_s)}  {moods:<20}  {change.reason}")
        if not outcome.changes:
            print("  no mood was named")
    seen = [mood for mood in Mood if any(mood in outcome.time_in for outcome in outcomes)]
    columns = [figure_texts(outcome, seen) for outcome in outcomes]
    width = max(len(text) for column in columns for text in column.values())
    if len(runs) > 1:
        names = [str(place) for place, _ in enumerate(runs, 1)]
        print()
        for place, run in zip(names, runs, strict=True):
            print(f"({place}) {run.name}")
        columns = [{"": f"({place})"} | c for place, c in zip(names, columns, strict=True)]
    print()
    for label in columns[0]:
        print(f"{label:<17}" + "  ".join(f"{column[label]:>{width}}" for column in columns))
