"""How like the pictures that the virtual camera was given a frame is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from moodspeaker.ports import GreyImage

FRAMES = Path("/opt/frames")


def pictures() -> list[GreyImage]:
    """What the virtual camera was given."""
    return [np.asarray(Image.open(path).convert("L")) for path in sorted(FRAMES.iterdir())]


def likeness(seen: GreyImage, given: GreyImage) -> dict[str, float]:
    """Correlation, and the mean distance in grey levels, of two pictures of one size."""
    distance = np.abs(seen.astype(np.int16) - given.astype(np.int16))
    correlation = np.corrcoef(seen.ravel(), given.ravel())[0, 1]
    return {"correlation": float(correlation), "distance": float(distance.mean())}


def compared(luma: GreyImage, detail: GreyImage) -> dict[str, Any]:
    """Both pictures of one frame beside the given picture that they are nearest to."""
    given = pictures()
    likenesses = [likeness(detail, picture) for picture in given]
    best = max(range(len(given)), key=lambda number: likenesses[number]["correlation"])
    half = np.asarray(Image.fromarray(given[best]).resize((320, 240), Image.Resampling.BOX))
    return {"picture": best, "detail": likenesses[best], "luma": likeness(luma, half)}
