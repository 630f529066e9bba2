"""Mel bands and cepstra of power spectra, as librosa computes them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BANDS = 128
COEFFICIENTS = 20
FLOOR = 1e-10
RANGE_DB = 80.0

# Slaney's scale: even steps up to 1 kHz, then 27 steps to 6.4 times the frequency.
STEP_HZ = 200.0 / 3
KNEE_HZ = 1000.0
KNEE_MEL = KNEE_HZ / STEP_HZ
LOG_STEP = np.log(6.4) / 27


@cache
def mel_weights(rate: int, frame: int) -> NDArray[np.float32]:
    """Slaney's triangles of equal area, shape (frame // 2 + 1, BANDS)."""
    bins = np.arange(frame // 2 + 1) * rate / frame
    corners = hz_of(np.linspace(0, mel_of(rate / 2), BANDS + 2))
    widths = np.diff(corners)
    slopes = corners[None, :] - bins[:, None]
    rising, falling = -slopes[:, :-2] / widths[:-1], slopes[:, 2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(triangles * 2 / (corners[2:] - corners[:-2]), dtype=np.float32)


def mel_of(hz: float) -> float:
    """Slaney's mel of a frequency from 1 kHz."""
    return float(KNEE_MEL + np.log(hz / KNEE_HZ) / LOG_STEP)


def hz_of(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    """The frequencies of Slaney's mels."""
    above = KNEE_HZ * np.exp(LOG_STEP * (mels - KNEE_MEL))
    return np.where(mels < KNEE_MEL, mels * STEP_HZ, above)


def decibels(power: NDArray[Any]) -> NDArray[Any]:
    """10 log10 with a floor, nothing more than RANGE_DB below the loudest cell."""
    levels = 10 * np.log10(np.maximum(power, FLOOR))
    return np.asarray(np.maximum(levels, levels.max() - RANGE_DB))


def cepstra(mel: NDArray[Any]) -> NDArray[Any]:
    """MFCC of mel powers of shape (frames, BANDS): (frames, COEFFICIENTS)."""
    return np.asarray(decibels(mel) @ cosines())


@cache
def cosines() -> NDArray[np.float32]:
    """The orthonormal DCT-II, shape (BANDS, COEFFICIENTS)."""
    places = (np.arange(BANDS) + 0.5)[:, None] * np.arange(COEFFICIENTS)[None, :]
    basis = np.sqrt(2 / BANDS) * np.cos(np.pi / BANDS * places)
    basis[:, 0] /= np.sqrt(2)
    return np.asarray(basis, dtype=np.float32)
