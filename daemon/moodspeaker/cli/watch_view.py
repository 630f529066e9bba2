"""What the service says of itself, laid out for a terminal. Pure: size and time are arguments."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from textwrap import wrap
from typing import Any

from moodspeaker.types import Emotion

NAME_WIDTH = 10
NUMBER_WIDTH = 6
WIDEST_BAR = 100
LABEL_WIDTH = 10
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
Topic = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What bars are made of: `full` and `point` for the rest, and the thresholds' marks."""

    full: str
    enter: str
    leave: str
    point: str


UNICODE = Glyphs("█", "┃", "┊", "·")
ASCII = Glyphs("#", "|", ":", ".")


@dataclass(frozen=True, slots=True)
class Sight:
    """The newest of each topic; empty before it was told."""

    state: Topic = field(default_factory=dict)
    tuning: Topic = field(default_factory=dict)
    track: Topic = field(default_factory=dict)
    diagnostics: Topic = field(default_factory=dict)

    def knows(self, topic: str) -> bool:
        """Whether it was told, or is none of ours."""
        return topic not in TOPICS or bool(getattr(self, topic))

    def with_news(self, topic: str, content: Topic) -> Sight:
        """What is seen once this is told; a topic that is none of ours changes nothing."""
        return replace(self, **{topic: content}) if topic in TOPICS else self


TOPICS = ("state", "tuning", "track", "diagnostics")


def view(
    sight: Sight, columns: int, rows: int, now_s: float, glyphs: Glyphs = UNICODE
) -> tuple[str, ...]:
    """At most `rows` lines, none wider than `columns`. `now_s` is Unix time."""
    if not sight.state:
        return ("waiting for moodspeaker ...",)
    lines = (
        *headline(sight, columns, now_s),
        "",
        *bars(sight, columns, glyphs),
        "",
        *music(sight, columns),
        "",
        *health(sight, columns),
    )
    return tuple(fit(line, columns) for line in shortened(lines, rows))


def headline(sight: Sight, columns: int, now_s: float) -> tuple[str, ...]:
    """The mood, how sure, since when, by whom, and the reason."""
    state = sight.state
    # Where there is no emotion there is nothing to be sure of.
    sure = f"{percent(state['confidence'])}  " if state.get("confidence") else ""
    since = f"for {duration(age_s(state.get('since'), now_s))}"
    left = f" {str(state.get('mood')).upper()}  {sure}{since}, by {state.get('source')}"
    left = f"{left}, faces: {state.get('faces')}"
    right = f"moodspeaker {state.get('version')} "
    gap = max(2, columns - width(left) - width(right))
    return f"{left}{' ' * gap}{right}", *row("reason", state.get("reason") or "-", columns)


def bars(sight: Sight, columns: int, glyphs: Glyphs) -> tuple[str, ...]:
    """The seven scores with the thresholds that a mood enters and leaves at."""
    scores = sight.state.get("scores") or {}
    length = max(10, min(WIDEST_BAR, columns - NAME_WIDTH - NUMBER_WIDTH - 2))
    enter, leave = (number(sight.tuning.get(f"{k}_threshold")) for k in ("enter", "leave"))
    rows = []
    for emotion in Emotion:
        score = number(scores.get(emotion.value))
        drawn = bar(score, length, ((leave, glyphs.leave), (enter, glyphs.enter)), glyphs)
        mark = "*" if emotion.value == sight.state.get("mood") else " "
        shown = " -" if score is None else f"{score:.2f}"
        rows.append(f"{mark}{emotion.value:{NAME_WIDTH - 1}}{drawn} {shown:>5}")
    legend = f"{glyphs.enter} enter {shortly(enter)}   {glyphs.leave} leave {shortly(leave)}"
    margin = f"margin {shortly(sight.tuning.get('margin'))}"
    return (*rows, f"{'':{NAME_WIDTH}}{legend}   {margin}   (* the mood)")


def bar(
    score: float | None,
    length: int,
    marks: tuple[tuple[float | None, str], ...],
    glyphs: Glyphs,
) -> str:
    """`score` of 0..1 in `length` characters, with each mark at its place."""
    filled = round((score or 0.0) * length)
    cells = [glyphs.full] * filled + [glyphs.point] * (length - filled)
    for place, mark in marks:
        if place is not None:
            cells[min(length - 1, int(place * length))] = mark
    return "".join(cells[:length])


