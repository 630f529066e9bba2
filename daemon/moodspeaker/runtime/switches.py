"""What a person switched, kept over a restart in one small file."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from moodspeaker.runtime.whole_file import write_json

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

FILE_NAME = "switches.json"


@dataclass(frozen=True, slots=True)
class Switches:
    """`following`: the music follows the mood. `camera`: the camera may look."""

    following: bool = True
    camera: bool = True


class SwitchFile:
    """Reads and writes the switches; a damaged file means the defaults, and is told."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Switches:
        """The stored switches, the defaults where there are none."""
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            known = {f.name: stored[f.name] for f in fields(Switches) if f.name in stored}
        except FileNotFoundError:
            return Switches()
        except (OSError, ValueError, TypeError) as error:
            log.warning("%s cannot be read, switches are at their defaults: %s", self._path, error)
            return Switches()
        return Switches(**{name: bool(value) for name, value in known.items()})

    def save(self, switches: Switches) -> None:
        """Whole or not at all, a power cut included. A failure is told, not raised."""
        try:
            write_json(self._path, asdict(switches))
        except OSError as error:
            log.warning("%s cannot be written, switches will not last: %s", self._path, error)
