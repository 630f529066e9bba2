"""The connections that are kept up while the service runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodspeaker.app import parts
from moodspeaker.runtime.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from moodspeaker.app.music_room import MusicRoom
    from moodspeaker.config.schema import MqttSection
    from moodspeaker.home.session import Home

MQTT = "mqtt"


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
        self._broker = broker
        attempts = {"mpd": music.keeper.attempt}
        if home is not None:
            attempts[MQTT] = home.attempt
        self._supervisors = [
            Supervisor(name, attempt, parts.network_backoff(), health)
            for name, attempt in attempts.items()
        ]
        # Their troubles are MPD's, which are told once already.
        self._supervisors += [
            Supervisor(name, attempt, parts.network_backoff(), lambda *_: None)
            for name, attempt in music.side_attempts.items()
        ]

    @property
    def jobs(self) -> dict[str, Coroutine[None, None, None]]:
        """By name; each for the whole life of the service."""
        return {supervisor.name: supervisor.run() for supervisor in self._supervisors}

    def settings(self, mqtt: MqttSection) -> None:
        """After a reload: a broker that is another one is connected to, what is lost is tried."""
        another = self._broker.change(mqtt)
        for supervisor in self._supervisors:
            if supervisor.name == MQTT and another:
                supervisor.renew()
            else:
                # A password file may have been mended: refused credentials wait a minute.
                supervisor.retry_now()
