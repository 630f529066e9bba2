"""The network parts of one service, made from its config."""

from __future__ import annotations

import os
import random
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from moodspeaker import __version__
from moodspeaker.app.factories import read_secret
from moodspeaker.home.commands import READERS
from moodspeaker.home.discovery import DeviceInfo
from moodspeaker.home.link import MqttConnector, MqttSettings
from moodspeaker.home.protocols import Protocols
from moodspeaker.home.rights import Rights, log_only
from moodspeaker.home.session import Home
from moodspeaker.home.tls import TlsSettings
from moodspeaker.home.topics import Topics
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.runtime.backoff import ExponentialBackoff
from moodspeaker.runtime.identity import device_id
from moodspeaker.runtime.only_one import only_one_if_possible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from moodspeaker.config.schema import Config, MpdSection, MqttSection
    from moodspeaker.home.commands import Command
    from moodspeaker.home.link import MqttBroker
    from moodspeaker.player.mpd import MpdPlayer
    from moodspeaker.types import Message

LOCK = "service.lock"
NETWORK_LONGEST_S = 4.0
CAMERA_LONGEST_S = 60.0


def network_backoff() -> ExponentialBackoff:
    """For MPD and the broker: 1, 2, then every 4 s, less up to half a second."""
    return ExponentialBackoff(NETWORK_LONGEST_S, random.Random())


def camera_backoff() -> ExponentialBackoff:
    """For camera and model: up to a minute."""
    return ExponentialBackoff(CAMERA_LONGEST_S, random.Random())


def only_service(state_dir: Path) -> AbstractContextManager[None]:
    """The lock that one service at a time holds. Raises OtherAtWork."""
    return only_one_if_possible(state_dir / LOCK, f"moodspeaker on {state_dir}")


def speaker_id(config: Config) -> str:
    """The id in every topic."""
    return config.device.id or device_id()


class PlayerConnection:
    """Opens MPD connections. The password file is read each time: it may have been mended."""

    def __init__(self, section: MpdSection) -> None:
        self._section = section

    @property
    def place(self) -> tuple[str, int, str | None]:
        """Which player it is: everything else is only how to talk to it."""
        return self._section.host, self._section.port, self._section.partition

    def change(self, section: MpdSection) -> bool:
        """Whether the next connection will be another one than those that there are."""
        before, self._section = self._section, section
        return section != before

    def __call__(self) -> AbstractAsyncContextManager[MpdPlayer]:
        """Raises MoodspeakerError for an unreadable password file."""
        mpd = self._section
        password = read_secret(credential(mpd.password_file), "mpd.password_file")
        settings = MpdSettings(mpd.host, mpd.port, password, mpd.timeout_s, mpd.partition)
        return MpdConnector(settings)()


class BrokerConnection:
    """Opens MQTT connections; the password file likewise.

    `problem` hears what the broker's access rules keep us from, None when that is over.
    """

    def __init__(
        self,
        section: MqttSection,
        topics: Topics,
        problem: Callable[[str | None], None] = log_only,
    ) -> None:
        self._section = section
        self._topics = topics
        self._rights = Rights(problem)
        self._protocols = protocols_of(section)

    def __call__(self, will: Message) -> AbstractAsyncContextManager[MqttBroker]:
        """Raises MoodspeakerError for an unreadable password file."""
        return MqttConnector(self._settings(), self._protocols, self._rights, self._known)(will)

    def change(self, section: MqttSection) -> bool:
        """Whether the next connection will be another one than the one that there is.

        It tries MQTT 5 again in any case.
        """
        if section == self._section:
            self._protocols.forget()
            return False
        self._section, self._protocols = section, protocols_of(section)
        return True

    def _settings(self) -> MqttSettings:
        mqtt = self._section
        pair = credential(mqtt.client_cert), credential(mqtt.client_key)
        return MqttSettings(
            host=mqtt.host,
            port=mqtt.port,
            client_id=f"moodspeaker-{self._topics.device_id}",
            username=mqtt.username,
            password=read_secret(credential(mqtt.password_file), "mqtt.password_file"),
            tls=TlsSettings(mqtt.ca_file, *pair) if mqtt.tls else None,
            timeout_s=mqtt.timeout_s,
            keepalive_s=mqtt.keepalive_s,
        )

    def _known(self, topic: str) -> bool:
        return topic == self._topics.birth or self._topics.entity(topic) in READERS


def protocols_of(section: MqttSection) -> Protocols:
    """Which versions of MQTT to try."""
    return Protocols("5" if section.version == 5 else section.version, monotonic)


def credential(name: str | None) -> str | None:
    """The path of a systemd credential, where systemd gives us some and `name` has no slash."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return str(Path(folder) / name) if folder and name and "/" not in name else name


def device_info(config: Config) -> DeviceInfo:
    """What Home Assistant is told of the device."""
    return DeviceInfo(
        config.device.name,
        __version__,
        profiles=tuple(config.profiles),
        pictures=config.privacy.allow_preview,
    )


def make_topics(config: Config) -> Topics:
    """Where everything is said."""
    return Topics(speaker_id(config), config.mqtt.discovery_prefix)


def make_home(
    config: Config,
    broker: BrokerConnection,
    handle: Callable[[Command], Awaitable[None]],
    published: Callable[[Message], None],
) -> Home | None:
    """The MQTT side; None where it is disabled."""
    if not config.mqtt.enabled:
        return None
    return Home(
        connector=broker,
        topics=make_topics(config),
        device=device_info(config),
        handle=handle,
        clock=monotonic,
        rng=random.Random(),
        published=published,
    )
