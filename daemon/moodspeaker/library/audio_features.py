"""What music sounds like, in numbers that do not depend on how loud it was recorded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moodspeaker.errors import LibraryError
from moodspeaker.library.mel import BANDS, COEFFICIENTS, cepstra, mel_weights
from moodspeaker.library.optional import optional

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

RATE = 44_100
EXCERPT_S = 60
FRAME, HOP = 2048, 512
ROLLOFF = 0.85
LEVEL = 0.1
"""Root mean square that every excerpt is brought to."""
SILENCE = 1e-5
OFFSET = 0.01
"""Of the root mean square: less is no fault, and taking it off would fill digital silence."""

BLOCK = 256
SMALL = 1e-10
# By one dB every log mel rises by one: only the first coefficient moves, by sqrt(BANDS).
CEPSTRA_A_DB = math.sqrt(BANDS) / COEFFICIENTS

FEATURES = (
    "log_centroid",
    "log_bandwidth",
    "log_rolloff",
    "log_zero_crossing",
    "log_mel_to_power",
    "mfcc_less_level",
    "log_centroid_spread",
    "log_bandwidth_spread",
    "log_rolloff_spread",
    "log_zero_crossing_spread",
    "log_mel_spread",
    "log_rms_spread",
)
"""The numbers of `AudioFeatures.level_free`; a spread is the deviation over the mean."""


@dataclass(frozen=True, slots=True)
class AudioFeatures:
    """Means and standard deviations over an excerpt: Hz, amplitude, power, share of samples.

    The mel spectrogram's and the MFCC's are over all cells together.
    """

    centroid_mean: float
    centroid_std: float
    bandwidth_mean: float
    bandwidth_std: float
    rolloff_mean: float
    rolloff_std: float
    rms_mean: float
    rms_std: float
    zero_crossing_mean: float
    zero_crossing_std: float
    mel_mean: float
    mel_std: float
    mfcc_mean: float
    mfcc_std: float

    def level_free(self) -> tuple[float, ...]:
        """FEATURES: what a gain does not move.

        The mean rms is left out, and the deviation of the MFCC: how a gain moves that one hangs on
        a mean of the first coefficient, which is not among these.
        """
        power = self.rms_mean**2 + self.rms_std**2
        return (
            log(self.centroid_mean),
            log(self.bandwidth_mean),
            log(self.rolloff_mean),
            log(self.zero_crossing_mean),
            log(self.mel_mean) - log(power),
            self.mfcc_mean - CEPSTRA_A_DB * 10 * log(power) / math.log(10),
            log(self.centroid_std) - log(self.centroid_mean),
            log(self.bandwidth_std) - log(self.bandwidth_mean),
            log(self.rolloff_std) - log(self.rolloff_mean),
            log(self.zero_crossing_std) - log(self.zero_crossing_mean),
            log(self.mel_std) - log(self.mel_mean),
            log(self.rms_std) - log(self.rms_mean),
        )


def features_of(samples: NDArray[np.float32], rate: int) -> AudioFeatures:
    """Of the middle minute of mono samples, at one level. Raises LibraryError for silence."""
    return statistics_of(levelled(samples, rate))


def levelled(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """The middle EXCERPT_S at RATE, without offset, at LEVEL. Raises LibraryError for silence."""
    spare = max(0, len(samples) - EXCERPT_S * rate)
    excerpt = samples[spare // 2 : len(samples) - (spare - spare // 2)]
    if not len(excerpt) or not np.isfinite(excerpt).all():
        raise LibraryError("the audio holds no usable samples", "is the file damaged?")
    # Plain floats, or numpy 2 goes on in double.
    offset = float(excerpt.mean(dtype=np.float64))
    centred = excerpt - offset
    rms = math.sqrt(np.square(centred).mean(dtype=np.float64))
    if rms < SILENCE:
        raise LibraryError("the audio is silent", "there is nothing to analyse")
    kept = centred if abs(offset) > OFFSET * rms else excerpt
    return resampled(np.asarray(kept * (LEVEL / rms), dtype=np.float32), rate)


def resampled(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """The samples at RATE."""
    if rate == RATE:
        return samples
    return np.asarray(optional("soxr").resample(samples, rate, RATE), dtype=np.float32)


def statistics_of(samples: NDArray[np.float32]) -> AudioFeatures:
    """The statistics of samples at RATE, just as they are: librosa's, without librosa."""
    shapes, mels = [], []
    for frames, power in spectra(samples):
        shapes.append(np.c_[shape_of(np.sqrt(power)), rms_of(frames)])
        mels.append(power @ mel_weights(RATE, FRAME))
    mel = np.concatenate(mels)
    columns = [*np.concatenate(shapes).T, zero_crossings(samples), mel, cepstra(mel)]
    return AudioFeatures(*(value for column in columns for value in mean_and_std(column)))


def mel_powers(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mel spectrogram of samples at RATE, shape (frames, BANDS)."""
    return np.concatenate([power @ mel_weights(RATE, FRAME) for _, power in spectra(samples)])


def spectra(
    samples: NDArray[np.float32],
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Frames (n, FRAME) and their power spectra (n, FRAME // 2 + 1), BLOCK at a time."""
    # numpy's own computes in double.
    rfft = optional("scipy.fft").rfft
    # Periodic, as for any transform: numpy's own is symmetric.
    window = np.hanning(FRAME + 1)[:-1].astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, FRAME // 2), FRAME)[::HOP]
    for start in range(0, len(frames), BLOCK):
        block = frames[start : start + BLOCK]
        spectrum = rfft(block * window, axis=1)
        yield block, spectrum.real**2 + spectrum.imag**2


def shape_of(magnitude: NDArray[np.float32]) -> NDArray[np.float64]:
    """Centroid, bandwidth and rolloff of each spectrum in Hz, 0 where it is empty: (n, 3)."""
    hz = np.arange(FRAME // 2 + 1) * RATE / FRAME
    # Double: the bandwidth is a difference of squares.
    sums = magnitude.astype(np.float64) @ np.c_[np.ones_like(hz), hz, hz**2]
    total = np.where(sums[:, 0] > SMALL, sums[:, 0], 1.0)
    centroid = sums[:, 1] / total
    bandwidth = np.sqrt(np.maximum(0, sums[:, 2] / total - centroid**2))
    running = np.cumsum(magnitude, axis=1)
    rolloff = hz[np.argmax(running >= ROLLOFF * running[:, -1:], axis=1)]
    return np.asarray(np.c_[centroid, bandwidth, rolloff])


def rms_of(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """The root mean square of each frame."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", frames, frames) / FRAME))


def zero_crossings(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """The share of each frame's samples whose sign is another than the one before."""
    padded = np.pad(samples, FRAME // 2, mode="edge")
    negative = padded < -SMALL
    crossed = np.zeros(len(padded), dtype=np.int32)
    np.cumsum(negative[1:] != negative[:-1], out=crossed[1:])
    first = np.arange(0, len(padded) - FRAME + 1, HOP)
    return np.asarray((crossed[first + FRAME - 1] - crossed[first]) / FRAME)


def mean_and_std(values: NDArray[Any]) -> tuple[float, float]:
    """In double precision."""
    return float(values.mean(dtype=np.float64)), float(values.std(dtype=np.float64))


def log(value: float) -> float:
    """The natural logarithm, of a tiny number where there is nothing (a steady tone's spread)."""
    return math.log(max(value, SMALL))
