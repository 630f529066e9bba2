"""The lines of the score log, numbers only; and those that `probe --json` prints."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from moodspeaker.errors import MoodspeakerError
from moodspeaker.mood.evidence import scores_of
from moodspeaker.types import Emotion, Mood, Observation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DAMAGE = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)
TRUTHS = (*(emotion.value for emotion in Emotion), Mood.ABSENT.value)
PLACES = 4


class LogDamaged(MoodspeakerError):
    """A line that is no line of a score log; the error names it."""


@dataclass(frozen=True, slots=True)
class LoggedFrame:
    """One line: what was seen, and the true mood (an emotion or absent) where it is known."""

    observation: Observation
    truth: Mood | None = None


def line_of(observation: Observation) -> str:
    """One line without its end; `t` is the observation's own time."""
    scores = observation.scores
    shares = scores and {label: round(p, PLACES) for label, p in scores.as_dict().items()}
    return json.dumps(
        {
            "t": round(observation.time_s, 3),
            "faces": observation.faces,
            "scores": shares,
            "quality": round(observation.quality, 3),
        },
        separators=(",", ":"),
    )


def read_lines(lines: Iterable[str], name: str) -> Iterator[LoggedFrame]:
    """Every line; empty ones are passed over. Raises LogDamaged, which names `name` and line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield frame_of(json.loads(line))
        except DAMAGE as error:
            raise LogDamaged(
                f"{name}:{number} is no line of a score log: {error!r}",
                "each is an object with t, faces, scores and quality, or a line of probe --json",
            ) from error


def in_time_order(logs: Iterable[Iterable[LoggedFrame]]) -> Iterator[LoggedFrame]:
    """Several logs as one, by when each begins.

    Time never runs backwards in it: what begins before the end of what came before it (a clock
    that was set, logs that all count from 0) is moved to that end.
    """
    begun = [(first.observation.time_s, first, rest) for first, rest in map(opened, logs) if first]
    last_s, shift_s = -math.inf, 0.0
    for _, first, rest in sorted(begun, key=lambda log: log[0]):
        for frame in chain((first,), rest):
            seen = frame.observation
            if seen.time_s + shift_s < last_s:
                shift_s = last_s - seen.time_s
            last_s = seen.time_s + shift_s
            yield replace(frame, observation=replace(seen, time_s=last_s)) if shift_s else frame


def opened(log: Iterable[LoggedFrame]) -> tuple[LoggedFrame | None, Iterator[LoggedFrame]]:
    """The first frame, None of an empty log, and the others."""
    frames = iter(log)
    return next(frames, None), frames


def frame_of(entry: dict[str, Any]) -> LoggedFrame:
    """One parsed line. Raises one of DAMAGE."""
    truth = entry.get("truth")
    if truth is not None and truth not in TRUTHS:
        raise ValueError(f"truth {truth!r} is none of {', '.join(TRUTHS)}")
    seen = probed(entry) if isinstance(entry.get("faces"), list) else logged(entry)
    if not math.isfinite(seen.time_s):
        raise ValueError(f"{seen.time_s} is no time")
    return LoggedFrame(seen, None if truth is None else Mood(truth))


def logged(entry: dict[str, Any]) -> Observation:
    """A line of a score log."""
    labels = entry["scores"]
    return Observation(
        time_s=float(entry["t"]),
        faces=int(entry["faces"]),
        scores=None if labels is None else scores_of(labels),
        quality=float(entry.get("quality", 1.0)),
    )


def probed(entry: dict[str, Any]) -> Observation:
    """A line of `probe --json`; the largest face counts."""
    faces = entry["faces"]
    chosen = max(faces, key=lambda face: face["box"][2] * face["box"][3], default=None)
    return Observation(
        time_s=float(entry["time_s"]),
        faces=len(faces),
        scores=chosen and scores_of(chosen["emotions"]),
        quality=float(chosen.get("quality", 1.0)) if chosen else 0.0,
    )
