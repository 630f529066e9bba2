"""Which stored playlists of the player are ours, kept over a restart in one small file."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from moodspeaker.runtime.whole_file import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

log = logging.getLogger(__name__)

FILE_NAME = "published.json"


class ListsFile:
    """Reads and writes their names."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME

    def load(self) -> tuple[str, ...]:
        """None where nothing is stored; a damaged file means none, and is told."""
        try:
            stored = read_json(self._path, missing={"lists": ()})
            return tuple(map(str, stored["lists"]))
        except (OSError, ValueError, TypeError, KeyError) as error:
            log.warning("%s cannot be read, lists of an earlier run stay: %s", self._path, error)
            return ()

    def save(self, names: Iterable[str]) -> None:
        """Whole or not at all. A failure is told, not raised."""
        try:
            write_json(self._path, {"lists": tuple(names)})
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error)
