"""The lines of the score log, numbers only; and those that `probe --json` prints."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker.errors import MoodspeakerError
from moodspeaker.mood.evidence import scores_of
from moodspeaker.types import Emotion, Mood, Observation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LogDamaged(
                f"{name}:{number} is no line of a score log: {error!r}",
                "each is an object with t, faces, scores and quality, or a line of probe --json",
            ) from error


def frame_of(entry: dict[str, Any]) -> LoggedFrame:
    """One parsed line. Raises ValueError, TypeError, KeyError or AttributeError."""
    truth = entry.get("truth")
    if truth is not None and truth not in TRUTHS:
        raise ValueError(f"truth {truth!r} is none of {', '.join(TRUTHS)}")
    seen = probed(entry) if isinstance(entry.get("faces"), list) else logged(entry)
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
