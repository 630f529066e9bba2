"""A picture of the library: every labelled track on the plane of valence and arousal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moodspeaker.cli.library_count import WANTED, places_of, present_in, said_of
from moodspeaker.cli.mood_plot import write_figure
from moodspeaker.library.places import MOOD_POINTS, REACH
from moodspeaker.music.fusion import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from moodspeaker.cli.library_count import LibraryReport
    from moodspeaker.library.records import Estimate, StoredTrack

SIZE_INCHES = (11, 11)
BINS = 40
EDGE = 1.08
"""Of the plane as it is drawn: a dot at its border is seen whole."""
DOT = 14.0
"""Points squared, of one track."""
LARGEST = 260.0
STYLES = {
    Source.USER: ("#d55e00", "*", 3.0),
    Source.TAG: ("#0072b2", "o", 1.0),
    Source.SUPPLIED: ("#009e73", "^", 1.1),
    Source.AUDIO: ("#cc79a7", "s", 0.9),
    Source.GENRE: ("#e69f00", "v", 1.1),
}
"""Colour, shape and relative size; the colours are Okabe and Ito's, which all eyes tell apart."""
NAMES = {
    Source.USER: "you, or a sticker",
    Source.TAG: "mood tag",
    Source.SUPPLIED: "imported features",
    Source.AUDIO: "sound",
    Source.GENRE: "genre",
}
INK, FRAME = "#222222", "#555555"
# In points from the mood's own; where two are near, they go opposite ways.
BESIDE = {
    "angry": (0, 9, "center", "bottom"),
    "happy": (0, 9, "center", "bottom"),
    "uplifted": (-9, -4, "right", "top"),
}
ABOVE, RIGHT = (0, 1.01, 1, 0.14), (1.01, 0, 0.14, 1)
"""Where the panels are beside the plane: x, y, width, height in its sizes."""
BELOW = (0, -9, "center", "top")


@dataclass(frozen=True, slots=True)
class Dots:
    """Tracks whose most trusted source is the same: (valence, arousal, tracks just there)."""

    source: Source
    places: tuple[tuple[float, float, int], ...]

    @property
    def tracks(self) -> int:
        """How many in all."""
        return sum(count for *_, count in self.places)


def draw_library(
    path: Path, tracks: Iterable[StoredTrack], estimates: Iterable[Estimate], report: LibraryReport
) -> None:
    """Writes `path` whole or not at all; see `check_plot`. Raises MoodspeakerError."""
    write_figure(figure_of(dots_of(tracks, estimates), report), path)


def dots_of(tracks: Iterable[StoredTrack], estimates: Iterable[Estimate]) -> tuple[Dots, ...]:
    """The least trusted source first, as they are drawn over each other."""
    places = places_of(said_of(present_in(tracks), estimates)).values()
    found = Counter(
        (place.sources[0], round(place.valence, 2), round(place.arousal, 2)) for place in places
    )
    return tuple(
        Dots(source, tuple((v, a, n) for (main, v, a), n in found.items() if main is source))
        for source in reversed(STYLES)
    )


