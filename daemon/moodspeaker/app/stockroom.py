"""Fetches what can be played, and lays it out for the DJ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.music.shelf import Shelf
from moodspeaker.runtime.collector import nothing_collected

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from moodspeaker.app.dj import Dj
    from moodspeaker.app.listening import Listening
    from moodspeaker.library.catalogue import Catalogue
    from moodspeaker.library.worker import LibraryWorker
    from moodspeaker.ports import Player
    from moodspeaker.types import Track


class Stockroom:
    """Called by the queue keeper at each connection, and when the player's library changes.

    `stocked` hears of the new shelf, on the event loop.
    """

    def __init__(
        self,
        dj: Dj,
        listening: Listening,
        catalogue: Catalogue,
        worker: LibraryWorker,
        stocked: Callable[[Shelf], Awaitable[None]],
    ) -> None:
        self._dj = dj
        self._listening = listening
        self._catalogue = catalogue
        self._worker = worker
        self._stocked = stocked

    async def stock(self, player: Player) -> tuple[Track, ...]:
        """Every track of the player, with all that is known of it. Raises PlayerLost."""
        with nothing_collected():
            return await self._stock(player)

    async def _stock(self, player: Player) -> tuple[Track, ...]:
        tracks = await player.tracks()
        playlists = {}
        for name in self._dj.settings.playlists:
            uris = await player.playlist(name)
            if uris is not None:
                playlists[name] = uris
        await self._listening.load()
        labelled = await self._catalogue.labelled(tracks)
        # In the library's thread: a large library takes longer than the loop may wait.
        shelf = await self._worker.do(Shelf.of, labelled, sectors=self._dj.wants_sectors)
        self._dj.stock(shelf, playlists)
        await self._stocked(shelf)
        return labelled