def music(sight: Sight, columns: int) -> tuple[str, ...]:
    """What plays, why, what steers it, and who holds it."""
    state, track, tuning = sight.state, sight.track, sight.tuning
    place = f"valence {shortly(track.get('valence'))}, arousal {shortly(track.get('arousal'))}"
    chosen = f"for {track['mood']}, {place}" if track.get("mood") else "not by moodspeaker"
    policy, volume = tuning.get("policy", "-"), tuning.get("volume_max", "-")
    profile = tuning.get("profile_active") or "default"
    quiet = ", quiet hours" if tuning.get("quiet") else ""
    return (
        *row("track", song(track) or "none", columns),
        *row("chosen", chosen if track.get("uri") else "-", columns),
        *row("why", track.get("why") or "-", columns),
        *row("held by", state.get("held_by") or "nobody", columns),
        *row(
            "following",
            f"{state.get('following')}, policy {policy}, volume cap {volume} %",
            columns,
        ),
        *row("profile", f"{profile} (chosen: {tuning.get('profile', '-')}){quiet}", columns),
    )


def health(sight: Sight, columns: int) -> tuple[str, ...]:
    """What is wrong, camera, model, and the numbers of the process."""
    state, told = sight.state, sight.diagnostics
    numbers = (
        f"{shortly(told.get('fps'))} fps, {shortly(told.get('latency_ms'))} ms,"
        f" {shortly(told.get('temperature_c'))} C, {shortly(told.get('rss_mb'))} MB,"
        f" up {duration(number(told.get('uptime_s')))},"
        f" labelled {percent(told.get('coverage'))}"
    )
    eyes = f"{state.get('camera_health')} (switched {state.get('camera')})"
    return (
        *row("problem", state.get("problem") or "none", columns),
        *row("camera", f"{eyes}, model {state.get('model_health')}", columns),
        *row("service", numbers if told.get("uptime_s") else "numbers come once a minute", columns),
    )


def shortened(lines: tuple[str, ...], rows: int) -> tuple[str, ...]:
    """At most `rows`: empty lines go first, the end after them."""
    if len(lines) > rows:
        lines = tuple(line for line in lines if line)
    return lines[: max(1, rows)]


def row(label: str, text: object, columns: int) -> tuple[str, ...]:
    """What it is about and the text, in two lines at most."""
    room = max(10, columns - LABEL_WIDTH - 1)
    first, *more = wrap(plain(str(text)), room) or [""]
    lines = (f" {label:{LABEL_WIDTH - 1}} {first}",)
    return (*lines, f"{'':{LABEL_WIDTH}} {' '.join(more)}") if more else lines


def song(track: Topic) -> str:
    """Artist and title, or the file's name; empty for nothing."""
    title = track.get("title") or track.get("uri") or ""
    return " - ".join(str(part) for part in (track.get("artist"), title) if part)


def shortly(value: object) -> str:
    """A number in few digits; a dash for what is unknown."""
    known = number(value)
    return "-" if known is None else f"{known:.3g}"


def percent(value: object) -> str:
    """0..1 as per cent; a dash for what is unknown."""
    known = number(value)
    return "-" if known is None else f"{100 * known:.0f} %"


def number(value: object) -> float | None:
    """None for what is no number."""
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known else None  # type: ignore[arg-type]


def age_s(stamp: object, now_s: float) -> float | None:
    """Seconds since an ISO 8601 time; None for what is none."""
    try:
        return max(0.0, now_s - datetime.fromisoformat(str(stamp)).timestamp())
    except ValueError:
        return None


def duration(seconds: float | None) -> str:
    """In its one or two largest units."""
    if seconds is None:
        return "-"
    whole = int(seconds)
    if whole < MINUTE_S:
        return f"{whole} s"
    if whole < HOUR_S:
        return f"{whole // MINUTE_S} min {whole % MINUTE_S} s"
    if whole < DAY_S:
        return f"{whole // HOUR_S} h {whole % HOUR_S // MINUTE_S} min"
    return f"{whole // DAY_S} d {whole % DAY_S // HOUR_S} h"


def fit(text: str, columns: int) -> str:
    """The text without control characters, cut to so many columns."""
    text = plain(text)
    while text and width(text) > columns:
        text = text[:-1]
    return text.rstrip()


def plain(text: str) -> str:
    """Nothing in it that a terminal would obey: titles are other people's."""
    return "".join(c if c.isprintable() else "?" for c in text)


def width(text: str) -> int:
    """Columns that it takes: two for the wide characters of East Asia."""
    return sum(columns_of(character) for character in text)


def columns_of(character: str) -> int:
    """0 for what combines with the character before it."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
