"""The report's drawings. Each fills a matplotlib figure of WIDTH inches and its own height.

One accent colour on greys: a label is told by its panel or its row, never by its colour alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker_convert import backends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moodspeaker_convert.measuring.calibration_error import Bin
    from moodspeaker_convert.measuring.curves import Curve
    from moodspeaker_convert.measuring.history import History
    from moodspeaker_convert.measuring.measures import Figures

WIDTH = 7.6
# The report on paper; the one on a screen puts its own colours in their places.
INK, MUTED, LINE, ACCENT, ON_ACCENT = "#1d2430", "#667085", "#c8ced8", "#0b66c3", "#fdfeff"
COLUMNS = 4
# Over these shares a cell needs text of full strength, and light text.
TINTED, DARK = 0.2, 0.8
# Points that are enough for a curve in the background.
COARSE = 80


def style() -> dict[str, Any]:
    """The matplotlib settings that the drawings are made for."""
    return {
        "font.size": 8.5, "axes.titlesize": 8.5, "axes.titleweight": "bold", "text.color": INK,
        "axes.titlelocation": "left", "axes.edgecolor": LINE, "axes.labelcolor": MUTED,
        "axes.facecolor": "none", "figure.facecolor": "none", "axes.spines.top": False,
        "axes.spines.right": False, "xtick.color": LINE, "ytick.color": LINE,
        "xtick.labelcolor": MUTED, "ytick.labelcolor": MUTED, "axes.titlecolor": INK,
        "legend.frameon": False, "lines.linewidth": 1.6, "svg.fonttype": "none",
        "pdf.fonttype": 42, "svg.hashsalt": "report",
    }  # fmt: skip


def confusion(figure: Any, counts: Figures) -> None:
    """A cell a pair: the share of its truth above, the number of pictures below."""
    axes, names = figure.subplots(), counts.labels
    rectangle = backends.imported("matplotlib.patches").Rectangle
    for row, truth in enumerate(names):
        for column, named in enumerate(names):
            share, n = counts.confusion[truth][named], counts.counts[row, column]
            axes.add_patch(
                rectangle((column, row), 0.96, 0.94, facecolor=ACCENT, alpha=share, linewidth=0)
            )
            cell_text(axes, (column + 0.48, row), share, int(n))
    places = np.arange(len(names)) + 0.48
    axes.set(xlim=(0, len(names)), ylim=(len(names), 0), xlabel="named by the model")
    axes.set_ylabel("truth")
    axes.set_xticks(places, names)
    axes.set_yticks(places, names)
    bare(axes)


def cell_text(axes: Any, place: tuple[float, float], share: float, n: int) -> None:
    """A cell's share and count; an empty cell stays faint."""
    colour = ON_ACCENT if share > DARK else INK if n else LINE
    text = {"ha": "center", "va": "center", "color": colour}
    axes.text(place[0], place[1] + 0.36, f"{100 * share:.0f} %", **text, fontsize=9)
    small = MUTED if n and share <= TINTED else colour
    axes.text(place[0], place[1] + 0.68, f"{n}", **text | {"color": small}, fontsize=7)


def class_counts(figure: Any, counts: Figures) -> None:
    """A bar a label for its pictures, a dot for how often the model names it."""
    axes, lines = figure.subplots(), counts.per_class
    truths = [line["n"] for line in lines.values()]
    axes.barh(
        counts.labels, truths, color=ACCENT, alpha=0.4, height=0.62, label="pictures of the label"
    )
    axes.plot(
        counts.counts.sum(axis=0), counts.labels, "o", color=ACCENT, markersize=6,
        label="times the model names it",
    )  # fmt: skip
    axes.invert_yaxis()
    axes.set_xlabel("pictures")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0, fontsize=8)
    bare(axes)


def reliability(figure: Any, bins: Sequence[Bin]) -> None:
    """What comes true against what was said, and how many pictures are in each bin."""
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    filled = [one for one in bins if one.n]
    middles = [(one.low + one.high) / 2 for one in bins]
    width = 0.9 / len(bins)
    upper.bar(middles, [one.accuracy for one in bins], width, color=ACCENT, alpha=0.28)
    upper.plot([0, 1], [0, 1], "--", color=MUTED, linewidth=1)
    upper.plot(
        [one.confidence for one in filled], [one.accuracy for one in filled], "o-", color=ACCENT,
        markersize=4,
    )  # fmt: skip
    upper.set(xlim=(0, 1), ylim=(0, 1), ylabel="share that is right")
    lower.bar(middles, [one.n for one in bins], width, color=MUTED)
    lower.set(xlabel="probability of the named label", ylabel="pictures")


def curves(figure: Any, found: dict[str, Curve | None], axis: tuple[str, str], area: str) -> None:
    """A panel a label with its curve; the others' stand behind it in grey."""
    rows = rows_of_panels(len(found))
    panels = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False).ravel()
    for panel, (name, curve) in zip(panels, found.items(), strict=False):
        for other in found.values():
            if other is not None and other is not curve:
                panel.plot(*coarse(other), color=LINE, linewidth=0.7)
        if curve is not None:
            panel.plot(curve.x, curve.y, color=ACCENT)
        value = f"{area} {curve.area:.3f}" if curve else "no picture"
        panel.set_title(name)
        panel.set_title(value, loc="right", fontweight="normal", color=MUTED)
        panel.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.02))
        panel.set_xticks((0, 0.5, 1), ("0", "0.5", "1"))
        panel.set_yticks((0, 0.5, 1), ("0", "0.5", "1"))
    for panel in panels[len(found) :]:
        panel.remove()
    figure.supxlabel(axis[0], fontsize=8.5, color=MUTED)
    figure.supylabel(axis[1], fontsize=8.5, color=MUTED)


def coarse(curve: Curve) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Some of a curve's points, evenly along its way: a drawing in grey needs no more."""
    steps = np.hypot(np.diff(curve.x, prepend=curve.x[0]), np.diff(curve.y, prepend=curve.y[0]))
    way = steps.cumsum()
    picks = np.searchsorted(way, np.linspace(0, way[-1], COARSE)).clip(max=len(way) - 1)
    return curve.x[picks], curve.y[picks]


def rows_of_panels(count: int) -> int:
    """Rows that hold `count` panels."""
    return -(-count // COLUMNS)


def epochs(figure: Any, history: History) -> None:
    """Loss and accuracy of the training, grey, and of the validation."""
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        lines = ((name, MUTED, "--", "training"), (f"val_{name}", ACCENT, "-", "validation"))
        for key, colour, dashes, label in lines:
            numbers = [n for n, one in enumerate(history, 1) if key in one]
            values = [one[key] for one in history if key in one]
            if values:
                mark = "o" if len(values) == 1 else ""
                axes.plot(numbers, values, dashes + mark, color=colour, label=label)
        axes.set(title=name.capitalize(), xlabel="epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        if axes.lines:
            axes.legend()


def bare(axes: Any) -> None:
    """No frame and no ticks, only their words."""
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.tick_params(axis="y", labelcolor=INK)
