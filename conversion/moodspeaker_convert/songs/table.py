"""Rated songs from a CSV file, a row each."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.library.audio_features import FEATURES, AudioFeatures
from moodspeaker.vision.manifest import sha256_of
from moodspeaker_convert.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SONG, VALENCE, AROUSAL = "song_id", "valence_mean", "arousal_mean"
STATISTICS = (
    "spectral_centroid",
    "spectral_bandwidth",
    "spectral_rolloff",
    "rms",
    "zero_crossing_rate",
    "melspectrogram",
    "mfcc",
)
# In the order of the fields of AudioFeatures.
COLUMNS = tuple(f"{name}_{kind}" for name in STATISTICS for kind in ("mean", "std"))
BELOW_ZERO = "mfcc_mean"


@dataclass(frozen=True, slots=True)
class Songs:
    """What a learner sees of each song, and what people said: (n, 2), valence and arousal, -1..1.

    `ids` name the songs; rows of one song are never split between learning and testing.
    """

    ids: tuple[str, ...]
    inputs: NDArray[np.float64]
    input_names: tuple[str, ...]
    truth: NDArray[np.float64]
    sha256: str


@dataclass(frozen=True, slots=True)
class Ratings:
    """The lowest and the highest rating that people could give."""

    low: float = 1.0
    high: float = 9.0

    def on_plane(self, rating: float) -> float:
        """From low..high to -1..1. Raises ValueError outside."""
        if not self.low <= rating <= self.high:
            raise ValueError(f"rating {rating:g} is outside {self.low:g}..{self.high:g}")
        return 2 * (rating - self.low) / (self.high - self.low) - 1


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file; raises ValueError or KeyError where it does not hold what is asked."""

    values: dict[str, str]

    def number(self, column: str) -> float:
        """A finite number."""
        try:
            number = float(self.values[column])
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise ValueError(f"{column} is {self.values[column]!r}, no finite number")
        return number

    def truth(self, ratings: Ratings) -> tuple[float, float]:
        """Valence and arousal, -1..1."""
        return ratings.on_plane(self.number(VALENCE)), ratings.on_plane(self.number(AROUSAL))

    def level_free(self) -> tuple[float, ...]:
        """FEATURES."""
        numbers = {column: self.number(column) for column in COLUMNS}
        for column, number in numbers.items():
            if number < 0 and column != BELOW_ZERO:
                raise ValueError(f"{column} is below 0")
        if not numbers["rms_mean"]:
            raise ValueError("rms_mean is 0: a silent song")
        return AudioFeatures(*numbers.values()).level_free()


def read_songs(path: Path, ratings: Ratings, *, every_column: bool = False) -> Songs:
    """What a gain does not move, or every column as it stands. Raises DataError."""
    header, rows = read_rows(path)
    rest = tuple(name for name in header if name not in (SONG, VALENCE, AROUSAL))
    names = rest if every_column else FEATURES
    require(path, header, (VALENCE, AROUSAL) if every_column else (VALENCE, AROUSAL, *COLUMNS))
    inputs, truth = [], []
    for line, row in enumerate(rows, start=2):
        try:
            inputs.append(tuple(map(row.number, rest)) if every_column else row.level_free())
            truth.append(row.truth(ratings))
        except ValueError as error:
            raise DataError(f"{path}, row {line}: {error}", "mend or drop the row") from error
    return Songs(
        ids=tuple(row.values.get(SONG) or str(place) for place, row in enumerate(rows)),
        inputs=np.asarray(inputs, dtype=np.float64).reshape(len(rows), len(names)),
        input_names=names,
        truth=np.asarray(truth, dtype=np.float64).reshape(len(rows), 2),
        sha256=sha256_of(path),
    )


def read_rows(path: Path) -> tuple[tuple[str, ...], list[Row]]:
    """The header and the rows. Raises DataError."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            rows = [Row(values) for values in reader]
            return tuple(reader.fieldnames or ()), rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read: {error}", "name a CSV file") from error


def require(path: Path, header: Sequence[str], wanted: Sequence[str]) -> None:
    """Raises DataError that names the columns that are missing."""
    missing = [name for name in wanted if name not in header]
    if missing:
        raise DataError(
            f"{path} lacks {', '.join(missing)}", "see models/README.md, Audio, for the columns"
        )
