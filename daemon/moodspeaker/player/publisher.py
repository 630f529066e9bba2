"""Publishes our labels in the player, slowly, over a connection of its own."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from moodspeaker.errors import PlayerDenied, PlayerRefused
from moodspeaker.player.labels_of_ours import PUBLISHED, SOURCE, writes
from moodspeaker.player.own_writes import OwnWrites
from moodspeaker.player.published_lists import PublishedLists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from moodspeaker.player.labels_of_ours import Labels, Write
    from moodspeaker.ports import StickerBoard

log = logging.getLogger(__name__)

PAUSE_S = 0.05
TURN_TRACKS = 50
MOST_REFUSED = 20
"""So many tracks refused one after the other: then the player takes no stickers at all."""


class Refusing(Exception):
    """The player takes no stickers."""


class StickerPublisher:
    """Makes the player's stickers and its `mood-...` lists show what was last given to `publish`.

    Only differences are written, one sticker at a time with a pause, so a lost connection costs
    one reading. What a person has labelled is never written to; see `labels_of_ours`. Where MPD
    keeps no stickers, or does not let us, it says so once and waits for the next `publish`. All
    its methods belong to the event loop's thread.
    """

    def __init__(
        self,
        connector: Callable[[], AbstractAsyncContextManager[StickerBoard]],
        lists_made: Iterable[str] = (),
        on_lists_made: Callable[[tuple[str, ...]], None] = lambda _: None,
        pause_s: float = PAUSE_S,
        own: OwnWrites | None = None,
    ) -> None:
        """`lists_made` are the names that `on_lists_made` was last told, by an earlier run too.

        `own` is told of every write of a sticker.
        """
        self._own = own or OwnWrites()
        self._connector = connector
        self._lists = PublishedLists(lists_made, on_lists_made)
        self._pause_s = pause_s
        self._labels: Mapping[str, Labels] = {}
        self._playlists: Mapping[str, Sequence[str]] = {}
        self._todo = asyncio.Event()
        self._told = False

    def publish(
        self, labels: Mapping[str, Labels], playlists: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """{uri: labels} and {name: uris} from now on; what is left out is taken away.

        The mappings must not change afterwards. To be called again after the player's database
        changed: a song that was moved has lost its stickers.
        """
        self._labels = labels
        self._playlists = playlists or {}
        self._todo.set()

    async def attempt(self, up: Callable[[], None]) -> None:
        """One connection's life; `up` is called once it is usable.

        Raises PlayerLost or PlayerDenied when it ends; the next one finishes what is left.
        """
        await self._todo.wait()
        async with self._connector() as board:
            up()
            while True:
                await self._todo.wait()
                self._todo.clear()
                try:
                    await self._round(board)
                except BaseException:
                    self._todo.set()
                    raise

    async def _round(self, board: StickerBoard) -> None:
        try:
            await self._publish_stickers(board)
        except (Refusing, PlayerDenied) as error:
            self._tell(error)
        if not self._todo.is_set():
            await self._lists.publish(board, self._playlists)

    async def _publish_stickers(self, board: StickerBoard) -> None:
        found = await read_published(board)
        refused = 0
        for count, uri in enumerate([*self._labels, *(found[SOURCE].keys() - self._labels.keys())]):
            if count % TURN_TRACKS == 0:
                await asyncio.sleep(0)
            if self._todo.is_set():
                return
            have = {name: of[uri] for name, of in found.items() if uri in of}
            if todo := writes(have, self._labels.get(uri)):
                refused = 0 if await self._write(board, uri, todo) else refused + 1
            if refused == MOST_REFUSED:
                raise Refusing(f"it refused {refused} tracks in a row")

    async def _write(self, board: StickerBoard, uri: str, todo: Iterable[Write]) -> bool:
        try:
            for name, value in todo:
                with self._own.writing():
                    if value is None:
                        await board.unlabel(uri, name)
                    else:
                        await board.label(uri, name, value)
                await asyncio.sleep(self._pause_s)
        except PlayerRefused as error:
            # It is gone, or its name cannot be sent.
            log.debug("no stickers for %r: %s", uri, error)
            return False
        return True

    def _tell(self, error: Exception) -> None:
        if not self._told:
            log.info("labels are not published as stickers: %s", error)
        self._told = True


async def read_published(board: StickerBoard) -> dict[str, dict[str, str]]:
    """{sticker: {uri: value}} of every one that we write. Raises Refusing."""
    found = {}
    for name in PUBLISHED:
        of = await board.stickers(name)
        if of is None:
            raise Refusing("MPD has no sticker_file, or its password lacks admin")
        found[name] = of
    return found
