"""A picture of a replay: smoothed scores, the belief in the mood in force, and the moods."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodspeaker.cli.mood_trace import Trace, with_gaps
from moodspeaker.errors import MoodspeakerError
from moodspeaker.types import Emotion, Mood, Scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moodspeaker.mood.settings import MoodSettings

NOWHERE = (math.nan,) * len(Emotion)
ENDINGS = (".png", ".pdf", ".svg")
SIZE_INCHES, DOTS_PER_INCH = (16, 9), 100
COLOURS = {
    Mood.ANGRY: "#d55e00",
    Mood.DISGUST: "#009e73",
    Mood.FEAR: "#cc79a7",
    Mood.HAPPY: "#f0e442",
    Mood.SAD: "#0072b2",
    Mood.SURPRISE: "#56b4e9",
    Mood.NEUTRAL: "#b5b5b5",
    Mood.UNSURE: "#ffffff",
    Mood.ABSENT: "#4d4d4d",
    Mood.OFF: "#000000",
}
"""Okabe and Ito's, which people see apart whatever their eyes."""
STYLES: dict[Mood, dict[str, Any]] = {
    mood: {
        "facecolor": colour,
        "edgecolor": "#c8c8c8",
        "linewidth": 0,
        "hatch": "////" if mood is Mood.UNSURE else None,
    }
    for mood, colour in COLOURS.items()
}
DOTS: dict[str, Any] = {"color": "#222222", "linewidth": 0.9, "linestyle": (0, (1, 2))}
ON_DARK = (Mood.SAD, Mood.ABSENT, Mood.OFF)
STRIP_HEIGHT = 0.8
LONGEST_NAME = 24
SHORT_S = 600
TICKS_S = (1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21600, 86400)
MOST_TICKS = 20
LETTER = 0.0056
"""How wide a letter is at most, as a share of a strip."""


Drawn = tuple[str, "MoodSettings", Trace]


def check_plot(path: Path, logs: Sequence[str]) -> None:
    """Raises MoodspeakerError for what could not be drawn, before anything is read."""
    if path.suffix.lower() not in ENDINGS:
        raise MoodspeakerError(f"--plot {path} cannot be written", f"name it {', '.join(ENDINGS)}")
    if not path.parent.is_dir():
        raise MoodspeakerError(f"--plot {path}: there is no folder {path.parent}", "make it first")
    if path.is_dir() or path.resolve() in [Path(log).resolve() for log in logs]:
        raise MoodspeakerError(f"--plot {path} would overwrite a log or a folder", "name another")
    try:
        import matplotlib  # noqa: F401, PLC0415 - heavy, and not installed everywhere
    except ImportError as error:
        raise MoodspeakerError(
            "--plot needs matplotlib", "pip install 'moodspeaker[plot]'"
        ) from error


def draw(path: Path, runs: Sequence[Drawn], since: str) -> None:
    """The first run whole, of the second its moods. `since` says what the time counts from.

    Raises MoodspeakerError.
    """
    write_figure(figure_of(runs, since), path)


