"""Stored playlists of ours in the player, such as `mood-happy`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from moodspeaker.errors import PlayerDenied, PlayerRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from moodspeaker.ports import StickerBoard

log = logging.getLogger(__name__)

MOST_SONGS = 500


class PublishedLists:
    """Knows by their names which lists it made: those are replaced, edited or not.

    A list of another's under a name of ours is left alone, unless it holds just what it should.
    """

    def __init__(
        self, made: Iterable[str] = (), on_made: Callable[[tuple[str, ...]], None] = lambda _: None
    ) -> None:
        """`on_made` is told all names whenever they change; `made` is what it was told last."""
        self._made = set(made)
        self._on_made = on_made
        self._told: set[str] = set()

    async def publish(self, board: StickerBoard, lists: Mapping[str, Sequence[str]]) -> None:
        """Makes the player's lists those of `lists`, at most `MOST_SONGS` each. Raises PlayerLost.

        Lists of ours that are not wanted any more, or are wanted empty, are taken away.
        """
        wanted = {name: tuple(uris)[:MOST_SONGS] for name, uris in lists.items() if uris}
        try:
            for name in sorted(self._made - wanted.keys()):
                await self._take_away(board, name)
            for name, uris in wanted.items():
                await self._show(board, name, uris)
        except (PlayerRefused, PlayerDenied) as error:
            self._tell("", f"no lists of moods are kept in the player: {error}")

    async def _show(self, board: StickerBoard, name: str, uris: tuple[str, ...]) -> None:
        now = await board.playlist(name)
        if now is not None and now != uris and name not in self._made:
            self._tell(name, f"the player's list {name!r} is not ours and is left alone")
            return
        # Told before it is made: a list of ours that we no longer know would stay for ever.
        self._note(self._made | {name})
        if now != uris:
            await board.save_playlist(name, uris)

    async def _take_away(self, board: StickerBoard, name: str) -> None:
        if await board.playlist(name) is not None:
            await board.save_playlist(name, ())
        self._note(self._made - {name})

    def _note(self, made: set[str]) -> None:
        if made != self._made:
            self._made = made
            self._on_made(tuple(sorted(made)))

    def _tell(self, about: str, what: str) -> None:
        if about not in self._told:
            log.info("%s", what)
        self._told.add(about)
