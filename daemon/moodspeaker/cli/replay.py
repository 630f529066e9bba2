"""`moodspeaker replay`: a score log once more through the mood engine, with other settings."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from moodspeaker.app.factories import mood_settings
from moodspeaker.cli.mood_plot import Trace, check_plot, draw
from moodspeaker.config.load import load_config, parse_config
from moodspeaker.config.schema import Config
from moodspeaker.errors import ConfigError, MoodspeakerError
from moodspeaker.mood.replaying import Replay
from moodspeaker.mood.score_lines import in_time_order, read_lines
from moodspeaker.types import Mood

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moodspeaker.mood.replaying import Change, Outcome
    from moodspeaker.mood.score_lines import LoggedFrame
    from moodspeaker.mood.settings import MoodSettings

STDIN = "-"
SECTION = "mood"
UNIX_TIME_FROM = 1e9
"""A log that begins later has the wall's clock, an earlier one its own."""


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


def changed_config(path: Path | None, changes: Sequence[str]) -> Config:
    """The file's config, or the defaults, with settings of its section mood set to others.

    Raises ConfigError.
    """
    config = load_config(path) if path else Config()
    data = config.model_dump(mode="json")
    for change in changes:
        key, equals, text = change.partition("=")
        names = key.strip().split(".")
        if not equals or not all(names):
            raise ConfigError((f"--set {change}: no setting (write KEY=VALUE)",))
        put(data, in_mood(names, change), scalar(text, change))
    try:
        return parse_config(yaml.safe_dump(data), "--set")
    except ConfigError as error:
        # The line is one of the merged text, which nobody has seen.
        lines = tuple(re.sub(r"^--set:\d+ ", "--set ", line) for line in error.problems)
        raise ConfigError(lines) from error


def in_mood(names: list[str], change: str) -> list[str]:
    """The whole name. Raises ConfigError for another section's setting, which changes nothing."""
    if names[0] == SECTION:
        return names
    if len(names) > 1 and names[0] in Config.model_fields:
        raise ConfigError((f"--set {change}: only settings of mood count in a replay",))
    return [SECTION, *names]


def scalar(text: str, change: str) -> Any:
    """As YAML reads it. Raises ConfigError."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError((f"--set {change}: {text!r} is no YAML value",)) from error


def put(data: dict[str, Any], names: list[str], value: Any) -> None:
    """Sets what is nested so deep; the schema finds what should not be there."""
    for name in names[:-1]:
        inner = data.get(name)
        if not isinstance(inner, dict):
            inner = data[name] = {}
        data = inner
    data[names[-1]] = value


def as_object(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Figures and changes; the second outcome's under `against`."""
    first, *others = [
        {"changes": [change_object(change) for change in outcome.changes]} | figures(outcome)
        for outcome in outcomes
    ]
    return first | {"against": others[0]} if others else first


def figures(outcome: Outcome) -> dict[str, Any]:
    """All but the changes; None where no truth is known."""
    return {
        "changes_per_hour": rounded(outcome.changes_per_hour, 3),
        "share_right": rounded(outcome.share_right, 4),
        "share_unsure": rounded(outcome.share_unsure, 4),
        "delay_p50_s": rounded(outcome.delay_s(0.5), 2),
        "delay_p90_s": rounded(outcome.delay_s(0.9), 2),
        "time_in": {mood.value: round(s, 2) for mood, s in outcome.time_in.items()},
        "share_followed": rounded(outcome.share_followed, 4),
        "seconds": round(outcome.seconds, 2),
        "true_changes": outcome.true_changes if outcome.share_right is not None else None,
    }


def rounded(value: float | None, places: int) -> float | None:
    """None stays None."""
    return None if value is None else round(value, places)


def change_object(change: Change) -> dict[str, Any]:
    """One change by the log's own clock."""
    return {
        "t": round(change.time_s, 3),
        "before": change.before.value,
        "after": change.after.value,
        "reason": change.reason,
    }


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


def figure_texts(outcome: Outcome, moods: Sequence[Mood]) -> dict[str, str]:
    """Every figure by its name, as a person reads it; of a log with no truth, fewer."""
    texts = {
        "changes": str(len(outcome.changes)),
        "changes an hour": f"{outcome.changes_per_hour:.1f}",
    }
    if outcome.share_right is not None:
        texts |= {
            "true changes": str(outcome.true_changes),
            "right": percent(outcome.share_right),
            "unsure": percent(outcome.share_unsure),
            "delay, median": delay(outcome, 0.5),
            "delay, 90 %": delay(outcome, 0.9),
            "followed": percent(outcome.share_followed),
        }
    for mood in moods:
        seconds = outcome.time_in.get(mood, 0.0)
        share = percent(seconds / outcome.seconds if outcome.seconds else None)
        texts[f"time {mood}"] = f"{clock(seconds)} {share:>6}"
    return texts


def delay(outcome: Outcome, share: float) -> str:
    """What this share of the followed changes did not exceed."""
    delay_s = outcome.delay_s(share)
    return "none" if delay_s is None else f"{delay_s:.1f} s"


def percent(share: float | None) -> str:
    """None is nothing to count."""
    return "none" if share is None else f"{100 * share:.1f} %"


def clock(seconds: float) -> str:
    """h:mm:ss."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def moment(time_s: float) -> str:
    """The local date and time, nothing where the log does not have the wall's clock."""
    if time_s < UNIX_TIME_FROM:
        return ""
    return f"{datetime.fromtimestamp(time_s).astimezone():%Y-%m-%d %H:%M:%S}"
