"""The volume that a person had set, kept while the speaker plays more softly than that."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from moodspeaker.runtime.whole_file import read_json, write_json

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

FILE_NAME = "volume.json"
LOUDEST = 100


class VolumeMemo:
    """Without it, a speaker that is killed while it ducks would stay soft for ever."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME

    def load(self) -> int | None:
        """Percent; None where it was not lowered, or that is not known."""
        try:
            volume = read_json(self._path, missing={})["volume"]
        except (OSError, ValueError, TypeError, KeyError):
            return None
        good = isinstance(volume, int) and 0 <= volume <= LOUDEST
        return volume if good else None

    def save(self, volume: int | None) -> None:
        """Whole or not at all. A failure is told, not raised."""
        try:
            if volume is None:
                self._path.unlink(missing_ok=True)
            else:
                write_json(self._path, {"volume": volume})
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error)
