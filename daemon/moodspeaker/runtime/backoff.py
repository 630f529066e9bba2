"""How long to wait before the next try."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

JITTER_S = 0.5
DENIED_S = 60.0


class ExponentialBackoff:
    """1, 2, 4 ... up to `longest_s`, and at random a little less: speakers do not come all at once.

    What comes back is met within `longest_s`. Refused credentials go straight to a minute: trying
    again soon cannot help.
    """

    def __init__(self, longest_s: float, rng: Random) -> None:
        self._longest_s = longest_s
        self._rng = rng
        self._tries = 0

    def failed(self, *, denied: bool = False) -> float:
        """Seconds until the next try."""
        delay_s = DENIED_S if denied else min(self._longest_s, 2.0**self._tries)
        self._tries = min(self._tries + 1, 16)
        return max(0.0, delay_s - self._rng.uniform(0, JITTER_S))

    def succeeded(self) -> None:
        """Start again from one second."""
        self._tries = 0
