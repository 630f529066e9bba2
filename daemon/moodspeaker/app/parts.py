"""The network parts of one service, made from its config."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from moodspeaker import __version__
from moodspeaker.app.factories import read_secret
from moodspeaker.home.discovery import DeviceInfo
from moodspeaker.home.link import MqttConnector, MqttSettings
from moodspeaker.home.session import Home
from moodspeaker.home.topics import Topics
from moodspeaker.player.mpd import MpdConnector, MpdSettings
from moodspeaker.runtime.backoff import ExponentialBackoff
from moodspeaker.runtime.identity import device_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from moodspeaker.config.schema import Config, MpdSection, MqttSection
    from moodspeaker.home.commands import Command
    from moodspeaker.home.link import MqttBroker
    from moodspeaker.player.mpd import MpdPlayer
    from moodspeaker.types import Message

NETWORK_LONGEST_S = 4.0
CAMERA_LONGEST_S = 60.0


def network_backoff() -> ExponentialBackoff:
    """For MPD and the broker: 1, 2, then every 4 s."""
    return ExponentialBackoff(NETWORK_LONGEST_S, random.Random())


def camera_backoff() -> ExponentialBackoff:
    """For camera and model: up to a minute."""
    return ExponentialBackoff(CAMERA_LONGEST_S, random.Random())


def speaker_id(config: Config) -> str:
    """The id in every topic."""
    return config.device.id or device_id()


class PlayerConnection:
    """Opens MPD connections. The password file is read each time: it may have been mended."""

    def __init__(self, section: MpdSection) -> None:
        self._section = section

    def __call__(self) -> AbstractAsyncContextManager[MpdPlayer]:
        """Raises MoodspeakerError for an unreadable password file."""
        mpd = self._section
        password = read_secret(mpd.password_file, "mpd.password_file")
        settings = MpdSettings(mpd.host, mpd.port, password, mpd.timeout_s, mpd.partition)
        return MpdConnector(settings)()


class BrokerConnection:
    """Opens MQTT connections; the password file likewise."""

    def __init__(self, section: MqttSection, client_id: str) -> None:
        self._section = section
        self._client_id = client_id

    def __call__(self, will: Message) -> AbstractAsyncContextManager[MqttBroker]:
        """Raises MoodspeakerError for an unreadable password file."""
        mqtt = self._section
        settings = MqttSettings(
            host=mqtt.host,
            port=mqtt.port,
            client_id=self._client_id,
            username=mqtt.username,
            password=read_secret(mqtt.password_file, "mqtt.password_file"),
            tls=mqtt.tls,
            ca_file=mqtt.ca_file,
            timeout_s=mqtt.timeout_s,
            keepalive_s=mqtt.keepalive_s,
        )
        return MqttConnector(settings)(will)


def device_info(config: Config) -> DeviceInfo:
    """What Home Assistant is told of the device."""
    return DeviceInfo(config.device.name, __version__, profiles=tuple(config.profiles))


def make_home(
    config: Config,
    handle: Callable[[Command], Awaitable[None]],
    published: Callable[[Message], None],
) -> Home | None:
    """The MQTT side; None where it is disabled."""
    if not config.mqtt.enabled:
        return None
    topics = Topics(speaker_id(config), config.mqtt.discovery_prefix)
    return Home(
        connector=BrokerConnection(config.mqtt, f"moodspeaker-{topics.device_id}"),
        topics=topics,
        device=device_info(config),
        handle=handle,
        clock=time.monotonic,
        rng=random.Random(),
        published=published,
    )
