"""The analysis of the library, started for a person, in a process of its own."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import moodspeaker
from moodspeaker.errors import MoodspeakerError
from moodspeaker.runtime.child import Child

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)


# The path, for a run from a checkout; `--with-stdin`, so that it ends with us whatever happens.
COMMAND = (
    "env",
    f"PYTHONPATH={Path(moodspeaker.__file__).parents[1]}",
    *(sys.executable, "-m", "moodspeaker", "library", "label", "--scan", "--with-stdin"),
)


class AlreadyLabelling(MoodspeakerError):
    """It runs already."""


class Relabeller:
    """Scans and labels the library; `done` is called when it has come to its end.

    `tell` hears of its beginning and its end, as an event.
    """

    def __init__(
        self,
        config_path: Path | None,
        done: Callable[[], None],
        tell: Callable[[str, dict[str, object]], None],
    ) -> None:
        config = ("--config", str(config_path)) if config_path else ()
        self._child = Child((*COMMAND, *config), self._ended)
        self._done = done
        self._tell = tell

    async def start(self) -> None:
        """Raises AlreadyLabelling, or MoodspeakerError where no process can be made."""
        if not await self._child.start():
            raise AlreadyLabelling("the library is being analysed already")
        log.info("the library is being analysed in the background")
        self._tell("labelling", {"running": True, "ok": None})

    async def stop(self) -> None:
        """Ends it, if it runs; what was analysed so far is kept."""
        await self._child.stop()

    def _ended(self, status: int) -> None:
        if status:
            log.warning("the analysis of the library ended with status %d", status)
        else:
            log.info("the library is analysed")
        self._tell("labelling", {"running": False, "ok": status == 0})
        self._done()
