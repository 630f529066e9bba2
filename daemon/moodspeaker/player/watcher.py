"""Looks at the player, and draws from it what people did, what plays and what has ended."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from moodspeaker.player.listening import Listener
from moodspeaker.player.watching import NO_NEWS, Look, Turn, news
from moodspeaker.types import PlayState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moodspeaker.player.editor import QueueEditor
    from moodspeaker.player.events import PlayerEvent
    from moodspeaker.player.hold import Holds
    from moodspeaker.ports import Player
    from moodspeaker.types import PlayerStatus, Track


class QueueWatcher:
    """Holds the last look, to which the next one is compared. One call at a time."""

    def __init__(
        self,
        editor: QueueEditor,
        holds: Holds,
        on_event: Callable[[PlayerEvent], None],
        clock: Callable[[], float],
    ) -> None:
        self._editor = editor
        self._holds = holds
        self._listener = Listener(on_event)
        self._clock = clock
        self._seen: Look | None = None
        self._dropped: frozenset[str] = frozenset()

    @property
    def status(self) -> PlayerStatus | None:
        """What was seen last; None before the first look."""
        return self._seen.status if self._seen else None

    def connected(self, status: PlayerStatus) -> None:
        """A new connection: its queue is compared to nothing before."""
        self._editor.take_over(status)
        self._seen = None

    def lost(self) -> None:
        """The connection is gone."""
        self._listener.lose()
        self._seen = None

    async def know(self, tracks: Sequence[Track]) -> None:
        """The database as it is now."""
        self._dropped = await self._listener.know(tracks)
        self._holds.forgive(self._dropped)

    async def look(self, player: Player, settle_s: float, *, judging: bool) -> PlayerStatus:
        """The status as of now. `judging`: a person's act may begin a hold, and time end one."""
        status = await player.status()
        if self._may_be_ending(status):
            await asyncio.sleep(settle_s)
            status = await player.status()
        self._take(Look(status, self._clock()), judging=judging)
        return status

    def _may_be_ending(self, status: PlayerStatus) -> bool:
        """At the end of its queue MPD says `stop` a moment before it lets go of the song.

        In single mode it says `pause`, a moment before the next song is current.
        """
        played = self._seen is not None and self._seen.status.state is PlayState.PLAY
        ending = status.state is PlayState.STOP or (
            status.state is PlayState.PAUSE and status.single
        )
        return played and ending and status.current is not None

    def _take(self, look: Look, *, judging: bool) -> None:
        before, deeds = self._seen, self._editor.deeds()
        what = news(before, look, deeds, self._dropped) if before else NO_NEWS
        self._seen = look
        cut = what.turn is Turn.CUT or deeds.skipped
        self._editor.take_in(look.status)
        self._listener.hear(look, self._editor.songs, cut=cut)
        if judging:
            seen = before.status if before else None
            own = self._editor.songs
            self._holds.judge(seen, look.status, what, own, look.at_s)
