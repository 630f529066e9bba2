"""How often the queue keeper looks, and how long it waits for what."""

from __future__ import annotations

from dataclasses import dataclass

START_TRIES = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds.

    `period_s`: how often the queue is looked at though nothing was told; `START_TRIES` starts of
    a stopped player are allowed in that time. `settle_s`: how long to wait after an event, so
    that another client's `clear, add, play` is seen whole. `hold_s`: how long a stop, a skip or
    an edit by hand lasts (a pause lasts until somebody ends it). `quiet_s`: so long no sticker
    must have changed before stickers are read again (after writes of ours: likes, ratings, lists).
    """

    period_s: float = 5.0
    settle_s: float = 0.2
    hold_s: float = 3600.0
    quiet_s: float = 30.0
