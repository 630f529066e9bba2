"""Rated songs as audio: a folder of files, and a CSV of what people said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moodspeaker.library.audio_features import levelled, mel_powers
from moodspeaker.library.decoding import read_middle
from moodspeaker.library.mel import BANDS, decibels
from moodspeaker.vision.manifest import sha256_of
from moodspeaker_convert.errors import DataError
from moodspeaker_convert.songs.table import AROUSAL, SONG, VALENCE, Songs, read_rows, require

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moodspeaker_convert.songs.table import Ratings

STEPS = 128


def read_folder(folder: Path, ratings_csv: Path, ratings: Ratings) -> Songs:
    """Mel spectrograms in dB of shape (STEPS, BANDS), at one level.

    The file of a song is its `song_id` with any suffix. Raises DataError, LibraryError for audio
    that cannot be read.
    """
    header, rows = read_rows(ratings_csv)
    require(ratings_csv, header, (SONG, VALENCE, AROUSAL))
    files = files_by_stem(folder)
    ids = tuple(row.values[SONG] for row in rows)
    missing = [one for one in ids if one not in files]
    if missing:
        raise DataError(
            f"{folder} has no file for {len(missing)} songs of {ratings_csv}, {missing[0]} first",
            "name files by song_id, or drop the rows",
        )
    try:
        truth = [row.truth(ratings) for row in rows]
    except ValueError as error:
        raise DataError(f"{ratings_csv}: {error}", "mend or drop the row") from error
    pictures = [spectrogram(files[one]) for one in ids]
    return Songs(
        ids=ids,
        inputs=np.asarray(pictures, dtype=np.float64).reshape(len(ids), STEPS, BANDS),
        input_names=("mel spectrogram",),
        truth=np.asarray(truth, dtype=np.float64).reshape(len(ids), 2),
        sha256=sha256_of(ratings_csv),
    )


def files_by_stem(folder: Path) -> dict[str, Path]:
    """Raises DataError where there is no such folder."""
    if not folder.is_dir():
        raise DataError(f"no folder {folder}", "name the folder of the songs")
    return {path.stem: path for path in sorted(folder.iterdir()) if path.is_file()}


def spectrogram(path: Path) -> NDArray[np.float32]:
    """Means over STEPS parts of the excerpt. Raises LibraryError."""
    sound = read_middle(path)
    mel = decibels(mel_powers(levelled(sound.samples, sound.rate)))
    parts = np.array_split(mel, STEPS)
    return np.asarray([part.mean(axis=0) for part in parts], dtype=np.float32)
