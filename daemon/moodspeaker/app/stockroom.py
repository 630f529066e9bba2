"""Fetches what can be played, and lays it out for the DJ."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moodspeaker.music.shelf import EMPTY, Shelf, counted, like, rating
from moodspeaker.runtime.collector import no_full_search

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from moodspeaker.app.dj import Dj
    from moodspeaker.app.listening import Listening
    from moodspeaker.library.catalogue import Catalogue
    from moodspeaker.library.worker import LibraryWorker
    from moodspeaker.ports import Player
    from moodspeaker.types import TrackCounts, TrackTable


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
        self._shelf = EMPTY
        self._playlists: Mapping[str, tuple[str, ...]] = {}

    async def stock(self, player: Player) -> TrackTable:
        """Every track of the player, with all that is known of it. Raises PlayerLost."""
        with no_full_search():
            return await self._stock(player)

    async def recount(self, player: Player, *, likes_only: bool) -> bool:
        """Takes over what other programs count now, and the playlists, on the shelf that there is.

        False where that will not do: people's mood words move tracks. Raises PlayerLost.
        """
        counts = await player.recounted(likes_only=likes_only)
        if counts is None:
            return False
        playlists = await self._wanted_playlists(player)
        if counts or playlists != self._playlists:
            self._show(with_counts(self._shelf, counts), playlists)
        return True

    async def _stock(self, player: Player) -> TrackTable:
        tracks = await player.tracks()
        playlists = await self._wanted_playlists(player)
        await self._listening.load()
        labelled = await self._catalogue.labelled(tracks)
        # In the library's thread: a large library takes longer than the loop may wait.
        shelf = await self._worker.do(Shelf.of, labelled, sectors=self._dj.wants_sectors)
        self._show(shelf, playlists)
        await self._stocked(shelf)
        return shelf.tracks

    async def _wanted_playlists(self, player: Player) -> dict[str, tuple[str, ...]]:
        found = {name: await player.playlist(name) for name in self._dj.settings.playlists}
        return {name: uris for name, uris in found.items() if uris is not None}

    def _show(self, shelf: Shelf, playlists: Mapping[str, tuple[str, ...]]) -> None:
        self._shelf, self._playlists = shelf, playlists
        self._dj.stock(shelf, playlists)


def with_counts(shelf: Shelf, counts: Mapping[str, TrackCounts]) -> Shelf:
    """The same shelf with other counts on some tracks; those that are not on it are passed over."""
    found: dict[int, TrackCounts] = {}
    likes, ratings, sums = shelf.like.copy(), shelf.rating.copy(), shelf.counted.copy()
    for uri, now in counts.items():
        row = shelf.row_of(uri)
        if row is not None:
            found[row] = now
            likes[row], ratings[row], sums[row] = like(now), rating(now), counted(now)
    tracks = shelf.tracks.with_counts(found)
    return replace(shelf, tracks=tracks, like=likes, rating=ratings, counted=sums)
