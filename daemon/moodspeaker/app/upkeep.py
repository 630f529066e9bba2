"""The connections that are kept up while the service runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from moodspeaker.app import parts
from moodspeaker.runtime.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from moodspeaker.app.music_room import MusicRoom
    from moodspeaker.config.schema import Config
    from moodspeaker.home.session import Home


class Upkeep:
    """A supervisor for each: MPD, what is written there about tracks, and the broker."""

    def __init__(
        self,
        music: MusicRoom,
        home: Home | None,
        broker: parts.BrokerConnection,
        health: Callable[[str, str], None],
    ) -> None:
        """`health` hears of MPD and the broker. `home` None: there is no broker."""
        self._music = music
        self._broker = broker
        self._another_player = asyncio.Event()
        self._players = [
            Supervisor("mpd", music.keeper.attempt, parts.network_backoff(), health),
            # Their troubles are MPD's, which are told once already.
            *(
                Supervisor(name, attempt, parts.network_backoff(), lambda *_: None)
                for name, attempt in music.side_attempts.items()
            ),
        ]
        self._brokers = (
            [Supervisor("mqtt", home.attempt, parts.network_backoff(), health)] if home else []
        )

    @property
    def jobs(self) -> dict[str, Coroutine[None, None, None]]:
        """By name; each for the whole life of the service."""
        kept_up = {one.name: one.run() for one in (*self._players, *self._brokers)}
        return {**kept_up, "another player": self._move()}

    def settings(self, config: Config) -> None:
        """After a reload: where another one is wanted it is gone to, what is lost is tried."""
        place = self._music.player.place
        another_way = self._music.player.change(config.mpd)
        if self._music.player.place != place:
            self._another_player.set()
        else:
            _try(self._players, anew=another_way)
        _try(self._brokers, anew=self._broker.change(config.mqtt))

    async def _move(self) -> None:
        while True:
            await self._another_player.wait()
            self._another_player.clear()
            await self._music.move(lambda: _try(self._players, anew=True))


def _try(supervisors: list[Supervisor], *, anew: bool) -> None:
    for supervisor in supervisors:
        if anew:
            supervisor.renew()
        else:
            # A password file may have been mended: refused credentials wait a minute.
            supervisor.retry_now()
