"""Everybody who is told what the speaker does: the broker, and onlookers of the control socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moodspeaker.types import NowPlaying, SpeakerState


class Outlet(Protocol):
    """One of them."""

    def update(self, state: SpeakerState) -> None:
        """The newest state."""

    def playing(self, now: NowPlaying | None) -> None:
        """The current song, None when nothing plays."""

    def tuning(self, settings: Mapping[str, object]) -> None:
        """Every live setting now in force."""

    def diagnostics(self, numbers: Mapping[str, object]) -> None:
        """Numbers about the service."""

    def event(self, kind: str, data: Mapping[str, object], /) -> None:
        """Something happened."""


class Outlets:
    """All of them as one."""

    def __init__(self, *outlets: Outlet | None) -> None:
        """None is one that there is not: the broker, where MQTT is disabled."""
        self._outlets = tuple(outlet for outlet in outlets if outlet is not None)

    def update(self, state: SpeakerState) -> None:
        """The newest state."""
        for outlet in self._outlets:
            outlet.update(state)

    def playing(self, now: NowPlaying | None) -> None:
        """The current song, None when nothing plays."""
        for outlet in self._outlets:
            outlet.playing(now)

    def tuning(self, settings: Mapping[str, object]) -> None:
        """Every live setting now in force."""
        for outlet in self._outlets:
            outlet.tuning(settings)

    def diagnostics(self, numbers: Mapping[str, object]) -> None:
        """Numbers about the service."""
        for outlet in self._outlets:
            outlet.diagnostics(numbers)

    def event(self, kind: str, data: Mapping[str, object]) -> None:
        """Something happened."""
        for outlet in self._outlets:
            outlet.event(kind, data)
