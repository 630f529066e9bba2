"""Reads from the player what has changed of its tracks: at once, or after a quiet time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from moodspeaker.player.agenda import Agenda, Reading
from moodspeaker.player.own_writes import OwnWrites

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from moodspeaker.ports import Player
    from moodspeaker.types import Track

STICKER, LIST, DATABASE = "sticker", "stored_playlist", "database"
ABOUT_TRACKS = frozenset({STICKER, LIST})
"""Changes that say something of tracks, and come by the thousand while we publish ours."""


class Recount(Protocol):
    """Takes over what stickers and playlists say now."""

    async def __call__(self, player: Player, *, likes_only: bool) -> bool:
        """False where the tracks have to be read again. Raises PlayerLost."""


class Rereading:
    """One at a time, for one connection after the other. Owned by the event loop.

    Stickers and lists are heeded once they have been left alone for `quiet_s`, those that we may
    have written ourselves by little readings.
    """

    def __init__(
        self,
        stock: Callable[[Player], Awaitable[Sequence[Track]]],
        recount: Recount | None,
        own: OwnWrites | None,
        on_tracks: Callable[[Sequence[Track]], Awaitable[None]],
    ) -> None:
        """Without `recount` the tracks are read for everything that changed."""
        self.quiet_s = 0.0
        self._stock = stock
        self._recount = recount or never_enough
        self._own = own or OwnWrites()
        self._on_tracks = on_tracks
        self._agenda = Agenda()
        self._news = asyncio.Event()

    def relist(self) -> None:
        """The tracks are read as soon as there is a player."""
        self._agenda.tracks(0.0)
        self._news.set()

    def told(self, changed: frozenset[str]) -> None:
        """What the player says that changed; what is not about tracks is passed over."""
        now_s = asyncio.get_running_loop().time()
        if DATABASE in changed:
            self.relist()
        if LIST in changed:
            self._agenda.lists_changed(now_s, self.quiet_s)
        if STICKER in changed:
            heed = self._agenda.perhaps_ours if self._own.explain_news() else self._agenda.theirs
            heed(now_s, self.quiet_s)
        self._news.set()

    async def run(self, player: Player) -> None:
        """One connection's life: all tracks at its beginning. Raises PlayerLost."""
        self.relist()
        while True:
            what = await self._due()
            if what is Reading.TRACKS:
                await self._on_tracks(await self._stock(player))
            elif not await self._recount(player, likes_only=what is Reading.LIKES):
                self.relist()

    async def _due(self) -> Reading:
        loop = asyncio.get_running_loop()
        while (what := self._agenda.take(loop.time())) is None:
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._agenda.next_s):
                    await self._news.wait()
        return what


async def never_enough(_: Player, *, likes_only: bool) -> bool:
    """Whatever changed, the tracks have to be read again."""
    del likes_only
    return False
