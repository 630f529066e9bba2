"""`moodspeaker tune`: the mood settings that fit a log, and what they are worth on its rest."""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from moodspeaker.app.factories import mood_settings
from moodspeaker.cli.replay import frames_of, no_frames
from moodspeaker.cli.replay_figures import clock, figures
from moodspeaker.config.load import load_config
from moodspeaker.config.schema import Config
from moodspeaker.mood.reference import REFERENCE_S, with_reference
from moodspeaker.mood.replaying import Outcome, replay
from moodspeaker.mood.tuning import (
    Search,
    changes_of,
    cost_of,
    false_per_hour,
    halves,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from moodspeaker.mood.score_lines import LoggedFrame

FIRST_TRIALS = 3
"""After so many it is told how long the others will take."""

TRUTH_GIVEN = "Truth: as the log gives it."
TRUTH_MADE = (
    "Truth: the log gives none; one was made of its own scores, the leader of their mean "
    f"over {REFERENCE_S:g} s, seen from both sides in time."
)


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """What the command line asks for; `delay_s` is the longest median delay."""

    config: Path | None = None
    delay_s: float = 30.0
    trials: int = 200
    seed: int = 1
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same half of a log with the settings as they were and as they were found."""

    before: Outcome
    after: Outcome


def tune(logs: Sequence[str], options: TuneOptions) -> int:
    """Searches on the first half of the logs and tells the figures of both.

    Raises ConfigError, LogDamaged, and MoodspeakerError for logs that cannot be read or are empty.
    """
    config = load_config(options.config) if options.config else Config()
    start = mood_settings(config.mood)
    frames: Sequence[LoggedFrame] = tuple(frames_of(logs))
    if not frames:
        raise no_frames(logs)
    known = any(frame.truth for frame in frames)
    first, second = halves(frames if known else with_reference(frames, start))
    search = Search(first, start, options.delay_s, random.Random(options.seed))
    progress = Progress(options.trials)
    found = search.run(options.trials, progress.tried)
    progress.end()
    result = Result(
        options,
        known,
        changes_of(start, found),
        Comparison(replay(first, start), replay(first, found)),
        Comparison(replay(second, start), replay(second, found)),
    )
    print(json.dumps(result.as_object()) if options.as_json else result.as_yaml())
    return 0


@dataclass(frozen=True, slots=True)
class Result:
    """What was found, with the figures of both halves; `known` where the log tells the truth."""

    options: TuneOptions
    known: bool
    settings: dict[str, float]
    first: Comparison
    second: Comparison

    def as_object(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "settings": self.settings,
            "first_half": compared(self.first),
            "second_half": compared(self.second),
            "truth": "log" if self.known else "reference",
            "delay_limit_s": self.options.delay_s,
            "delay_met": self.is_quick,
            "better_on_second_half": self.lasts,
            "trials": self.options.trials,
            "seed": self.options.seed,
        }

    def as_yaml(self) -> str:
        """A section for the config file, figures and doubts in comments above it."""
        section = yaml.safe_dump({"mood": self.settings}, sort_keys=False)
        return "\n".join([f"# {line}" for line in self._comments()]) + "\n" + section.rstrip()

    @property
    def is_quick(self) -> bool:
        """Whether the median delay is within its limit, where the search looked."""
        return cost_of(self.first.after, self.options.delay_s).late_s == 0

    @property
    def lasts(self) -> bool:
        """Whether less is wrong with them also where the search did not look."""
        before, after = (
            cost_of(outcome, self.options.delay_s)
            for outcome in (self.second.before, self.second.after)
        )
        return after.wrong_share < before.wrong_share

    def _comments(self) -> list[str]:
        trials = f"{self.options.trials} trials, seed {self.options.seed}"
        searched, unseen = clock(self.first.after.seconds), clock(self.second.after.seconds)
        lines = [
            f"Searched on the first half of the log ({searched}), {trials};",
            f"the second half ({unseen}) had no say, so its figures are the honest ones.",
            TRUTH_GIVEN if self.known else TRUTH_MADE,
            f"first half:  {told(self.first)}",
            f"second half: {told(self.second)}",
        ]
        if not self.is_quick:
            lines.append(f"No settings came within a median delay of {self.options.delay_s:g} s.")
        if not self.settings:
            lines.append("Nothing better was found: keep the settings as they are.")
        elif not self.lasts:
            lines.append("On the second half no less is wrong with these than before: rather keep")
            lines.append("the settings as they are, allow a longer --delay, or give a longer log.")
        return lines


def compared(comparison: Comparison) -> dict[str, Any]:
    """Figures before and after, for JSON."""
    return {
        when: figures(outcome) | {"false_changes_per_hour": round(false_per_hour(outcome), 3)}
        for when, outcome in (("before", comparison.before), ("after", comparison.after))
    }


def told(comparison: Comparison) -> str:
    """Figures before and after, in one line."""
    before, after = comparison.before, comparison.after
    pairs = {
        "changes an hour": (before.changes_per_hour, after.changes_per_hour, "{:.1f}"),
        "false": (false_per_hour(before), false_per_hour(after), "{:.1f}"),
        "right": (before.share_right, after.share_right, "{:.1%}"),
        "delay": (before.delay_s(0.5), after.delay_s(0.5), "{:.1f} s"),
    }
    return ", ".join(
        f"{name} {written(old, form)} -> {written(new, form)}"
        for name, (old, new, form) in pairs.items()
    )


def written(value: float | None, form: str) -> str:
    """None is a figure that there is not."""
    return "none" if value is None else form.format(value)


class Progress:
    """A line on standard error where that is a terminal, else nothing."""

    def __init__(self, trials: int) -> None:
        self._trials = trials
        self._begun_s = time.monotonic()
        self._shown = sys.stderr.isatty()

    def tried(self, trial: int) -> None:
        """After each trial."""
        if not self._shown:
            return
        left_s = (time.monotonic() - self._begun_s) / trial * (self._trials - trial)
        left = f", {clock(left_s)} left" if trial >= FIRST_TRIALS else ""
        print(f"\rtrial {trial} of {self._trials}{left} ", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """A line of its own for what follows."""
        if self._shown:
            print(file=sys.stderr)
