"""Writes the coefficients that the speaker reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moodspeaker.library.audio_features import FEATURES
from moodspeaker.library.audio_model import FORMAT, FORMAT_VERSION
from moodspeaker_convert.whole_files import whole

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker_convert.songs.cross_validation import Figures
    from moodspeaker_convert.songs.ridge import Line
    from moodspeaker_convert.songs.table import Songs

DIGITS = 7
# No song is placed more surely than that, whatever a small table says.
LEAST_SD = 0.01


def write_audio_model(path: Path, line: Line, figures: Figures, songs: Songs, data: str) -> None:
    """`data` names the table. Raises ToolkitError where it cannot be written."""
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "features": list(FEATURES),
        "means": rounded(line.means),
        "sds": rounded(line.sds),
        "valence": axis_json(line, figures, 0),
        "arousal": axis_json(line, figures, 1),
        "data": f"{data}, {figures.songs} songs, sha256 {songs.sha256}",
        "protocol": (
            f"ridge; {figures.folds}-fold cross-validation by song, seed {figures.seed}, "
            "strength chosen by 5 inner folds"
        ),
    }
    with whole(path) as (partial,):
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def axis_json(line: Line, figures: Figures, axis: int) -> dict[str, Any]:
    """One axis of the plane."""
    measured = (figures.valence, figures.arousal)[axis]
    return {
        "weights": rounded(line.weights[:, axis]),
        "intercept": rounded(line.intercepts)[axis],
        "error_sd": round(max(measured.rmse, LEAST_SD), 4),
        "r2": round(measured.r2, 4),
        "alpha": round(line.alphas[axis], 4),
    }


def rounded(values: NDArray[Any]) -> list[float]:
    """Seven digits: more of them say nothing."""
    return [float(f"{value:.{DIGITS}g}") for value in values]
