"""What is wrong with the picture as a whole, once it has lasted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from moodspeaker.types import Trouble
from moodspeaker.vision.preprocess import resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodspeaker.ports import GreyImage

STRIDE = 4
"""Every fourth pixel of every fourth row is looked at."""
BLOCKS = (8, 6)
"""Columns and rows of the block means."""
ORDER = (Trouble.BRIGHT, Trouble.COVERED, Trouble.BROKEN, Trouble.DARK, Trouble.FROZEN)
"""What is told of several: the one that explains the others. No cover is white."""


@dataclass(frozen=True, slots=True)
class SceneLimits:
    """When a picture is wrong, and when that is said; levels 0..255, shares 0..1.

    A picture is even (covered) when its blocks' means differ by no more than `even_blocks`
    levels (sd) plus `even_share` of the mean, and its pixels by no more than `even_pixels` (sd).
    It is dark when at most `other_share` of the pixels are above `dark_level`, bright when as
    few are below `bright_level`, broken when `dead_rows` of its rows, from the bottom, are dead.
    After `gap_s` without a picture nothing is known any more.
    """

    after_s: float = 4.0
    frozen_after_s: float = 6.0
    clear_s: float = 1.0
    gap_s: float = 30.0
    even_blocks: float = 1.0
    even_share: float = 0.04
    even_pixels: float = 8.0
    dark_level: int = 45
    bright_level: int = 215
    other_share: float = 0.05
    dead_rows: float = 0.25


class SceneWatch:
    """Looks at every picture. A trouble that pauses for less than `clear_s` goes on."""

    def __init__(self, limits: SceneLimits | None = None) -> None:
        self._limits = limits or SceneLimits()
        self._time_s = 0.0
        self._before: GreyImage | None = None
        self._streaks = fresh_streaks(self._limits)

    def look(self, time_s: float, luma: GreyImage, live: bool, faces: int) -> Trouble | None:
        """What has been wrong for long enough; None when nothing has.

        `time_s` is the frame's own; a step back starts afresh. `live` is false where a still
        picture is nothing odd, as in a file; `faces` is how many were found.
        """
        if not 0 <= time_s - self._time_s <= self._limits.gap_s:
            self._before, self._streaks = None, fresh_streaks(self._limits)
        small = luma[::STRIDE, ::STRIDE].copy()
        found = troubles(small, faces, self._limits)
        if live and self._stands_still(small):
            found |= {Trouble.FROZEN}
        self._time_s, self._before = time_s, small
        lasting = [t for t, streak in self._streaks if streak.see(time_s, t in found)]
        return lasting[0] if lasting else None

    def _stands_still(self, small: GreyImage) -> bool:
        """Black and white are clipped and have no noise, so an even picture may stand still."""
        same = self._before is not None and np.array_equal(small, self._before)
        return same and not is_even(small, self._limits)


class Streak:
    """How long something has been so."""

    def __init__(self, after_s: float, clear_s: float) -> None:
        self._after_s = after_s
        self._clear_s = clear_s
        self._span_s: tuple[float, float] | None = None

    def see(self, time_s: float, found: bool) -> bool:
        """Whether it has been found for `after_s`, and has not been away for `clear_s` since."""
        if found:
            self._span_s = (self._span_s[0] if self._span_s else time_s), time_s
        elif self._span_s and time_s - self._span_s[1] >= self._clear_s:
            self._span_s = None
        return self._span_s is not None and self._span_s[1] - self._span_s[0] >= self._after_s


def fresh_streaks(limits: SceneLimits) -> tuple[tuple[Trouble, Streak], ...]:
    """In `ORDER`; a still picture takes longer to be sure of than any other trouble."""
    frozen = Streak(limits.frozen_after_s, limits.clear_s)
    return tuple(
        (t, frozen if t is Trouble.FROZEN else Streak(limits.after_s, limits.clear_s))
        for t in ORDER
    )


def troubles(small: GreyImage, faces: int, limits: SceneLimits) -> set[Trouble]:
    """All that can be said of one picture alone; one with a face is well lit and uncovered."""
    even = is_even(small, limits)
    found = {Trouble.BROKEN} if not even and is_broken(small, limits) else set()
    if faces:
        return found
    few = limits.other_share * small.size
    # A few pixels may differ: a lamp in a dark room does not make it light.
    dark = np.count_nonzero(small > limits.dark_level) <= few
    bright = np.count_nonzero(small < limits.bright_level) <= few
    states = ((even, Trouble.COVERED), (dark, Trouble.DARK), (bright, Trouble.BRIGHT))
    return found | {trouble for so, trouble in states if so}


def is_even(small: GreyImage, limits: SceneLimits) -> bool:
    """One even grey, but for noise: what a covered lens sees, and a dead sensor."""
    mean, spread = cv2.meanStdDev(small)
    if spread[0, 0] > limits.even_pixels:
        return False
    blocks = resized(small, *BLOCKS)
    allowed = limits.even_blocks + limits.even_share * mean[0, 0]
    return bool(cv2.meanStdDev(blocks)[1][0, 0] <= allowed)


def is_broken(small: GreyImage, limits: SceneLimits) -> bool:
    """Whether the rows at the bottom are dead: of one level, or copies of the row above.

    Bars of one level both above and below are a film's, and whole.
    """
    if small.shape[0] < 2 or not dead(small[-2:])[-1]:
        return False
    alive = np.flatnonzero(~dead(small))
    if not len(alive):
        return False
    below = small.shape[0] - 1 - alive[-1]
    return bool(below >= limits.dead_rows * small.shape[0] and alive[0] < below / 2)


def dead(small: GreyImage) -> NDArray[np.bool_]:
    """Of each row whether it is of one level, or a copy of the one above it; bool[h]."""
    flat: NDArray[np.bool_] = (small == small[:, :1]).all(axis=1)
    flat[1:] |= (small[1:] == small[:-1]).all(axis=1)
    return flat