def figure_of(dots: Sequence[Dots], report: LibraryReport) -> Any:
    """A matplotlib figure: the plane, and how the tracks spread along each axis."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - heavy; needs no display

    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    plane = figure.subplots()
    shown = [one for one in dots if one.places]
    draw_plane(plane)
    draw_dots(plane, shown)
    draw_moods(plane, report)
    if shown:
        draw_spread(plane.inset_axes(ABOVE, sharex=plane), shown, axis=0)
        draw_spread(plane.inset_axes(RIGHT, sharey=plane), shown, axis=1)
    figure.suptitle(title_of(report), fontsize=14)
    draw_legend(figure, shown)
    return figure


def draw_plane(plane: Any) -> None:
    """Its frame and its middle."""
    plane.set_xlim(-EDGE, EDGE)
    plane.set_ylim(-EDGE, EDGE)
    plane.set_aspect("equal")
    plane.set_xlabel("valence: unpleasant to pleasant", fontsize=12)
    plane.set_ylabel("arousal: calm to excited", fontsize=12)
    plane.axhline(0, color="#d0d0d0", linewidth=1, zorder=0)
    plane.axvline(0, color="#d0d0d0", linewidth=1, zorder=0)


def draw_dots(plane: Any, dots: Sequence[Dots]) -> None:
    """One for each place; its area is that of the tracks there, as far as it stays a dot."""
    for one in dots:
        colour, shape, size = STYLES[one.source]
        valences, arousals, counts = zip(*one.places, strict=True)
        areas = [min(LARGEST, DOT * count) * size for count in counts]
        # A person's few words must not drown.
        faint = {} if one.source is Source.USER else {"alpha": 0.55, "linewidths": 0}
        plane.scatter(valences, arousals, s=areas, c=colour, marker=shape, **faint)


def draw_moods(plane: Any, report: LibraryReport) -> None:
    """Each mood with the circle within which a track counts for it, and how many do."""
    from matplotlib.patches import Circle  # noqa: PLC0415 - heavy
    from matplotlib.patheffects import withStroke  # noqa: PLC0415 - heavy

    halo = [withStroke(linewidth=3.5, foreground="white")]
    tracks = {mood.mood: mood.tracks for mood in report.moods}
    for mood, point in WANTED.items():
        where = (point.valence, point.arousal)
        goal = mood == "calm" or mood not in MOOD_POINTS
        line = (0, (1, 2.5)) if goal else (0, (5, 3))
        plane.add_patch(Circle(where, REACH, fill=False, edgecolor=FRAME, linestyle=line))
        plane.plot(*where, "D" if goal else "o", color=INK, mec="white", markersize=7)
        right, up, ha, va = BESIDE.get(mood, BELOW)
        plane.annotate(
            f"{mood} {tracks.get(mood, 0):,}",
            where,
            xytext=(right, up),
            textcoords="offset points",
            ha=ha,
            va=va,
            color=INK,
            fontsize=12,
            fontweight="bold",
            path_effects=halo,
        )


def draw_spread(panel: Any, dots: Sequence[Dots], axis: int) -> None:
    """Tracks along one axis of the plane, sources on top of each other."""
    panel.hist(
        [[place[axis] for place in one.places] for one in dots],
        bins=BINS,
        range=(-1, 1),
        weights=[[place[2] for place in one.places] for one in dots],
        stacked=True,
        color=[STYLES[one.source][0] for one in dots],
        orientation="horizontal" if axis else "vertical",
    )
    panel.spines[["top", "right"]].set_visible(False)
    panel.tick_params(labelbottom=bool(axis), labelleft=not axis)
    (panel.set_xlabel if axis else panel.set_ylabel)("tracks")


def title_of(report: LibraryReport) -> str:
    """How many there are, and how many of them are in the picture."""
    bare = report.tracks - report.labelled
    unseen = f"; nothing is known of {bare:,}, which are not drawn" if bare else ""
    return f"Library of {report.tracks:,} tracks, {report.labelled:,} labelled{unseen}"


def draw_legend(figure: Any, dots: Sequence[Dots]) -> None:
    """What the dots and the circles are."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - heavy

    handles = [
        Line2D([], [], linestyle="", marker=STYLES[one.source][1], color=STYLES[one.source][0],
               markersize=8, label=f"{NAMES[one.source]} ({one.tracks:,})")
        for one in reversed(dots)
    ]  # fmt: skip
    handles += [
        Line2D([], [], linestyle=(0, (5, 3)), marker="o", color=FRAME, label="near an emotion"),
        Line2D([], [], linestyle=(0, (1, 2.5)), marker="D", color=FRAME, label="a policy's goal"),
    ]
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=4,
        frameon=False,
        fontsize=11,
        title="a dot grows with the tracks that lie just there",
    )
