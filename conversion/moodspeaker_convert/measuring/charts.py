"""Charts as PNG files, drawn without a screen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from moodspeaker_convert import backends
from moodspeaker_convert.whole_files import whole

if TYPE_CHECKING:
    from pathlib import Path

    from moodspeaker_convert.measuring.robustness import Robustness

DOTS_PER_INCH = 120
PLAIN, MARKED = "#5b7c99", "#c8553d"


def figure(width: float, height: float) -> Any:
    """An empty matplotlib figure, inches. Raises ToolkitError."""
    return backends.imported("matplotlib.figure").Figure((width, height), layout="constrained")


def save(drawn: Any, path: Path) -> None:
    """Writes a figure at once or not at all. Raises ToolkitError."""
    content = io.BytesIO()
    drawn.savefig(content, format="png", dpi=DOTS_PER_INCH)
    with whole(path) as (partial,):
        partial.write_bytes(content.getvalue())


def robustness_chart(found: Robustness, title: str) -> Any:
    """A bar a disturbance, with a line where the clean pictures stand."""
    drawn = figure(8, 1.2 + 0.26 * len(found.outcomes))
    axes = drawn.subplots()
    names = [one.name for one in found.outcomes]
    shares = [100 * one.accuracy for one in found.outcomes]
    bars = axes.barh(names, shares, color=PLAIN)
    changes = [f"{-one.drop:+.1f}" for one in found.outcomes]
    axes.bar_label(bars, changes, label_type="center", color="white", fontsize=8)
    axes.margins(y=0.01)
    axes.axvline(100 * found.clean, color=MARKED, label=f"clean {100 * found.clean:.1f} %")
    axes.set(title=title, xlabel="accuracy, %; in the bars points against clean", xlim=(0, 100))
    axes.invert_yaxis()
    axes.legend(loc="lower right")
    return drawn
