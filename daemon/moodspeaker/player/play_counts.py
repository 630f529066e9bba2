"""Counts plays and skips in the player's stickers, for those who want that."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moodspeaker.errors import PlayerDenied, PlayerRefused
from moodspeaker.player.own_writes import OwnWrites
from moodspeaker.player.rows import PLAYS, SKIPS, number

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from moodspeaker.ports import StickerBoard

log = logging.getLogger(__name__)

LAST = {PLAYS: "lastPlayed", SKIPS: "lastSkipped"}
MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Heard:
    """One track was played or skipped, at a Unix time in seconds."""

    uri: str
    skipped: bool
    at_s: float


class PlayCounter:
    """Writes by the names that myMPD, rmpc and Cantata share. Owned by the event loop."""

    def __init__(
        self,
        connector: Callable[[], AbstractAsyncContextManager[StickerBoard]],
        own: OwnWrites | None = None,
    ) -> None:
        """`own` is told of every write."""
        self._connector = connector
        self._own = own or OwnWrites()
        self._waiting: deque[Heard] = deque(maxlen=MOST_WAITING)
        self._news = asyncio.Event()

    def note(self, heard: Heard) -> None:
        """To be counted once there is a connection."""
        self._waiting.append(heard)
        self._news.set()

    async def attempt(self, up: Callable[[], None]) -> None:
        """One connection's life. Raises PlayerLost or PlayerDenied when it ends."""
        await self._news.wait()
        async with self._connector() as board:
            up()
            while True:
                while self._waiting:
                    await self._count(board, self._waiting[0])
                    self._waiting.popleft()
                self._news.clear()
                await self._news.wait()

    async def _count(self, board: StickerBoard, heard: Heard) -> None:
        name = SKIPS if heard.skipped else PLAYS
        try:
            before = number(await board.sticker(heard.uri, name) or "") or 0
            await self._write(board, heard.uri, name, before + 1)
            await self._write(board, heard.uri, LAST[name], int(heard.at_s))
        except (PlayerRefused, PlayerDenied) as error:
            log.debug("not counted: %s", error)

    async def _write(self, board: StickerBoard, uri: str, name: str, value: int) -> None:
        with self._own.writing():
            await board.label(uri, name, str(value))
