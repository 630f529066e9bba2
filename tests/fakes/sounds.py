"""Sounds without any randomness, so that figures about them can be written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RATE = 44_100


def times(seconds: float, rate: int = RATE) -> NDArray[np.float64]:
    """The time of each sample."""
    return np.arange(int(seconds * rate)) / rate


def noise(seconds: float = 1.0) -> NDArray[np.float32]:
    """Hiss."""
    i = np.arange(int(seconds * RATE), dtype=np.int64)
    return (0.2 * (((i * i * 7919 + i * 104729) % 65537) / 32768 - 1)).astype(np.float32)


def chord(seconds: float = 1.0, rate: int = RATE) -> NDArray[np.float32]:
    """Three voices that swell."""
    t = times(seconds, rate)
    voices = sum(np.sin(2 * np.pi * hz * t) for hz in (220.0, 277.2, 329.6))
    return np.asarray(0.1 * voices * (1 + np.sin(2 * np.pi * 0.4 * t)) / 2, dtype=np.float32)


def music(seconds: float = 1.0) -> NDArray[np.float32]:
    """The chord, and a beat of hiss twice a second."""
    beat = np.exp(-(times(seconds) % 0.5) * 12)
    return np.asarray(chord(seconds) + beat * noise(seconds), dtype=np.float32)


def bass(seconds: float = 1.0) -> NDArray[np.float32]:
    """A deep tone with pauses of silence."""
    t = times(seconds)
    return np.asarray(0.4 * np.sin(2 * np.pi * 55 * t) * (t % 0.5 < 0.3), dtype=np.float32)


def click(seconds: float = 1.0) -> NDArray[np.float32]:
    """Silence but for one sample."""
    samples = np.zeros(int(seconds * RATE), dtype=np.float32)
    samples[len(samples) // 2] = 0.4
    return samples


KINDS: dict[str, Callable[[], NDArray[np.float32]]] = {
    "noise": noise,
    "chord": chord,
    "music": music,
    "bass": bass,
    "click": click,
}
