"""What the broker's access rules keep us from, told once as a problem with its remedy."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger(__name__)
REMEDY = "let its user read and write there: the access rules (ACL) of the broker"
MOST_NAMED = 3


def log_only(problem: str | None) -> None:
    """Tells nobody but the log."""


class Rights:
    """Outlives connections, so that a reconnection does not take a problem back and tell it again.

    `told` hears the whole problem when it changes, None when there is none any more.
    """

    def __init__(self, told: Callable[[str | None], None] = log_only) -> None:
        self._told = told
        self._refused: dict[str, str] = {}
        self._unheard: str | None = None
        self._problem: str | None = None

    @property
    def problem(self) -> str | None:
        """What is wrong and what to do about it; None: nothing known."""
        parts = []
        if self._refused:
            names = ", ".join(list(self._refused)[:MOST_NAMED])
            more = ", …" if len(self._refused) > MOST_NAMED else ""
            why = next(iter(self._refused.values()))
            parts.append(f"the MQTT broker refuses us {names}{more}: {why}")
        if self._unheard is not None and self._unheard not in self._refused:
            parts.append(
                f"the MQTT broker does not send back what we publish on {self._unheard}: it may"
                " drop our messages, and commands may not arrive"
            )
        return f"{'; '.join(parts)} ({REMEDY})" if parts else None

    def publication(self, topic: str, refusal: str | None) -> None:
        """The broker's answer to a publication; None: taken."""
        self._set(topic, refusal)

    def subscription(self, topic: str, refusal: str | None) -> None:
        """The broker's answer to a subscription; None: granted."""
        self._set(topic, refusal)

    def unheard(self, topic: str) -> None:
        """What we published there has not come back in time."""
        self._unheard = topic
        self._tell()

    def heard(self) -> None:
        """It did come back."""
        self._unheard = None
        self._tell()

    def silent(self) -> None:
        """The broker that we talk to now does not say what it refuses, as in MQTT 3.1.1."""
        self._refused.clear()

    def _set(self, topic: str, refusal: str | None) -> None:
        if refusal is None:
            self._refused.pop(topic, None)
        else:
            self._refused[topic] = refusal
        self._tell()

    def _tell(self) -> None:
        problem = self.problem
        if problem == self._problem:
            return
        self._problem = problem
        if problem is None:
            LOG.info("the MQTT broker takes everything again")
        else:
            LOG.warning("%s", problem)
        self._told(problem)
