"""What Home Assistant knows of us, kept so that what goes away can be taken back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moodspeaker.home.session import Home
    from moodspeaker.runtime.announced_file import AnnouncedFile


class Announced:
    """Carries the list of announced components between its file and the MQTT side, if any."""

    def __init__(self, file: AnnouncedFile, home: Home | None) -> None:
        self._file = file
        self._home = home
        self._kept: dict[str, str] = {}

    def load(self) -> None:
        """Takes back what the last run announced and this one does not have."""
        if self._home:
            self._kept = self._file.load()
            self._home.withdraw(self._kept)

    async def keep(self) -> None:
        """Writes what the broker has heard of, where it is new; in a thread, for the fsync."""
        told = self._home.announced if self._home else None
        if told is not None and told != self._kept:
            self._kept = told
            await asyncio.to_thread(self._file.save, told)
