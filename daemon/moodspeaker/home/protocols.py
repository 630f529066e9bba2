"""Which version of MQTT to speak: 5 where the broker does, else 3.1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from aiomqtt import ProtocolVersion

if TYPE_CHECKING:
    from collections.abc import Callable

Choice = Literal["auto", "5", "3.1.1"]
REMEMBERED_S = 3600.0


class Protocols:
    """One broker's version, remembered for an hour. `clock` is monotonic, seconds."""

    def __init__(self, choice: Choice, clock: Callable[[], float]) -> None:
        self._choice = choice
        self._clock = clock
        self._fell_back_s: float | None = None

    @property
    def best(self) -> ProtocolVersion:
        """What to try first."""
        if self._choice == "auto":
            return ProtocolVersion.V311 if self._remembers() else ProtocolVersion.V5
        return ProtocolVersion.V5 if self._choice == "5" else ProtocolVersion.V311

    @property
    def other(self) -> ProtocolVersion | None:
        """What to try where the broker refuses `best` for its version; None: nothing."""
        can = self._choice == "auto" and self.best == ProtocolVersion.V5
        return ProtocolVersion.V311 if can else None

    def fell_back(self) -> None:
        """The broker took 3.1.1 after it had refused 5."""
        self._fell_back_s = self._clock()

    def forget(self) -> None:
        """The next connection tries 5 again."""
        self._fell_back_s = None

    def _remembers(self) -> bool:
        fell_s = self._fell_back_s
        return fell_s is not None and self._clock() - fell_s < REMEMBERED_S
