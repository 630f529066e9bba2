"""What was announced to Home Assistant last, kept over a restart in one small file."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from moodspeaker.runtime.whole_file import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

log = logging.getLogger(__name__)

FILE_NAME = "announced.json"


class AnnouncedFile:
    """Reads and writes the platform of every announced component, by its key."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME

    def load(self) -> dict[str, str]:
        """Empty where nothing is stored; a damaged file means nothing, and is told."""
        try:
            stored = read_json(self._path, missing={})
        except (OSError, ValueError) as error:
            return self._nothing(str(error))
        if not isinstance(stored, dict) or not all(isinstance(p, str) for p in stored.values()):
            return self._nothing("it is no list of components")
        return stored

    def save(self, platforms: Mapping[str, str]) -> None:
        """Whole or not at all, a power cut included. A failure is told, not raised."""
        try:
            write_json(self._path, dict(platforms))
        except OSError as error:
            log.warning("%s cannot be written, old entities may stay: %s", self._path, error)

    def _nothing(self, why: str) -> dict[str, str]:
        log.warning("%s cannot be read, old entities may stay: %s", self._path, why)
        return {}
