"""Grad-CAM pictures: the face, where the network looked, and what it said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from moodspeaker.vision.preprocess import network_input
from moodspeaker_convert.errors import ToolkitError
from moodspeaker_convert.measuring.charts import MARKED, PLAIN, figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker_convert.measuring.gradcam import GradCam
    from moodspeaker_convert.measuring.scorers import NetworkScorer


@dataclass(frozen=True, slots=True)
class Explanation:
    """One face u8[h,w], the heat 0..1 in its size, and the model's probabilities by label."""

    face: NDArray[np.uint8]
    heat: NDArray[np.float32]
    probabilities: tuple[tuple[str, float], ...]
    label: str

    @property
    def predicted(self) -> tuple[str, float]:
        """The most probable label."""
        return max(self.probabilities, key=lambda pair: pair[1])


def explain(
    scorer: NetworkScorer, cam: GradCam, face: NDArray[np.uint8], label: str | None = None
) -> Explanation:
    """Explains `label`, or the most probable one. Raises ToolkitError for an unknown label."""
    scores = scorer.scores(face[None])[0]
    index = int(scores.argmax()) if label is None else place_of(label, scorer.labels)
    heat = cam.heat(network_input(face, scorer.input), index)
    height, width = face.shape
    smooth = cv2.resize(heat, (width, height), interpolation=cv2.INTER_LINEAR)
    shares = tuple(zip(scorer.labels, map(float, scores), strict=True))
    return Explanation(face, smooth.astype(np.float32), shares, scorer.labels[index])


def place_of(label: str, labels: tuple[str, ...]) -> int:
    """The label's index. Raises ToolkitError."""
    if label not in labels:
        raise ToolkitError(f"the model has no label {label!r}", f"choose from {', '.join(labels)}")
    return labels.index(label)


def panel(found: Explanation, title: str) -> Any:
    """A figure: face, heat, both, and the probabilities as bars."""
    drawn = figure(10, 2.9)
    drawn.suptitle(title)
    face, heat, both, bars = drawn.subplots(1, 4, width_ratios=(1, 1, 1, 1.3))
    face.imshow(found.face, cmap="gray", vmin=0, vmax=255)
    heat.imshow(found.heat, cmap="inferno", vmin=0, vmax=1)
    both.imshow(found.face, cmap="gray", vmin=0, vmax=255)
    both.imshow(found.heat, cmap="inferno", vmin=0, vmax=1, alpha=0.5)
    for axes, name in ((face, "face"), (heat, f"for {found.label}"), (both, "both")):
        axes.set_title(name)
        axes.set_axis_off()
    draw_bars(bars, found)
    return drawn


def draw_bars(axes: Any, found: Explanation) -> None:
    """The probabilities, the explained label's in another colour."""
    labels, shares = zip(*found.probabilities, strict=True)
    colours = [MARKED if label == found.label else PLAIN for label in labels]
    drawn = axes.barh(labels, shares, color=colours)
    axes.bar_label(drawn, [f"{share:.2f}" for share in shares], padding=3, fontsize=8)
    axes.set(xlim=(0, 1.18), xticks=(0, 0.5, 1), title="probability")
    axes.invert_yaxis()
