"""Keeps whatever happens ten times a second from filling the log."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BURST = 20
"""So many lines of one kind at once,"""
REFILL_S = 120.0
"""and then one in so long."""
MOST_KINDS = 500
LAST = "such lines come too often: they are counted from here on, and one in a while is shown"


@dataclass(slots=True)
class Kind:
    """Lines that one place in the program logs: how many may come, and how many did not."""

    tokens: float
    at_s: float
    left_out: int = 0


class LogBound(logging.Filter):
    """At most `BURST` lines of a kind, then one every `REFILL_S`, which tells how many were not.

    A kind is a logger and its text before the arguments are put in, and `about` where a record
    has one: the part of the speaker that it is about. What ends the program always comes
    through, and so does what is only for debugging.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._kinds: dict[tuple[str, str, str], Kind] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to show it; it may have got a word at its end."""
        if record.levelno >= logging.CRITICAL or record.levelno < logging.INFO:
            return True
        kind = self._kind(record)
        if kind.tokens < 1:
            kind.left_out += 1
            return False
        kind.tokens -= 1
        if kind.left_out:
            add(record, f"and {kind.left_out} more like this since the last one shown")
            kind.left_out = 0
        elif kind.tokens < 1:
            add(record, LAST)
        return True

    def _kind(self, record: logging.LogRecord) -> Kind:
        """Its kind, with the tokens that it has by now."""
        now_s = self._clock()
        key = record.name, str(record.msg), str(getattr(record, "about", ""))
        if key not in self._kinds and len(self._kinds) >= MOST_KINDS:
            # More than the program has places: somebody logs ready-made texts.
            key = record.name, "", ""
        kind = self._kinds.setdefault(key, Kind(BURST, now_s))
        kind.tokens = min(BURST, kind.tokens + (now_s - kind.at_s) / REFILL_S)
        kind.at_s = now_s
        return kind


def add(record: logging.LogRecord, words: str) -> None:
    """To the end of its text."""
    record.msg, record.args = f"{record.getMessage()} ({words})", ()