def write_figure(figure: Any, path: Path) -> None:
    """Whole or not at all. Raises MoodspeakerError."""
    draft = path.with_name(f".{path.name}.new")
    try:
        figure.savefig(draft, format=path.suffix[1:].lower(), dpi=DOTS_PER_INCH)
        draft.replace(path)
    except OSError as error:
        raise MoodspeakerError(
            f"--plot {path} cannot be written: {error.strerror}", "check the folder and the disk"
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def figure_of(runs: Sequence[Drawn], since: str) -> Any:
    """A matplotlib figure."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - heavy; needs no display

    _, settings, trace = runs[0]
    strips = [(name, run.moods.ended()) for name, _, run in runs]
    if len(runs) == 1:
        strips = [("mood", strips[0][1])]
    if truth := trace.truths.ended():
        strips.append(("truth", truth))
    end_s = max(trace.points[-1].time_s, 1.0)
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    axes = figure.subplots(
        2 + len(strips), 1, sharex=True, height_ratios=[6, 3, *[STRIP_HEIGHT] * len(strips)]
    )
    draw_scores(axes[0], trace)
    draw_belief(axes[1], settings, trace)
    for axis, (name, spans) in zip(axes[2:], strips, strict=True):
        draw_strip(axis, name, spans, end_s)
    draw_changes(axes[:3], trace.changes_s)
    draw_time(axes[-1], since, end_s)
    draw_legend(figure, strips)
    return figure


def draw_scores(axis: Any, trace: Trace) -> None:
    """The seven shares on top of each other; a gap where nothing was seen."""
    points = with_gaps(trace.points)
    times = [point.time_s for point in points]
    shares = [Scores(point.scores or NOWHERE) for point in points]
    below = [0.0] * len(points)
    # Neutral at the bottom: the rest stands out above it.
    for emotion in sorted(Emotion, key=lambda emotion: emotion is not Emotion.NEUTRAL):
        above = [base + scores[emotion] for base, scores in zip(below, shares, strict=True)]
        axis.fill_between(times, below, above, color=COLOURS[Mood(emotion)], linewidth=0)
        below = above
    axis.set_ylim(0, 1)
    axis.set_ylabel("smoothed scores")


def draw_belief(axis: Any, settings: MoodSettings, trace: Trace) -> None:
    """The belief in the mood in force, with the lines that it is held against."""
    points = with_gaps(trace.points)
    times = [point.time_s for point in points]
    beliefs = [math.nan if point.belief is None else point.belief for point in points]
    axis.plot(times, beliefs, color="#222222", linewidth=1.2)
    for name, line in (("enter", settings.enter_threshold), ("leave", settings.leave_threshold)):
        axis.axhline(line, color="#a03000", linewidth=1.0, linestyle=(0, (6, 3)))
        axis.annotate(
            f"{name} {line:g}",
            (1.0, line),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color="#a03000",
        )
    axis.set_ylim(0, 1.05)
    axis.set_ylabel("belief in the\nmood in force")
    axis.grid(axis="y", color="#e5e5e5")


def draw_strip(
    axis: Any, name: str, spans: Sequence[tuple[float, float, Mood]], end_s: float
) -> None:
    """One row of moods, the long ones named."""
    for mood in Mood:
        bars = [(begin, end - begin) for begin, end, what in spans if what is mood]
        axis.broken_barh(bars, (0, 1), **STYLES[mood])
    for begin, end, mood in spans:
        if end - begin >= (len(mood) + 1) * LETTER * end_s:
            colour = "white" if mood in ON_DARK else "black"
            box = (
                {"facecolor": "white", "linewidth": 0, "pad": 1.5} if mood is Mood.UNSURE else None
            )
            middle = (begin + end) / 2
            axis.text(middle, 0.5, mood, ha="center", va="center", color=colour, bbox=box)
    axis.set_ylim(0, 1)
    axis.set_yticks([])
    axis.set_ylabel(shortened(name), rotation=0, ha="right", va="center")


def shortened(name: str) -> str:
    """What fits beside a strip: the end of a long name tells most."""
    return name if len(name) <= LONGEST_NAME else f"...{name[3 - LONGEST_NAME :]}"


def draw_changes(axes: Sequence[Any], changes_s: Sequence[float]) -> None:
    """A dotted line through the panels where another emotion was named."""
    for axis in axes:
        for time_s in changes_s:
            axis.axvline(time_s, **DOTS)


def draw_time(axis: Any, since: str, end_s: float) -> None:
    """The common axis: m:ss of short logs, else h:mm."""
    unit_s, name = (1, "m:ss") if end_s <= SHORT_S else (60, "h:mm")
    step_s = next((step for step in TICKS_S if end_s / step <= MOST_TICKS), TICKS_S[-1])
    ticks = [step_s * n for n in range(int(end_s // step_s) + 1)][:1000]
    texts = [f"{int(tick // unit_s) // 60}:{int(tick // unit_s) % 60:02}" for tick in ticks]
    axis.set_xticks(ticks, texts)
    axis.set_xlim(0, end_s)
    axis.set_xlabel(f"{name} since {since}")


def draw_legend(
    figure: Any, strips: Sequence[tuple[str, Sequence[tuple[float, float, Mood]]]]
) -> None:
    """Every colour by its name, above all panels."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - heavy
    from matplotlib.patches import Patch  # noqa: PLC0415 - heavy

    shown = {mood for _, spans in strips for _, _, mood in spans}
    moods = [mood for mood in Mood if mood.emotion or mood in shown]
    patches: list[Any] = [Patch(**STYLES[mood], label=mood.value) for mood in moods]
    handles = [*patches, Line2D([], [], **DOTS, label="change")]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), frameon=False)
