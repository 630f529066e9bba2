"""Proof that the broker passes on what we publish: one of our messages has to come back.

In MQTT 3.1.1 a broker acknowledges what its access rules deny, and mosquitto grants, in any
version, a subscription that will never get a message. Only a round trip shows either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle

    from moodspeaker.home.rights import Rights

LEAST_S = 2.0


class Echo:
    """Waits for what we publish on `topic`, which we subscribe to for this alone."""

    def __init__(self, topic: str, rights: Rights, limit_s: float, loop: AbstractEventLoop) -> None:
        self.topic = topic
        self._rights = rights
        self._limit_s = max(LEAST_S, limit_s)
        self._loop = loop
        self._timer: TimerHandle | None = None
        self._wanted = False

    def begin(self) -> None:
        """We have subscribed: from now on it can come back."""
        self._wanted = True

    def published(self) -> None:
        """The broker has acknowledged it."""
        if self._wanted and self._timer is None:
            self._timer = self._loop.call_later(self._limit_s, self._rights.unheard, self.topic)

    def arrived(self, *, retain: bool) -> None:
        """It is back; what the broker had kept from before proves nothing of now."""
        if not retain:
            self.end()
            self._rights.heard()

    def end(self) -> None:
        """Enough: it is proved, or the connection is over."""
        self._wanted = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
